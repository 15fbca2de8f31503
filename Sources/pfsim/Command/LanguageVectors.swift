import Foundation
import PFSim

/// Vectors of what pfctl does with a text.
struct LanguageVectors: VectorRunner {
  /// The folder that `file` and `cwd` are relative to.
  var corpus: String

  func recognises(_ vector: ConformanceVector) -> Bool {
    vector.object["args"] != nil && vector.object["stdout"] != nil
  }

  func run(_ vector: ConformanceVector) -> VectorFailure? {
    let arguments = vector.object["args"] as? [String] ?? []
    let expected = PfctlResult(
      output: vector.text("stdout"), error: vector.text("stderr"),
      status: Int32(vector.object["exit"] as? Int ?? 0))
    let onlyFirstLine = vector.fileName.hasPrefix("fuzz")
    if let failure = compare(expected, pfctl(arguments, vector), "", onlyFirstLine) {
      return failure
    }
    guard let optimized = vector.object["optimized"] as? [String: Any] else { return nil }
    let second = PfctlResult(
      output: optimized["output"] as? String ?? "", error: optimized["stderr"] as? String ?? "",
      status: Int32(optimized["exit"] as? Int ?? 0))
    let otherArguments = optimized["args"] as? [String] ?? []
    return compare(second, pfctl(otherArguments, vector), "optimized.", onlyFirstLine)
  }

  private func pfctl(_ arguments: [String], _ vector: ConformanceVector) -> PfctlResult {
    var run = PfctlDryRun()
    run.interfaces = (try? [Interface](parsing: vector.text("interfaces"))) ?? []
    run.hosts = HostTable(argument: vector.text("hosts"))?.addresses ?? [:]
    let input = Array(vector.text("input").utf8)
    run.standardInput = { input }
    run.userID = { Self.users[$0] ?? AccountNames.user($0) }
    run.groupID = { Self.groups[$0] ?? AccountNames.group($0) }
    let files = vector.object["files"] as? [String: String] ?? [:]
    let folder = (vector.object["cwd"] as? String).map { corpus + "/" + $0 }
    run.readFile = { Self.contents($0, files, folder) }
    do {
      return run.run(try PfctlArguments(arguments))
    } catch {
      return PfctlResult(error: error.text, status: 1)
    }
  }

  /// The accounts of the machine that made the vectors, as far as they are not a Mac's.
  private static let users: [String: UInt32] = ["alice": 501, "bin": 3]
  private static let groups: [String: UInt32] = ["bin": 7, "sshd": 27]

  /// A file of the vector or its working directory.
  ///
  /// The machine that made the vectors had an
  /// `/etc/pf.os` and no other file of a Mac.
  private static func contents(
    _ name: String, _ files: [String: String], _ folder: String?
  ) -> FileContents {
    if let text = files[name] { return .success(Array(text.utf8)) }
    if name == "/etc/pf.os" || name == "/dev/null" { return .success([]) }
    guard let folder, !name.hasPrefix("/"),
      let data = FileManager.default.contents(atPath: folder + "/" + name)
    else { return .failure("No such file or directory") }
    return .success(Array(data))
  }

  private func compare(
    _ expected: PfctlResult, _ got: PfctlResult, _ prefix: String, _ onlyFirstLine: Bool
  ) -> VectorFailure? {
    let output = (Self.withoutChance(expected.output), Self.withoutChance(got.output))
    if output.0 != output.1 {
      return Self.firstDifference(prefix + "stdout", output.0, output.1)
    }
    if expected.status != got.status {
      return VectorFailure(
        field: prefix + "exit", expected: "\(expected.status)", got: "\(got.status)")
    }
    var errors = (expected.error, got.error)
    if onlyFirstLine {
      errors = (Self.firstLine(expected.error), Self.firstLine(got.error))
    }
    if errors.0 != errors.1 {
      return Self.firstDifference(prefix + "stderr", errors.0, errors.1)
    }
    return nil
  }

  private static func firstLine(_ text: String) -> String {
    String(text.prefix { $0 != "\n" })
  }

  private static func firstDifference(
    _ field: String, _ expected: String, _ got: String
  ) -> VectorFailure {
    let lines = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let others = got.split(separator: "\n", omittingEmptySubsequences: false)
    for index in 0..<max(lines.count, others.count) {
      let one = index < lines.count ? String(lines[index]) : "(no line)"
      let other = index < others.count ? String(others[index]) : "(no line)"
      if one != other {
        return VectorFailure(field: "\(field) line \(index + 1)", expected: one, got: other)
      }
    }
    return VectorFailure(field: field, expected: expected, got: got)
  }

  /// Replaces what pfctl draws at random: keys of `source-hash`, names of generated tables.
  private static func withoutChance(_ text: String) -> String {
    guard text.contains("source-hash 0x") || text.contains("__automatic_") else { return text }
    var text = text.replacingOccurrences(
      of: "source-hash 0x[0-9a-f]{32}", with: "source-hash KEY", options: .regularExpression)
    var number = 0
    while let range = text.range(of: "__automatic_[0-9a-z_]+", options: .regularExpression) {
      text = text.replacingOccurrences(of: String(text[range]) + ">", with: "AUTOMATIC\(number)>")
      number += 1
    }
    return text
  }
}
