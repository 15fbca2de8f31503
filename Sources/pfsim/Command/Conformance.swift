import ArgumentParser
import Foundation
import PFSim

/// `pfsim conformance FILE…`: runs vectors made by the real programs.
struct Conformance: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run conformance vectors made by the real pfctl and the real kernel.",
    discussion: """
      Each line of a FILE is one vector, of what pfctl does with a text or of what the kernel \
      does with packets. A failure is printed with the first field that differs. Vectors marked \
      uncertain are run and counted, but never fail the command.
      """)

  @Argument(help: ArgumentHelp("The vector files (.jsonl).", valueName: "file"))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "The folder that holds the corpus files which vectors name "
        + "(default: beside the folder conformance).",
      valueName: "dir"))
  var corpus: String?

  @Option(help: ArgumentHelp("Only vectors whose name contains TEXT.", valueName: "text"))
  var filter: String?

  @Option(help: ArgumentHelp("How filter rules are evaluated: plain or fast."))
  var evaluator: EvaluatorName?

  @Flag(name: .shortAndLong, help: "Also print uncertain vectors that differ.")
  var verbose = false

  func run() throws {
    var passed = 0
    var failed = 0
    var uncertain = 0
    for file in files {
      let data = Data(try InputFile.bytes(of: file))
      let runners = Self.runners(
        corpus: corpus ?? Self.corpusFolder(of: file), evaluator?.choice ?? .automatic)
      let fileName = (file as NSString).lastPathComponent
      for (number, line) in data.split(separator: 10).enumerated() {
        guard let vector = ConformanceVector(line: line, fileName: fileName) else {
          throw CommandFailure.badInput("\(file):\(number + 1): not a vector")
        }
        if let filter, !vector.name.contains(filter) { continue }
        guard let runner = runners.first(where: { $0.recognises(vector) }) else {
          throw CommandFailure.badInput("\(file):\(number + 1): an unknown kind of vector")
        }
        let outcome = runner.outcome(of: vector)
        if let remark = outcome.remark { print("NOTE \(fileName): \(vector.name): \(remark)") }
        let failure = outcome.failure
        if vector.isUncertain {
          uncertain += 1
          if verbose, let failure { report(failure, vector, isUncertain: true) }
        } else if let failure {
          failed += 1
          report(failure, vector, isUncertain: false)
        } else {
          passed += 1
        }
      }
    }
    let tail = uncertain > 0 ? ", \(uncertain) uncertain" : ""
    print("\(passed) passed, \(failed) failed\(tail)")
    if failed > 0 { throw ExitStatus.negative.exitCode }
  }

  /// The kinds of vectors.
  private static func runners(
    corpus: String, _ evaluator: RuleEvaluator
  ) -> [any VectorRunner] {
    [LanguageVectors(corpus: corpus), KernelVectors(evaluator: evaluator)]
  }

  /// The folder that holds the folder `conformance`, which corpus paths are relative to.
  private static func corpusFolder(of file: String) -> String {
    var url = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
    while url.path != "/", url.lastPathComponent != "conformance" {
      url.deleteLastPathComponent()
    }
    return url.deletingLastPathComponent().path
  }

  private func report(_ failure: VectorFailure, _ vector: ConformanceVector, isUncertain: Bool) {
    print(
      """
      \(isUncertain ? "DIFFERS" : "FAILED") \(vector.fileName): \(vector.name): \(failure.field)
        expected: \(Self.quoted(failure.expected))
        got:      \(Self.quoted(failure.got))
      """)
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacingOccurrences(of: "\n", with: "\\n")
    return escaped.isEmpty ? "(nothing)" : escaped
  }
}
