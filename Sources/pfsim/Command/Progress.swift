import Foundation

/// Progress on standard error: only on a terminal, and only for work that takes over a second.
///
/// Call ``update(_:)`` once a batch; it prints at most ten times a second and overwrites its line.
struct Progress {
  private let isShown: Bool
  private let start = Date()
  private var next: Date
  private var isLineOpen = false

  /// Starts the clock.
  init(on terminal: Terminal) {
    isShown = terminal.showsProgress
    next = start.addingTimeInterval(1)
  }

  /// Shows a line where it is time for one.
  mutating func update(_ text: @autoclosure () -> String) {
    guard isShown else { return }
    let now = Date()
    guard now >= next else { return }
    next = now.addingTimeInterval(0.1)
    isLineOpen = true
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text())".utf8))
  }

  /// Clears the line.
  mutating func finish() {
    guard isLineOpen else { return }
    isLineOpen = false
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}
