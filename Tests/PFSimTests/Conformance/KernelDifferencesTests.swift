import Foundation
import Testing

@testable import PFSim

/// The page "Where we differ from the kernel" against the source.
@Suite struct KernelDifferencesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let page = root.appendingPathComponent(
    "Sources/PFSim/PFSim.docc/Articles/KernelDifferences.md")

  /// The first cells of the table below a heading, without their quotes.
  private static func marks(below heading: String) throws -> Set<String> {
    let text = try String(contentsOf: page, encoding: .utf8)
    let section = try #require(text.components(separatedBy: "## \(heading)\n").dropFirst().first)
    let rows = section.components(separatedBy: "\n## ")[0].split(separator: "\n")
    return Set(
      rows.filter { $0.hasPrefix("| `") }.map { String($0.dropFirst(3).prefix { $0 != "`" }) })
  }

  @Test("every reason for an open verdict is on the page, and no other")
  func reasons() throws {
    let known = Set(UndeterminedReason.allCases.filter { $0 != .none }.map { "\($0)" })
    #expect(try Self.marks(below: "What is left open") == known)
  }

  @Test("every mark in the source is on the page, and no other")
  func marks() throws {
    let sources = Self.root.appendingPathComponent("Sources/PFSim")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    var known: Set<String> = []
    for case let name as String in files where name.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
      for part in text.components(separatedBy: "// DIFFERS: ").dropFirst() {
        known.insert(String(part.prefix { $0.isLetter || $0.isNumber || $0 == "-" }))
      }
    }
    #expect(try Self.marks(below: "What is done otherwise") == known)
  }

  @Test("the vectors that the page names exist")
  func vectors() throws {
    let folder = Self.root.appendingPathComponent("Tests/PFSimTests/Conformance/Vectors/kernel")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let all = try names.filter { $0.hasSuffix(".jsonl") }.map {
      try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
    }.joined()
    for name in [
      "clock jumps past many timeouts", "purge lag", "os fingerprint", "user with socket",
      "fastroute and big packet route-to", "return on udp v4",
    ] {
      #expect(try String(contentsOf: Self.page, encoding: .utf8).contains("`\(name)`"))
      #expect(all.contains("\"name\":\"\(name)\""), "\(name)")
    }
  }
}
