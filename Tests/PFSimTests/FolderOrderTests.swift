import Foundation
import Testing

/// The order of the library's folders: data flows one way, and a folder uses only those before it.
@Suite("Folders of the library")
struct FolderOrderTests {
  private static let order = [
    "Packet", "Syntax", "Ruleset", "Program", "Evaluation", "Classes", "State", "Filter", "Host",
    "Replay", "Analysis", "Report", "Scenario", "Advice", "Workload",
  ]
  private static let library = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources/PFSim")

  /// The code of a file: its words, and the types that it declares.
  private struct Code {
    var folder: Int
    var name: String
    var words: Set<Substring> = []
    var types: Set<Substring> = []
    var nestedTypes: Set<Substring> = []

    private static let introducers: Set<Substring> = ["struct", "class", "enum", "protocol"]

    init(folder: Int, file: URL) throws {
      self.folder = folder
      name = file.lastPathComponent
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let code = line.prefix { $0 != "\"" }
        guard !code.drop(while: { $0 == " " }).hasPrefix("//") else { continue }
        let words = code.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        for (word, next) in zip(words, words.dropFirst()) where Self.introducers.contains(word) {
          if code.first == " " { nestedTypes.insert(next) } else { types.insert(next) }
        }
        self.words.formUnion(words.filter { $0.first?.isUppercase == true })
      }
    }
  }

  private static func code() throws -> [Code] {
    try order.enumerated().flatMap { index, folder in
      try FileManager.default.contentsOfDirectory(
        at: library.appendingPathComponent(folder), includingPropertiesForKeys: nil
      ).filter { $0.pathExtension == "swift" }.map { try Code(folder: index, file: $0) }
    }
  }

  @Test func `every folder has its place in the order`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.library.path)
    #expect(Set(folders.filter { !$0.contains(".") }) == Set(Self.order))
  }

  @Test func `a folder uses only types of folders before it`() throws {
    let files = try Self.code()
    var homes: [Substring: Int] = [:]
    var nested: [Substring: Int] = [:]
    for file in files {
      for type in file.types { homes[type] = min(homes[type] ?? .max, file.folder) }
      for type in file.nestedTypes { nested[type] = min(nested[type] ?? .max, file.folder) }
    }
    for file in files {
      for word in file.words {
        guard let home = homes[word], home > file.folder else { continue }
        // A type inside another one may bear the same name.
        if let inner = nested[word], inner <= file.folder { continue }
        Issue.record("\(Self.order[file.folder])/\(file.name) uses \(word) of \(Self.order[home])")
      }
    }
  }

  @Test func `the map of the folders shows the same order`() throws {
    let chain = Self.order.filter { $0 != "Workload" }.joined(separator: " → ")
    for page in ["PFSim.docc/PFSim.md", "../../README.md"] {
      let text = try String(
        contentsOf: Self.library.appendingPathComponent(page), encoding: .utf8)
      #expect(text.contains(chain), "\(page)")
    }
  }
}
