import Testing

@testable import PFSim

struct ParseRulesetTests {
  private func parse(_ text: String, optimization: OptimizationLevel = .none) -> ParsedRuleset {
    var options = ParseOptions(
      interfaces: [
        Interface(
          name: "en0",
          addresses: [
            Interface.Address(address: IPAddress(ipv4: 0xcb00_7105), prefixLength: 24)
          ])
      ])
    options.optimization = optimization
    options.verbosity = 1
    return parseRuleset(Array(text.utf8), options: options)
  }

  @Test("A rule prints with pfctl's defaults")
  func defaults() {
    #expect(
      parse("pass in proto tcp to port ssh\n").standardOutput
        == "pass in proto tcp from any to any port = 22 flags S/SA keep state\n")
  }

  @Test("A misplaced word is marked where it stands")
  func caret() throws {
    let parsed = parse("pass in\npass foo\n")
    let diagnostic = try #require(parsed.diagnostics.first)
    #expect(parsed.hasErrors)
    #expect(diagnostic.location == Provenance.Location(file: "stdin", line: 2, column: 6))
    #expect(diagnostic.length == 3)
    #expect(diagnostic.excerpt == "pass foo")
  }

  @Test("An error in a macro's text points at the use and notes the definition")
  func macroNote() throws {
    let parsed = parse("p = \"nosuch\"\npass proto $p\n")
    let diagnostic = try #require(parsed.diagnostics.first)
    #expect(diagnostic.location?.line == 2)
    #expect(diagnostic.location?.column == 12)
    #expect(diagnostic.notes.first?.location?.line == 1)
  }

  @Test("Every error of a file is found in one run")
  func allErrors() {
    let parsed = parse("pass foo\npass in on en0 all\nblock proto nosuch\n")
    #expect(parsed.diagnostics.map(\.code) == ["syntax", "unknown-protocol"])
  }

  @Test("A port without a protocol gets a fix-it in front of the addresses")
  func portFix() throws {
    let parsed = parse("pass in from any to any port 80\n")
    let fix = try #require(parsed.diagnostics.first?.fixIt)
    #expect(fix.replacement == "proto { tcp udp } ")
    #expect(fix.location.column == 9)
  }

  @Test("Another system's words are named as such")
  func dialect() throws {
    let parsed = parse("match in all\n")
    let diagnostic = try #require(parsed.diagnostics.first)
    #expect(diagnostic.code == "foreign-dialect")
    #expect(diagnostic.message.contains("OpenBSD"))
    #expect(parsed.standardError == "stdin:1: syntax error\n")
  }

  @Test(
    "Printing is a fixed point",
    arguments: [
      "pass in on { en0 ! lo0 } proto { tcp udp } from { 10/8 !10.1/16 } to any port { 1:5 > 9 }",
      "nat on en0 from 10.0.0.0/24 to any -> { 1.2.3.4 1.2.3.5 } sticky-address",
      "block return-icmp6(admin-unr) in log (all, to pflog2) quick inet6",
      "pass in route-to (en0 10.0.0.1) proto tcp keep state (max 100, source-track rule)",
      "scrub in all no-df min-ttl 5 fragment crop",
    ])
  func fixedPoint(_ rule: String) {
    let once = parse(rule + "\n").standardOutput
    #expect(!once.isEmpty)
    #expect(parse(once).standardOutput == once)
  }

  @Test("Six rules that differ in one address become a table")
  func automaticTable() {
    let list = (1...6).map { "10.0.0.\($0)" }.joined(separator: " ")
    let parsed = parse("pass from { \(list) }\n", optimization: .basic)
    #expect(parsed.ruleset.anchors[0][.filter].count == 1)
    #expect(parsed.ruleset.anchors[0].tables.first?.entries.count == 6)
  }

  @Test("Deep nesting ends in an error, not in a crash")
  func nesting() {
    #expect(parse("pass from " + String(repeating: "{ ", count: 100_000) + "\n").hasErrors)
    let anchors = String(repeating: "anchor a {\n", count: 10_000)
    #expect(parse(anchors).hasErrors)
  }

  @Test("A rule remembers its line and the list item it took")
  func provenance() throws {
    let rules = parse("pass\npass proto { tcp udp }\n").ruleset.anchors[0][.filter]
    #expect(rules.map { $0.provenance.location?.line } == [1, 2, 2])
    #expect(rules[2].provenance.parts.map(\.text) == ["udp"])
  }

  @Test("The services of a file take the place of the built-in ones")
  func services() {
    let file = "web 8000/tcp www # a comment\nweb 9/udp\nodd 7/udp\nbad 5\nhuge 99999/tcp\n"
    var options = PrintedRules.options
    options.services = ServiceFile(parsing: Array(file.utf8))
    func print(_ port: String) -> String {
      let parsed = parseRuleset(Array("pass proto tcp to port \(port)\n".utf8), options: options)
      return parsed.standardOutput + parsed.standardError
    }
    #expect(print("web").contains("port = 8000 "))
    #expect(print("www").contains("port = 8000 "))
    #expect(print("odd").contains("port = 7 "))
    for unknown in ["ssh", "bad", "huge"] {
      #expect(print(unknown) == "stdin:1: unknown port \(unknown)\n")
    }
  }
}
