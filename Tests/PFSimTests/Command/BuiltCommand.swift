import Foundation

/// The command as it was built, run as a user runs it.
enum BuiltCommand {
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
    try start(file, arguments, in: root, input: input, output: output, error: error)
  }

  /// Starts a program in a folder, with `pfsim` on its path and without colour.
  static func start(
    _ program: URL, _ arguments: [String], in folder: URL, input: Any, output: Any, error: Any
  ) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    let path = environment["PATH"] ?? "/usr/bin:/bin"
    environment["PATH"] = file.deletingLastPathComponent().path + ":" + path
    environment["NO_COLOR"] = "1"
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output
    process.standardError = error
    try process.run()
    return process
  }

  /// Runs the command to its end, in the repository's root.
  static func run(_ arguments: String..., input: Data? = nil) throws -> CommandRun {
    try run(arguments, input: input)
  }

  /// Runs the command to its end, in the repository's root.
  static func run(_ arguments: [String], input: Data? = nil) throws -> CommandRun {
    try CommandRun(file, arguments, in: root, input: input)
  }
}
