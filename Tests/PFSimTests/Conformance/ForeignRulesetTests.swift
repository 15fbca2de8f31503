import Foundation
import Testing

@testable import PFSim
@testable import PFSimCommand

/// Rulesets of other projects, which are not part of the repository, against `docs/corpus.md`.
@Suite struct ForeignRulesetTests {
  /// One row of the page's table of FreeBSD's tests that come out otherwise.
  private struct Row: Hashable, CustomStringConvertible {
    var name: String
    /// The lines that only FreeBSD prints or says.
    var theirs: [String]
    /// The lines that only macOS prints or says.
    var ours: [String]

    var description: String { "\(name)\n  FreeBSD: \(theirs)\n  macOS: \(ours)" }
  }

  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/corpus.md")

  /// The host of `Fuzz/corpus-table`.
  private static let options: ParseOptions = {
    let list =
      "lo0=127.0.0.1/8,::1/128,fe80::1/64;em0=10.0.0.1/24;vlan1057=203.0.113.5/24;"
      + "vlan1061=2001:db8::cb00:7105/64;tun1000000=;lo1000000="
    var options = ParseOptions(interfaces: (try? [Interface](parsing: list)) ?? [])
    options.hosts = ["localhost": ["::1", "127.0.0.1"].compactMap { IPAddress($0) }]
    options.optimization = OptimizationLevel.none
    options.verbosity = 1
    return options
  }()

  @Test("FreeBSD's tests of pfctl print as FreeBSD says, but for the listed lines")
  func freeBSD() throws {
    guard let folder = SharedFolder.url("corpus/pfctl/freebsd") else { return }
    let page = try String(contentsOf: Self.page, encoding: .utf8)
    let documented = Self.rows(of: page)
    var alike: [String] = []
    var differing: Set<Row> = []
    for file in SharedFolder.files(in: folder, endings: [".in"]) {
      if let row = try Self.difference(file) {
        differing.insert(row)
      } else {
        alike.append(file.deletingPathExtension().lastPathComponent)
      }
    }
    #expect(alike.count + differing.count > 40)
    #expect(
      page.contains(
        "\(alike.count) of \(alike.count + differing.count) come out to the byte: "
          + alike.joined(separator: ", ") + "."))
    for row in differing.subtracting(documented) { Issue.record("not on the page: \(row)") }
    for row in documented.subtracting(differing) { Issue.record("only on the page: \(row)") }
  }

  /// What differs between a test's expectation and ours; nil for nothing.
  private static func difference(_ file: URL) throws -> Row? {
    let folder = file.deletingLastPathComponent()
    let name = file.deletingPathExtension().lastPathComponent
    var options = options
    options.readFile = { name in
      FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
        .map { .success(Array($0)) } ?? .failure("No such file or directory")
    }
    let text = try Data(contentsOf: file)
    let parsed = parseRuleset(Array(text), file: file.lastPathComponent, options: options)
    let said = parsed.hasErrors ? lines(of: parsed.standardError) : []
    let expected = file.deletingPathExtension()
    if let data = try? Data(contentsOf: expected.appendingPathExtension("ok")) {
      let theirs = String(decoding: data, as: UTF8.self)
      if said.isEmpty, parsed.standardOutput == theirs { return nil }
      let (left, right) = (lines(of: theirs), lines(of: parsed.standardOutput))
      return Row(
        name: name, theirs: only(left, without: right), ours: only(right, without: left) + said)
    }
    let refusal = lines(
      of: try String(contentsOf: expected.appendingPathExtension("fail"), encoding: .utf8))
    if refusal.count == said.count, zip(said, refusal).allSatisfy({ $0.hasSuffix($1) }) {
      return nil
    }
    return Row(name: name, theirs: refusal, ours: lines(of: parsed.standardOutput) + said)
  }

  private static func lines(of text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  /// The lines that the others lack, in order.
  private static func only(_ lines: [String], without others: [String]) -> [String] {
    var left = others
    return lines.filter { line in
      guard let index = left.firstIndex(of: line) else { return true }
      left.remove(at: index)
      return false
    }
  }

  private static func rows(of page: String) -> Set<Row> {
    let table = page.components(separatedBy: "| test | FreeBSD | macOS | why |\n").last ?? ""
    let rows = table.split(separator: "\n").dropFirst().map { row -> Row in
      let cells = row.components(separatedBy: " | ")
      return Row(
        name: cells[0].trimmingCharacters(in: CharacterSet(charactersIn: "| ")),
        theirs: code(cells.item(1) ?? ""), ours: code(cells.item(2) ?? ""))
    }
    return Set(rows)
  }

  /// The lines of a cell, each of them code.
  private static func code(_ cell: String) -> [String] {
    cell.components(separatedBy: "<br>").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }.map { String($0.dropFirst().dropLast()) }
  }

  @Test("real rulesets give what pfctl says of them")
  func realRulesets() throws {
    guard let vectors = SharedFolder.url("conformance/language/corpus-pfconf.jsonl"),
      let corpus = SharedFolder.url("corpus")
    else { return }
    let runner = LanguageVectors(corpus: corpus.deletingLastPathComponent().path)
    let lines = try Data(contentsOf: vectors).split(separator: 10)
    #expect(lines.count >= 130)
    for line in lines {
      let vector = try #require(ConformanceVector(line: line, fileName: "corpus-pfconf.jsonl"))
      let failure = runner.run(vector)
      #expect(failure == nil, "\(vector.name): \(failure.map { "\($0)" } ?? "")")
    }
  }

  @Test("what is printed of real rulesets and of pfctl's own tests reads back the same")
  func fixedPoint() throws {
    guard let folder = SharedFolder.url("corpus") else { return }
    var accepted = 0
    let files = ["pfconf", "pfctl"].flatMap {
      SharedFolder.files(in: folder.appendingPathComponent($0), endings: [""])
    }
    for file in files {
      guard let data = try? Data(contentsOf: file) else { continue }
      var text = Array(data)
      if text.last != 10 { text.append(10) }
      var options = PrintedRules.options
      options.hosts = Self.options.hosts
      options.interfaces += Self.options.interfaces.filter { $0.name != "lo0" }
      let printed = PrintedRules(text, options)
      if printed.isAccepted { accepted += 1 }
      #expect(printed.difference == nil, "\(file.lastPathComponent): \(printed.difference ?? "")")
    }
    // Most are written for systems with other words, or name files.
    #expect(accepted > 70)
  }
}
