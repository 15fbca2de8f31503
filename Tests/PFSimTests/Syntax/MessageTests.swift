import Testing

@testable import PFSim

/// pfctl's messages, word for word.
struct MessageTests {
  @Test(
    "messages about values",
    arguments: [
      ("pass inet6 proto icmp6 icmp6-type 1 code 256", "illegal icmp-code 256"),
      ("pass inet proto icmp icmp-type 3 code 256", "illegal icmp-code 256"),
      ("pass inet6 proto icmp6 icmp6-type 1 code nosuch", "unknown icmp6-code nosuch"),
      ("pass inet6 proto icmp6 icmp6-type 256", "illegal icmp6-type 256"),
      (
        "pass from route \"01234567890123456789012345678901\"",
        "route label too long, max 31 chars"
      ),
    ])
  func values(_ text: String, _ message: String) {
    #expect(PfctlText(text + "\n").error == "stdin:1: \(message)\n")
  }

  @Test("the end of a loaded file is told as the end of the main file")
  func endOfLoadedFile() throws {
    let main = "anchor a\nload anchor a from \"f\"\n"
    let cut = PfctlText(main, files: ["f": "pass in"])
    #expect(cut.fails)
    #expect(
      cut.error.hasSuffix("Loading anchor a from f\nstdin:3: syntax error\npfctl: load anchors\n"))
    let quoted = PfctlText(main, files: ["f": "pass\n\"abc"])
    #expect(
      quoted.error.hasSuffix(
        "f:2: reached end of file while parsing quoted string\nstdin:3: syntax error\n"
          + "pfctl: load anchors\n"))
    let earlier = PfctlText(main, files: ["f": "pass in\npass nonsense\n"])
    #expect(earlier.error.hasSuffix("f:2: syntax error\npfctl: load anchors\n"))
  }

  @Test("a loaded file without its last line feed is still marked where it ends")
  func placeOfMissingLineFeed() throws {
    var options = PrintedRules.options
    options.readFile = { _ in .success(Array("pass in".utf8)) }
    let text = "anchor a\nload anchor a from \"f\"\n"
    let parsed = parseRuleset(Array(text.utf8), options: options)
    let diagnostic = try #require(parsed.diagnostics.first)
    #expect(diagnostic.code == "missing-newline")
    #expect(diagnostic.location?.file == "f")
    #expect(diagnostic.location?.line == 1)
    #expect(diagnostic.fixIt != nil)
  }

  @Test("set optimization takes its names in any case, and default is none of them")
  func optimizationNames() {
    for name in ["normal", "Satellite", "HIGH-LATENCY", "conservative", "Aggressive"] {
      #expect(PfctlText("set optimization \(name)\n").output == "set optimization \(name)\n")
    }
    let unknown = PfctlText("set optimization default\n")
    #expect(
      unknown.error == """
        pfctl: invalid state timeouts optimization
        stdin:1: unknown optimization default

        """)
    #expect(unknown.fails)
    #expect(PfctlText("set debug Urgent\n").fails)
  }

  @Test("a dash is standard input on the command line, a file's name in rules")
  func dash() {
    func read(_ text: String) -> String {
      PfctlText(text, files: ["-": "pass\n"]) { $0.verbosity = 0 }.error
    }
    #expect(
      read("pass\ninclude \"-\"\n") == """
        pfctl: -: No such file or directory
        stdin:2: failed to include file -

        """)
    #expect(
      read("load anchor x from \"-\"\n") == """
        pfctl: -: No such file or directory
        pfctl: cannot open the main config file!: No such file or directory
        pfctl: load anchors

        """)
  }

  @Test("a path of more than 63 bytes is no anchor to load a file into")
  func longPath() {
    func load(_ length: Int) -> PfctlText {
      PfctlText("pass nonsense\n") { $0.anchorPath = String(repeating: "a", count: length) }
    }
    #expect(load(64).error == "pfctl: pfctl_add_rule: strlcpy\n")
    #expect(load(64).fails)
    #expect(load(63).error == "stdin:1: syntax error\n")
  }
}
