import Foundation

/// A run of a program: what a user types and sees.
struct CommandRun {
  /// The exit code; a signal's negative number where one ended it.
  var status: Int32
  /// Standard output.
  var output: String
  /// Standard error.
  var error: String
}

extension CommandRun {
  /// Runs `pfsim` with arguments, in a folder.
  init(_ arguments: [String], in folder: ScratchFolder) throws {
    try self.init(BuiltCommand.file, arguments, in: folder.url)
  }

  /// Runs a line of shell in a folder, with `pfsim` on its path.
  init(shell line: String, in folder: URL = BuiltCommand.root) throws {
    try self.init(URL(fileURLWithPath: "/bin/sh"), ["-c", line], in: folder)
  }

  /// Runs a program to its end.
  /// - Parameter input: What it reads from standard input.
  init(_ program: URL, _ arguments: [String], in folder: URL, input: Data? = nil) throws {
    let files = try ScratchFolder()
    let (into, out, err) = (
      files.url.appendingPathComponent("in"), files.url.appendingPathComponent("out"),
      files.url.appendingPathComponent("err")
    )
    try (input ?? Data()).write(to: into)
    for file in [out, err] { try Data().write(to: file) }
    let process = try BuiltCommand.start(
      program, arguments, in: folder, input: try FileHandle(forReadingFrom: into),
      output: try FileHandle(forWritingTo: out), error: try FileHandle(forWritingTo: err))
    process.waitUntilExit()
    let status = process.terminationStatus
    self.status = process.terminationReason == .exit ? status : -status
    output = String(decoding: try Data(contentsOf: out), as: UTF8.self)
    error = String(decoding: try Data(contentsOf: err), as: UTF8.self)
  }

  /// Standard output as a JSON document.
  func json() throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
    return value as? [String: Any] ?? [:]
  }
}
