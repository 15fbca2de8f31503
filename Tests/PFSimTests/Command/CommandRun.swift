import Foundation
import Testing

/// A run of the built command: what a user types and sees.
struct CommandRun {
  /// Standard output.
  var output: String
  /// Standard error.
  var errors: String
  /// The exit code.
  var status: Int32

  /// Runs `pfsim` with arguments, in a folder.
  init(_ arguments: [String], in folder: ScratchFolder) throws {
    try self.init(BuiltCommand.file, arguments, in: folder.url)
  }

  /// Runs a line of shell in a folder, with `pfsim` on its path.
  init(shell line: String, in folder: URL) throws {
    try self.init(URL(fileURLWithPath: "/bin/sh"), ["-c", line], in: folder)
  }

  private init(_ program: URL, _ arguments: [String], in folder: URL) throws {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    let path = environment["PATH"] ?? "/usr/bin:/bin"
    environment["PATH"] = BuiltCommand.file.deletingLastPathComponent().path + ":" + path
    environment["NO_COLOR"] = "1"
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // What goes to standard error is short; standard output is read while it comes.
    self.output = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}

/// A folder of its own for a test, gone with the test.
final class ScratchFolder {
  /// The folder.
  let url: URL

  /// Makes the folder with files in it.
  init(_ files: [String: String] = [:]) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "pfsim-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, text) }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file.
  func write(_ name: String, _ text: String) throws {
    try text.write(to: url.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  /// The text of a file.
  func read(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
  }
}
