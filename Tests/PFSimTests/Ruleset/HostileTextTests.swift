import Foundation
import Testing

@testable import PFSim

/// Texts made to hurt end in clear errors, soon.
struct HostileTextTests {
  private func parse(
    _ text: String, files: [String: String] = [:]
  ) -> ParsedRuleset {
    var options = PrintedRules.options
    options.readFile = { name in
      files[name].map { .success(Array($0.utf8)) } ?? .failure("No such file or directory")
    }
    return parseRuleset(Array(text.utf8), options: options)
  }

  private func codes(_ parsed: ParsedRuleset) -> Set<String> {
    Set(parsed.diagnostics.map(\.code))
  }

  @Test("anchors in braces have a deepest level")
  func anchors() {
    let text = String(repeating: "anchor {\n", count: 5_000)
    let parsed = parse(text + "pass\n" + String(repeating: "}\n", count: 5_000))
    #expect(parsed.hasErrors)
    #expect(codes(parsed).contains("too-deep"))
  }

  @Test("lists in lists have a deepest level")
  func lists() {
    let text = "pass from " + String(repeating: "{ ", count: 100_000) + "10.0.0.1\n"
    #expect(codes(parse(text)).contains("too-deep"))
  }

  @Test("a line of 10 MB is read, or refused at its first overlong word")
  func longLines() {
    let word = parse("pass from " + String(repeating: "a", count: 10_000_000) + "\nblock x\n")
    #expect(codes(word).contains("word-too-long"))
    #expect(word.diagnostics.allSatisfy { $0.excerpt.utf8.count <= 200 })
    let words = parse(String(repeating: "pass ", count: 100_000) + "\n")
    #expect(words.diagnostics.map(\.code) == ["syntax"])
    let users = parse("pass " + String(repeating: "user 1 ", count: 30_000) + "\n")
    #expect(users.ruleset.anchors[0][.filter].count == 30_000)
  }

  @Test("a file that includes itself ends, also where it does so twice")
  func include() {
    let once = parse("include \"a\"\n", files: ["a": "include \"a\"\n"])
    #expect(codes(once).contains("include-failed"))
    let twice = parse("include \"a\"\n", files: ["a": "include \"a\"\ninclude \"a\"\n"])
    #expect(twice.hasErrors)
    #expect(twice.diagnostics.last?.message.contains("files are included") == true)
  }

  @Test("anchors that load themselves end in an error")
  func loadAnchor() {
    let file = "load anchor \"a\" from \"f\"\nload anchor \"b\" from \"f\"\n"
    let parsed = parse("load anchor \"a\" from \"f\"\n", files: ["f": file])
    #expect(parsed.hasErrors)
    #expect(codes(parsed) == ["load-anchor"])
  }

  @Test("macros that double with every line are cut off")
  func macros() {
    var text = "m0 = \"0123456789\"\n"
    for number in 1...60 { text += "m\(number) = $m\(number - 1) $m\(number - 1)\n" }
    #expect(codes(parse(text)).contains("macro-too-long"))
  }

  @Test("lists that multiply out to billions of rules are refused")
  func product() {
    let ports = (1...3_000).map(String.init).joined(separator: " ")
    let parsed = parse("pass proto tcp from any port { \(ports) } to any port { \(ports) }\n")
    #expect(codes(parsed).contains("too-many-rules"))
    #expect(parsed.ruleset.anchors[0][.filter].isEmpty)
  }

  @Test("a flood of errors stops")
  func errors() {
    let ports = (1...200).map(String.init).joined(separator: " ")
    let parsed = parse("pass from any port { \(ports) } to any port { \(ports) }\n")
    #expect(parsed.diagnostics.last?.code == "too-many-errors")
    #expect(parsed.diagnostics.count <= Lexer.mostErrors + 10)
  }

  @Test("bytes that are no text are errors, not crashes")
  func bytes() {
    for seed in 0..<UInt64(200) {
      var random = SplitMix64(seed: seed)
      let text = (0..<random.below(400)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      _ = parseRuleset(text, options: PrintedRules.options)
    }
  }
}
