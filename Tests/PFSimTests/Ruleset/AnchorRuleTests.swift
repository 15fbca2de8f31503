import Testing

@testable import PFSim

/// Anchor and antispoof rules, as pfctl prints them.
struct AnchorRuleTests {
  @Test("antispoof forgets the log interface in its rules for hosts, not the other log options")
  func antispoofLog() {
    #expect(
      PfctlText("antispoof log (all, user, to pflog1) for en1 inet\n").output == """
        block drop in log (all, user, to pflog1) on ! en1 inet from 10.1.1.0/24 to any
        block drop in log (all, user, to pflog1) on ! en1 inet from 10.1.1.0/24 to any
        block drop in log (all, user) inet from 10.1.1.1 to any
        block drop in log (all, user) inet from 10.1.1.2 to any

        """)
  }

  @Test("an anchor rule keeps its tag, which is checked before everything else")
  func anchorTag() {
    #expect(PfctlText("anchor foo tag bar\n").output == "anchor \"foo\" all tag bar\n")
    let tooLong = String(repeating: "t", count: 64)
    #expect(
      PfctlText("anchor foo tag \(tooLong) label \(tooLong) flags S/A\n").error
        == "stdin:1: tag too long, max 63 chars\n")
  }

  @Test("the brace behind nested rules is indented where the rules have numbers, too")
  func braceIndentation() {
    let text = "anchor a {\nanchor b {\npass\n}\n}\n"
    let plain = """
      anchor "a" all {
        anchor "b" all {
          pass all flags S/SA keep state
        }
      }

      """
    #expect(PfctlText(text).output == plain)
    let numbered = """
      @0 anchor "a" all {
      @0 anchor "b" all {
      @0 pass all flags S/SA keep state
        }
      }

      """
    #expect(PfctlText(text) { $0.verbosity = 2 }.output == numbered)
  }

  @Test(
    "names of anchors print from their last slash on; none starts with an underscore",
    arguments: [
      ("anchor \"/*\"", "anchor \"/*\" all"),
      ("anchor \"a/*\"", "anchor \"/*\" all"),
      ("anchor \"*\"", "anchor \"*\" all"),
      ("nat-anchor \"_x/y\"", "nat-anchor \"/y\" all"),
      ("nat-anchor _x", "nat-anchor all"),
      ("anchor \"\"", "pass all no state"),
    ])
  func names(_ text: String, _ printed: String) {
    #expect(PfctlText(text + "\n").output == printed + "\n")
  }

  @Test(
    "braces need a path that can be made",
    arguments: [
      "a//b", "../x", "", "/", "\(String(repeating: "a", count: 64))/b",
      "b/\(String(repeating: "a", count: 64))",
    ])
  func paths(_ name: String) {
    let text = PfctlText("anchor \"\(name)\" {\npass\n}\npass nonsense\n")
    #expect(text.error.hasPrefix("pfctl: anchorrule: unable to create ruleset"))
    #expect(text.fails)
    #expect(!text.error.contains("syntax error"))
    #expect(!PfctlText("anchor a {\nanchor \"../x\" {\npass\n}\n}\n").fails)
  }

  @Test("behind braces whose statement failed, the next anchor counts as theirs")
  func failedBraces() {
    #expect(
      PfctlText("anchor _x {\npass\n}\nanchor in\n").error
        == "stdin:3: anchor names beginning with '_' are reserved for internal use\n")
    #expect(
      PfctlText("anchor x {\npass\n}\nanchor in\n").error
        == "stdin:4: anchors without explicit rules must specify a name\n")
  }
}
