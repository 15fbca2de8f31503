import Foundation

/// The command as it was built, run as a user runs it.
struct BuiltCommand {
  /// What a run left behind.
  struct Run {
    /// The exit code; a signal's negative number where one ended it.
    var status: Int32
    /// Standard output.
    var output: String
    /// Standard error.
    var error: String

    /// Standard output as a JSON document.
    func json() throws -> [String: Any] {
      let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
      return value as? [String: Any] ?? [:]
    }
  }

  /// The repository's root.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The command's file: beside the tests' own products, or where the build puts it.
  static let file: URL = {
    let own = (Bundle.allBundles + [Bundle.main]).flatMap { bundle -> [URL] in
      [bundle.bundleURL.deletingLastPathComponent(), bundle.bundleURL]
    }
    let build = root.appendingPathComponent(".build")
    let folders = own + ["debug", "release"].map(build.appendingPathComponent)
    let files = folders.map { $0.appendingPathComponent("pfsim") }
    return files.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? build
  }()

  /// Starts the command in the repository's root, with no terminal and no colour.
  static func start(
    _ arguments: [String], input: Any, output: Any, error: Any
  ) throws -> Process {
    let process = Process()
    process.executableURL = file
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.standardInput = input
    process.standardOutput = output
    process.standardError = error
    try process.run()
    return process
  }

  /// Runs the command to its end.
  static func run(_ arguments: String..., input: Data? = nil) throws -> Run {
    try run(arguments, input: input)
  }

  /// Runs the command to its end.
  static func run(_ arguments: [String], input: Data? = nil) throws -> Run {
    try Scratch.with { folder in
      let files = try ["in", "out", "err"].map { name -> URL in
        let file = folder.appendingPathComponent(name)
        try (name == "in" ? input ?? Data() : Data()).write(to: file)
        return file
      }
      let process = try start(
        arguments, input: try FileHandle(forReadingFrom: files[0]),
        output: try FileHandle(forWritingTo: files[1]),
        error: try FileHandle(forWritingTo: files[2]))
      process.waitUntilExit()
      let status = process.terminationStatus
      return Run(
        status: process.terminationReason == .exit ? status : -status,
        output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
        error: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }
  }

  /// Runs a shell's command line in the repository's root; `$PFSIM` is the command.
  static func shell(_ line: String) throws -> Run {
    try Scratch.with { folder in
      let (out, err) = (
        folder.appendingPathComponent("out"), folder.appendingPathComponent("err")
      )
      for file in [out, err] { try Data().write(to: file) }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", line]
      process.currentDirectoryURL = root
      process.environment = ProcessInfo.processInfo.environment.merging(["PFSIM": file.path]) {
        $1
      }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: out)
      process.standardError = try FileHandle(forWritingTo: err)
      try process.run()
      process.waitUntilExit()
      return Run(
        status: process.terminationStatus,
        output: String(decoding: try Data(contentsOf: out), as: UTF8.self),
        error: String(decoding: try Data(contentsOf: err), as: UTF8.self))
    }
  }
}

/// A folder for one test's files.
enum Scratch {
  /// Makes a folder, hands it over and removes it.
  static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("pfsim-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}

extension URL {
  /// A file in this folder with a text.
  func file(_ name: String, _ text: String) throws -> String {
    let file = appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}
