import ArgumentParser
import Foundation
import PFSim

/// `pfsim replay --watch`: replays again whenever a file that the answer depends on changes.
struct ReplayWatch {
  /// The state of a file, as far as a change shows in it.
  private struct Stamp: Equatable {
    var seconds: Int
    var nanoseconds: Int
    var size: Int
    var inode: UInt64

    /// Nil for a file that is not there.
    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      #if canImport(Darwin)
        let time = status.st_mtimespec
      #else
        let time = status.st_mtim
      #endif
      seconds = Int(time.tv_sec)
      nanoseconds = Int(time.tv_nsec)
      size = Int(status.st_size)
      inode = UInt64(status.st_ino)
    }
  }

  private let command: Replay
  private let format: OutputFormat
  private let interrupt = Interrupt()

  /// Prepares the watch.
  init(_ command: Replay, format: OutputFormat) {
    self.command = command
    self.format = format
  }

  /// Replays until Ctrl-C.
  /// - Throws: The exit code 130, or ``CommandFailure`` where the answer cannot be written.
  func run() throws {
    while true {
      let log = FileLog(command.inputs)
      let before = Self.stamps(log.paths)
      do {
        try ReplaySession(command, format: format, interrupt: interrupt, log: log).run()
      } catch let failure as CommandFailure {
        if failure.status == .success || failure.status == .cannotWrite { throw failure }
        PFSimCommand.printError(failure.message)
      } catch let code as ExitCode where code != ExitStatus.interrupted.exitCode {
        // The answer was no, and has been printed.
      }
      let changed = try wait(Self.stamps(log.paths).merging(before) { _, old in old })
      PFSimCommand.printError("\(changed) changed: once more")
    }
  }

  private static func stamps(_ paths: [String]) -> [String: Stamp?] {
    Dictionary(uniqueKeysWithValues: paths.map { ($0, Stamp($0)) })
  }

  /// Waits until a file differs from its stamp.
  /// - Returns: The file.
  private func wait(_ stamps: [String: Stamp?]) throws -> String {
    let paths = stamps.keys.sorted()
    while true {
      if interrupt.isRequested { throw ExitStatus.interrupted.exitCode }
      if let changed = paths.first(where: { Stamp($0) != stamps[$0] ?? nil }) { return changed }
      Thread.sleep(forTimeInterval: 0.2)
    }
  }
}

/// The files that a run has read, for ``ReplayWatch``.
final class FileLog: @unchecked Sendable {
  private let lock = NSLock()
  private var names: [String]

  /// Starts with the files that the command line names.
  init(_ names: [String]) { self.names = names }

  /// The files, each once, in the order of their first reading.
  var paths: [String] { lock.withLock { names } }

  /// Adds a file.
  func add(_ path: String) {
    lock.withLock { if !names.contains(path) { names.append(path) } }
  }
}
