import Foundation
import Testing

@testable import PFSimCommand

/// The kernel's vectors that lie in the repository.
@Suite struct KernelVectorTests {
  /// Cases whose counts at the end include time that the vector does not hold.
  ///
  /// The clock moved on after their last step. No other may need that.
  private static let unrecorded = ["clock jumps past many timeouts", "purge lag"]

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Vectors/kernel")

  private static var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted()
  }

  @Test("every packet meets the verdict, bytes and counters of Apple's kernel", arguments: files)
  func kernelAgrees(file: String) throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent(file))
    for line in data.split(separator: 10) {
      let vector = try #require(ConformanceVector(line: line, fileName: file))
      let outcome = KernelVectors().outcome(of: vector)
      let failure = outcome.failure
      #expect((outcome.remark != nil) == Self.unrecorded.contains(vector.name), "\(vector.name)")
      #expect(
        failure == nil,
        "\(vector.name): \(failure.map { "\($0.field) \($0.expected) \($0.got)" } ?? "")")
    }
  }

  @Test("a vector with another verdict fails")
  func differenceIsSeen() throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("match.jsonl"))
    let line = try #require(data.split(separator: 10).first)
    var vector = try #require(ConformanceVector(line: line, fileName: "match.jsonl"))
    var expected = try #require(vector.object["expect"] as? [[String: Any]])
    expected[0]["verdict"] = "pass"
    vector.object["expect"] = expected
    #expect(KernelVectors().run(vector)?.field == "step 0 verdict")
  }
}
