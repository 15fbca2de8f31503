import Foundation

/// Reads the files that a user or a ruleset names, with an exit code for each way to fail.
struct InputFile: Sendable {
  /// The folder that files named by rules and scenarios must lie in; nil for no limit.
  var root: String?

  /// Makes a reader.
  init(root: String? = nil) { self.root = root }

  /// The bytes of a file that the user named; `-` is standard input.
  /// - Throws: ``CommandFailure`` with exit code 66.
  static func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .noInput("\(path): is a directory")
    }
    return try readAll(descriptor, path: path, sizeHint: Int(clamping: status.st_size))
  }

  /// The text of a file that the user named; bytes that are not UTF-8 are replaced.
  /// - Throws: ``CommandFailure`` with exit code 66.
  static func text(of path: String) throws(CommandFailure) -> String {
    String(decoding: try bytes(of: path), as: UTF8.self)
  }

  /// The bytes of a file that a ruleset or scenario names, within ``root``.
  /// - Throws: ``CommandFailure`` with exit code 66 for files outside the root, too.
  func bytes(named path: String) throws(CommandFailure) -> [UInt8] {
    guard let root else { return try Self.bytes(of: path) }
    // SECURITY: the resolved path decides, so that neither `..` nor a link leads outside.
    let base = URL(fileURLWithPath: root).resolvingSymlinksInPath().standardizedFileURL.path
    let inside = path.hasPrefix("/") ? path : root + "/" + path
    let real = URL(fileURLWithPath: inside).resolvingSymlinksInPath().standardizedFileURL.path
    guard real.hasPrefix(base.hasSuffix("/") ? base : base + "/") else {
      throw .noInput("\(path): lies outside \(root)")
    }
    return try Self.bytes(of: real)
  }

  private static func readAll(
    _ descriptor: Int32, path: String, sizeHint: Int
  ) throws(CommandFailure) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(min(max(sizeHint, 0), 1 << 28))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return result }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path)
      }
      result.append(contentsOf: chunk[..<count])
    }
  }

  private static func failure(_ path: String) -> CommandFailure {
    .noInput("\(path): \(String(cString: strerror(errno)))")
  }
}
