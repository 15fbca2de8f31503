import Dispatch
import Foundation

/// Notices Ctrl-C, so that long work can stop and still print its summary.
///
/// Make one before the work, ask ``isRequested`` once a batch of packets, print what there is and
/// end with ``ExitStatus/interrupted``. A second Ctrl-C ends the process at once.
final class Interrupt {
  private let flag = Flag()
  private let source: any DispatchSourceSignal

  /// Takes over the interrupt signal until the process ends.
  init() {
    signal(SIGINT, SIG_IGN)
    let flag = flag
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      if flag.raise() { _exit(ExitStatus.interrupted.rawValue) }
    }
    source.resume()
  }

  deinit {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }

  /// Whether Ctrl-C was pressed; takes a lock, so ask once a batch.
  var isRequested: Bool { flag.isRaised }

  /// A flag behind a lock, since the handler runs on another thread.
  private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false

    var isRaised: Bool { lock.withLock { value } }

    /// Raises the flag.
    /// - Returns: Whether it was raised before.
    func raise() -> Bool {
      lock.withLock {
        defer { value = true }
        return value
      }
    }
  }
}
