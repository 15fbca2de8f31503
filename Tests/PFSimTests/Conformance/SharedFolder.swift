import Foundation

/// The folder of reference material beside the package, which not everybody has.
enum SharedFolder {
  /// The folder; nil, and said, where it is not there.
  ///
  /// It is `PFSIM_SHARED`, or `shared` beside the package or beside the folder that the package is
  /// a worktree in.
  static func url(_ path: String) -> URL? {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["PFSIM_SHARED"].map {
      [URL(fileURLWithPath: $0)]
    }
    let usual = ["../shared", "../../shared"].map { root.appendingPathComponent($0) }
    let places = (named ?? usual).map { $0.appendingPathComponent(path).standardizedFileURL }
    if let found = places.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
      return found
    }
    print("skipped: \(places[0].path) is not there")
    return nil
  }

  /// The files of a folder and of those in it whose names end so, in order.
  static func files(in folder: URL, endings: [String]) -> [URL] {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (names ?? []).filter { name in endings.contains { name.hasSuffix($0) } }.sorted()
      .map { folder.appendingPathComponent($0) }
  }
}
