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
}
