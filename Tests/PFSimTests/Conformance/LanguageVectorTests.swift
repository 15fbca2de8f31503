import Foundation
import Testing

@testable import PFSimCommand

/// Runs the repository's own copies of the language vectors, and `reference`: cases of our own in
/// the same form, for statements of the specification that pfctl's vectors leave out.
struct LanguageVectorTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Vectors/language")

  @Test(
    "pfctl's words and rules come out to the byte",
    arguments: ["valid", "invalid", "fuzz", "reference", "valid-uncertain", "invalid-uncertain"])
  func vectors(_ name: String) throws {
    let file = Self.folder.appendingPathComponent("\(name).jsonl")
    guard let data = FileManager.default.contents(atPath: file.path) else {
      print("skipped: \(file.path) is not there")
      return
    }
    let runner = LanguageVectors(corpus: Self.folder.path)
    for line in data.split(separator: 10) {
      let vector = try #require(ConformanceVector(line: line, fileName: "\(name).jsonl"))
      #expect(runner.recognises(vector))
      let failure = runner.run(vector)
      if !vector.isUncertain {
        #expect(failure == nil, "\(vector.name): \(failure.map { "\($0)" } ?? "")")
      }
    }
  }
}
