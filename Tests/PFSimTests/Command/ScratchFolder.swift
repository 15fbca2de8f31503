import Foundation

/// A folder of its own for a test, gone with the test.
final class ScratchFolder {
  /// The folder.
  let url: URL

  /// Makes the folder with files in it.
  init(_ files: [String: String] = [:]) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "pfsim-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, text) }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Makes a folder, hands it over and removes it.
  static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = try ScratchFolder()
    return try withExtendedLifetime(folder) { try body(folder.url) }
  }

  /// Writes a file.
  func write(_ name: String, _ text: String) throws { _ = try url.file(name, text) }

  /// The text of a file.
  func read(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
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
