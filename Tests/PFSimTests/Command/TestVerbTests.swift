import Foundation
import Testing

/// The outputs of `pfsim test`, character by character.
@Suite("What pfsim test prints")
struct TestVerbTests {
  private static let good = """
    name: it works
    teaches: A VM in NAT mode reaches the Internet.
    vms: [{name: vm, mode: nat, address: 192.168.64.5}]
    packets:
      - packet: tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM
        expect: pass

    """
  private static let bad = """
    name: it fails <&>
    teaches: Three expectations that do not hold.
    vms: [{name: vm, mode: nat, address: 192.168.64.5}]
    packets:
      - packet: tcp 192.168.64.5:50000 > 192.168.64.1:53 S from VM
        expect:
          verdict: block
          hops: [in bridge100 block]
    expect:
      show:
        nat: |
          nat-anchor "com.apple/*" all
          nat on en0 from any to any -> (en0)
          rdr-anchor "com.apple/*" all

    """

  private func folder() throws -> ScratchFolder {
    try ScratchFolder(["a.yaml": Self.good, "b.yaml": Self.bad])
  }

  @Test("text: each scenario, then what differs, with the packet's path")
  func text() throws {
    let run = try CommandRun(["test", "a.yaml", "b.yaml"], in: try folder())
    #expect(run.status == 1)
    #expect(
      run.output == """
        ok    it works
        FAIL  it fails <&>
          b.yaml:7:16: verdict (tcp 192.168.64.5:50000 > 192.168.64.1:53 S from VM): expected 'block', got 'pass'
              192.168.64.5:50000 > 192.168.64.1:53
                1. pf in on bridge100: pass (no rule matches: the default rule passes)
                     state: none
                2. deliver bridge100: host
              verdict: pass
          b.yaml:8:14: hops (tcp 192.168.64.5:50000 > 192.168.64.1:53 S from VM): expected 'in bridge100 block', got 'in bridge100 pass by default'
              192.168.64.5:50000 > 192.168.64.1:53
                1. pf in on bridge100: pass (no rule matches: the default rule passes)
                     state: none
                2. deliver bridge100: host
              verdict: pass
          b.yaml:13:1: show nat (the host): differs (- expected, + got)
                nat-anchor "com.apple/*" all
              - nat on en0 from any to any -> (en0)
              + nat-anchor "com.apple.internet-sharing" all
                rdr-anchor "com.apple/*" all
              + rdr-anchor "com.apple.internet-sharing" all
        1 passed, 1 failed

        """)
  }

  @Test("JUnit: a case for each scenario, a failure for each expectation")
  func junit() throws {
    let run = try CommandRun(["test", "a.yaml", "b.yaml", "--format", "junit"], in: try folder())
    // The time is the only thing that differs from run to run.
    let text = run.output.replacing(/\ time="[0-9.]+"/, with: "")
    #expect(run.status == 1)
    #expect(
      text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="pfsim" tests="2" failures="1">
            <testcase name="it works" classname="a.yaml"/>
            <testcase name="it fails &lt;&amp;&gt;" classname="b.yaml">
              <failure message="b.yaml:7:16">verdict (tcp 192.168.64.5:50000 &gt; 192.168.64.1:53 S from VM): expected 'block', got 'pass'</failure>
              <failure message="b.yaml:8:14">hops (tcp 192.168.64.5:50000 &gt; 192.168.64.1:53 S from VM): expected 'in bridge100 block', got 'in bridge100 pass by default'</failure>
              <failure message="b.yaml:13:1">show nat (the host): differs (- expected, + got)&#10;      nat-anchor &quot;com.apple/*&quot; all&#10;    - nat on en0 from any to any -&gt; (en0)&#10;    + nat-anchor &quot;com.apple.internet-sharing&quot; all&#10;      rdr-anchor &quot;com.apple/*&quot; all&#10;    + rdr-anchor &quot;com.apple.internet-sharing&quot; all</failure>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test("TAP: a line for each scenario, the differences as comments")
  func tap() throws {
    let run = try CommandRun(
      ["test", "a.yaml", "b.yaml", "--format", "tap"], in: try folder())
    let lines = run.output.split(separator: "\n")
    #expect(
      lines.prefix(5) == [
        "TAP version 13", "1..2", "ok 1 - it works", "not ok 2 - it fails <&>",
        "# b.yaml:7:16: verdict (tcp 192.168.64.5:50000 > 192.168.64.1:53 S from VM): expected 'block', got 'pass'",
      ])
    #expect(lines.dropFirst(4).allSatisfy { $0.hasPrefix("# ") })
    #expect(run.status == 1)
  }

  @Test("GitHub: an annotation for each difference, then the count")
  func github() throws {
    let run = try CommandRun(
      ["test", "a.yaml", "b.yaml", "--format", "github"], in: try folder())
    #expect(run.status == 1)
    #expect(
      run.output == """
        ::error file=b.yaml,line=7,col=16::verdict (tcp 192.168.64.5:50000 > 192.168.64.1:53 S from VM): expected 'block', got 'pass'
        ::error file=b.yaml,line=8,col=14::hops (tcp 192.168.64.5:50000 > 192.168.64.1:53 S from VM): expected 'in bridge100 block', got 'in bridge100 pass by default'
        ::error file=b.yaml,line=13,col=1::show nat (the host): differs (- expected, + got)%0A      nat-anchor "com.apple/*" all%0A    - nat on en0 from any to any -> (en0)%0A    + nat-anchor "com.apple.internet-sharing" all%0A      rdr-anchor "com.apple/*" all%0A    + rdr-anchor "com.apple.internet-sharing" all
        1 passed, 1 failed

        """)
  }

  @Test("--list names the scenarios and what they teach; --filter chooses")
  func list() throws {
    let folder = try folder()
    #expect(
      try CommandRun(["test", ".", "--list"], in: folder).output == """
        it works: A VM in NAT mode reaches the Internet.
        it fails <&>: Three expectations that do not hold.

        """)
    let run = try CommandRun(["test", ".", "--filter", "works"], in: folder)
    #expect(run.output == "ok    it works\n1 passed, 0 failed\n")
    #expect(run.status == 0)
  }

  @Test("--init writes a starter that passes, and never over a file")
  func starter() throws {
    let folder = try ScratchFolder(["pf.conf": LintFixture.complete(filter: "pass all\n")])
    #expect(try CommandRun(["test", "--init", "pf.conf"], in: folder).status == 0)
    #expect(
      try folder.read("pf.conf.yaml").hasPrefix(
        """
        name: pf.conf keeps VMs working
        teaches: A VM in NAT mode reaches the Internet and the host.
        rules: pf.conf
        """))
    let run = try CommandRun(["test", "pf.conf.yaml"], in: folder)
    #expect(run.output == "ok    pf.conf keeps VMs working\n1 passed, 0 failed\n")
    let again = try CommandRun(["test", "--init", "pf.conf"], in: folder)
    #expect(again.status == 74)
    #expect(again.error == "pfsim: pf.conf.yaml: exists already\n")
  }

  @Test("errors of several files are reported together, on standard error, with exit code 65")
  func errors() throws {
    let folder = try ScratchFolder(["a.yaml": "nane: x\nseed: y\n", "b.yaml": "expect: {}\n"])
    let run = try CommandRun(["test", "a.yaml", "b.yaml"], in: folder)
    #expect(run.status == 65)
    #expect(run.output.isEmpty)
    #expect(
      run.error == """
        pfsim: a.yaml:1:1: unknown key nane; did you mean name?
        a.yaml:2:7: expected a whole number
        b.yaml:1:9: nothing is expected

        """)
  }
}
