import Testing

@testable import PFSim

/// A Mac on which pfctl is typed.
private final class Typist {
  let host: Host
  var files: [String: String]

  init(_ fixture: HostFixture, files: [String: String] = [:]) {
    host = fixture.host
    self.files = files
  }

  /// Runs a command line; the words are split at spaces.
  func type(_ line: String) throws -> PfctlResult {
    let words = line.split(separator: " ").map(String.init)
    let files = files
    let command = try PfctlCommandLine(words) { files[$0] ?? StockRules.text(ofFile: $0) }
    return PfctlProgram(host: host).run(command)
  }

  /// What a command line says on standard error behind the notices, with its exit status.
  func say(_ line: String) throws -> String {
    let result = try type(line)
    let notices = Host.printedNotices + [""]
    let lines = result.error.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init).filter { !notices.contains($0) }
    return lines.joined(separator: "|") + " exit \(result.status)"
  }
}

@Suite("pfctl behaves, prints and exits as macOS's")
struct PfctlProgramTests {
  private static let rules = [
    "own.conf": """
    table <friends> persist { 10.0.0.0/8, !10.1.0.0/16 }
    set skip on lo0
    block in quick on en0 proto tcp from any to any port 2323 label "telnet"
    pass all
    """ + "\n",
    "bad.conf": "block\npass on on\n",
    "twice.conf": "table <t> { 10.0.0.1 }\ntable <t> { 10.0.0.2 }\nblock from <t>\n",
    "bridge.conf": "pass in from bridge100:network\n",
    "skip.conf": "set skip on lo0\n",
  ]

  private static func typist(_ modes: [NetworkMode] = []) throws -> Typist {
    Typist(try HostFixture(modes), files: rules)
  }

  @Test("every run says that there is no ALTQ; -f warns first, -q says nothing")
  func notices() throws {
    let mac = try Self.typist()
    #expect(
      try mac.type("-f own.conf").error == """
        pfctl: Use of -f option, could result in flushing of rules
        present in the main ruleset added by the system at startup.
        See /etc/pf.conf for further details.

        No ALTQ support in kernel
        ALTQ related functions disabled

        """)
    #expect(
      try mac.type("-s info").error == """
        No ALTQ support in kernel
        ALTQ related functions disabled

        """)
    #expect(try mac.type("-q -f own.conf -e") == PfctlResult())
    #expect(try mac.type("-q -d") == PfctlResult())
  }

  @Test("-e, -d, -E and -X in each state of pf")
  func switching() throws {
    let mac = try Self.typist()
    #expect(try mac.say("-d") == "pfctl: pf not enabled exit 1")
    #expect(try mac.say("-X 7") == "pfctl: pf not enabled exit 1")
    #expect(try mac.say("-e") == "pf enabled exit 0")
    #expect(try mac.say("-e") == "pfctl: pf already enabled exit 1")
    #expect(try mac.say("-d") == "pf disabled exit 0")
    let first = try mac.say("-E")
    #expect(first.hasPrefix("pf enabled|Token : ") && first.hasSuffix(" exit 0"))
    let second = try mac.say("-E")
    let tokens = mac.host.references.tokens.map(\.value)
    #expect(tokens.count == 2 && second.contains("Token : \(tokens[1])"))
    #expect(try mac.say("-X 7") == "pfctl: pf: token invalid exit 1")
    #expect(
      try mac.say("-X \(tokens[0])")
        == "disable request successful. 1 more pf enable reference(s) remaining, "
        + "pf still enabled. exit 0")
    #expect(try mac.say("-X \(tokens[1])") == "pf disabled exit 0")
    #expect(try mac.type("-s References").output == "No pf starter references held\n")
  }

  @Test("-s References lists the newest token first, in pfctl's columns")
  func references() throws {
    let mac = try Self.typist([.nat])
    _ = try mac.type("-E")
    mac.host.advance(to: 65)
    let tokens = mac.host.references.tokens
    let lines = try mac.type("-s References").output.split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "TOKENS:",
        "PID      Process Name                 TOKEN                    TIMESTAMP",
        "\(tokens[1].process)     pfctl                        "
          + "\(tokens[1].value)".left(24) + " 0 days 00:01:05",
        "\(tokens[0].process)     pfd                          "
          + "\(tokens[0].value)".left(24) + " 0 days 00:01:05",
      ])
  }

  @Test("files that are refused leave everything as it was, with pfctl's words")
  func refusedFiles() throws {
    let mac = try Self.typist([.nat])
    let before = try mac.type("-sr").output
    #expect(
      try mac.say("-f bad.conf")
        == "bad.conf:2: syntax error|pfctl: Syntax error in config file: pf rules not loaded exit 1"
    )
    #expect(
      try mac.say("-f twice.conf")
        == "twice.conf:2: cannot define table t: Resource busy"
        + "|pfctl: Syntax error in config file: pf rules not loaded exit 1")
    #expect(try mac.type("-sr").output == before)
    let off = try Self.typist()
    #expect(
      try off.say("-f bridge.conf")
        == "no IP address found for bridge100:network"
        + "|bridge.conf:1: could not parse host specification"
        + "|pfctl: Syntax error in config file: pf rules not loaded exit 1")
  }

  @Test("-F of each kind, with the counts that pfctl prints")
  func flushing() throws {
    let fixture = try HostFixture()
    try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    let mac = Typist(fixture, files: Self.rules)
    #expect(try mac.say("-F states") == "1 states cleared exit 0")
    #expect(try mac.type("-s states").output.isEmpty)
    #expect(try mac.say("-F nat") == "nat cleared exit 0")
    #expect(try mac.say("-F info") == "pf: statistics cleared exit 0")
    #expect(try mac.say("-F Sources") == "source tracking entries cleared exit 0")
    #expect(try mac.say("-a com.apple -F rules") == "rules cleared exit 0")
    #expect(
      try mac.say("-F all")
        == "rules cleared|nat cleared|dummynet cleared|0 tables deleted.|0 states cleared"
        + "|source tracking entries cleared|pf: statistics cleared|pf: interface flags reset exit 0"
    )
    #expect(try mac.type("-sr").output.isEmpty)
    #expect(
      try mac.say("-a x -F all")
        == "rules cleared|nat cleared|dummynet cleared|0 tables deleted. exit 0")
  }

  @Test("-T changes tables and counts what it did")
  func tables() throws {
    let mac = try Self.typist()
    _ = try mac.type("-f own.conf")
    #expect(try mac.type("-t friends -T show").output == "   10.0.0.0/8\n  !10.1.0.0/16\n")
    #expect(
      try mac.say("-t friends -T add 192.0.2.1 10.0.0.0/8") == "1/2 addresses added. exit 0")
    #expect(try mac.say("-t friends -T delete 192.0.2.1") == "1/1 addresses deleted. exit 0")
    #expect(
      try mac.say("-t fresh -T add 192.0.2.7") == "1 table created.|1/1 addresses added. exit 0")
    #expect(try mac.type("-v -t fresh -T add 192.0.2.7 192.0.2.8").output == "A  192.0.2.8\n")
    #expect(
      try mac.say("-t fresh -T replace 192.0.2.9")
        == "1 addresses added.|2 addresses deleted. exit 0")
    #expect(try mac.say("-t fresh -T replace 192.0.2.9") == "no changes. exit 0")
    #expect(try mac.say("-t fresh -T test 192.0.2.9 192.0.2.1") == "1/2 addresses match. exit 2")
    #expect(try mac.say("-t fresh -T test 192.0.2.9") == "1/1 addresses match. exit 0")
    #expect(try mac.say("-t fresh -T flush") == "1 addresses deleted. exit 0")
    #expect(try mac.say("-t fresh -T zero") == "1 table/stats cleared. exit 0")
    #expect(try mac.type("-s Tables").output == "fresh\nfriends\n")
    #expect(try mac.say("-t fresh -T kill") == "1 table deleted. exit 0")
    #expect(try mac.say("-t fresh -T show") == "pfctl: Table does not exist. exit 1")
    #expect(
      try mac.say("-t friends -T add nobody.invalid")
        == "no IP address found for nobody.invalid|pfctl: cannot decode nobody.invalid exit 1")
  }

  @Test("-T expire deletes what was not counted for long; -T show -v tells what was counted")
  func tableAges() throws {
    let mac = try Self.typist()
    _ = try mac.type("-t old -T add 192.0.2.1")
    mac.host.advance(to: 100)
    _ = try mac.type("-t old -T add 192.0.2.2")
    #expect(try mac.say("-t old -T expire 50") == "1/2 addresses expired. exit 0")
    #expect(
      try mac.type("-v -t old -T show").output == """
           192.0.2.2
        \tCleared:     Thu Jan  1 00:01:40 1970
        \tIn/Block:    [ Packets: 0                  Bytes: 0                  ]
        \tIn/Pass:     [ Packets: 0                  Bytes: 0                  ]
        \tOut/Block:   [ Packets: 0                  Bytes: 0                  ]
        \tOut/Pass:    [ Packets: 0                  Bytes: 0                  ]

        """)
  }

  @Test("-k and -K kill by host, network and label")
  func killing() throws {
    let fixture = try HostFixture(
      rules: "pass in on bridge100 proto udp label \"dns\"\npass in on bridge100 proto tcp\n",
      order: .afterVM)
    let mac = Typist(fixture)
    func fill() throws {
      _ = try mac.type("-F states")
      try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
      try fixture.send("udp 192.168.64.5:50000 > 1.1.1.1:53 len 20 from VM")
    }
    try fill()
    #expect(
      try mac.say("-k 192.168.64.5")
        == "killed 2 states from 1 sources and 0 destinations exit 0")
    try fill()
    #expect(
      try mac.say("-k 0.0.0.0/0 -k 1.1.1.2")
        == "killed 0 states from 1 sources and 1 destinations exit 0")
    #expect(try mac.say("-k label -k dns") == "killed 1 states exit 0")
    #expect(try mac.say("-k label") == "pfctl: no label specified exit 1")
    #expect(
      try mac.say("-K 192.168.64.5")
        == "killed 0 src nodes from 1 sources and 0 destinations exit 0")
  }

  @Test("-x, -z, -m, -N, -R and -O touch their part only")
  func parts() throws {
    let mac = try Self.typist([.nat])
    #expect(try mac.say("-x loud") == "debug level set to 'loud' exit 0")
    #expect(try mac.type("-s info").output.contains("Debug: Loud"))
    let nat = try mac.type("-s nat").output
    #expect(try mac.say("-R -f own.conf") == " exit 0")
    #expect(try mac.type("-s nat").output == nat)
    #expect(
      try mac.type("-s rules").output
        == "block drop in quick on en0 proto tcp from any to any port = 2323 label \"telnet\"\n"
        + "pass all flags S/SA keep state\n")
    let rules = try mac.type("-s rules").output
    #expect(try mac.say("-O -m -f skip.conf") == " exit 0")
    #expect(try mac.type("-s rules").output == rules)
    #expect(try mac.type("-v -s Interfaces").output.contains("lo0 (skip)\n"))
  }

  @Test("-v -f prints what it loads")
  func verboseLoad() throws {
    let mac = try Self.typist()
    #expect(
      try mac.type("-v -f own.conf").output.hasSuffix(
        "block drop in quick on en0 proto tcp from any to any port = 2323 label \"telnet\"\n"
          + "pass all flags S/SA keep state\n"))
  }

  @Test("anchors: -a, a missing one, names with _, and the recursion that asks for *")
  func anchors() throws {
    let mac = try Self.typist([.nat])
    #expect(
      try mac.say("-a missing -s nat") == "pfctl: DIOCGETRULES: Invalid argument exit 1")
    #expect(
      try mac.say("-a _x -F rules")
        == "pfctl: anchor names beginning with '_' cannot be modified from the command line exit 1")
    let recursion = try mac.type("-a com.apple/* -s rules")
    #expect(recursion.output == "anchor \"*\" all {\n}\nanchor \"*\" all {\n}\n")
    #expect(recursion.error.contains("pfctl: DIOCGETRULES: Invalid argument\n"))
    #expect(
      try mac.type("-a com.apple.internet-sharing/shared_v4 -s nat").output
        == "nat on en0 inet from 192.168.64.0/24 to any -> (en0:0) extfilter ei\n"
        + "no nat on bridge100 inet from 192.168.64.1 to 192.168.64.0/24\n")
    #expect(try mac.type("-s Anchors").output == "  com.apple\n  com.apple.internet-sharing\n")
  }

  @Test("-sa of a stock Mac and of one with a VM network")
  func everything() throws {
    let stock = try Self.typist().type("-sa").output
    #expect(
      stock.hasPrefix(
        """
        TRANSLATION RULES:
        nat-anchor "com.apple/*" all
        rdr-anchor "com.apple/*" all

        FILTER RULES:
        scrub-anchor "com.apple/*" all fragment reassemble
        anchor "com.apple/*" all

        DUMMYNET RULES:
        dummynet-anchor "com.apple/*" all

        INFO:
        Status: Disabled                              Debug: Urgent


        """))
    let mac = try Self.typist([.nat]).type("-sa").output
    #expect(
      mac.hasPrefix(
        """
        TRANSLATION RULES:
        nat-anchor "com.apple/*" all
        nat-anchor "com.apple.internet-sharing" all
        rdr-anchor "com.apple/*" all
        rdr-anchor "com.apple.internet-sharing" all

        FILTER RULES:
        scrub-anchor "com.apple/*" all fragment reassemble
        scrub-anchor "com.apple.internet-sharing" all fragment reassemble
        anchor "com.apple/*" all
        anchor "com.apple.internet-sharing" all

        DUMMYNET RULES:
        dummynet-anchor "com.apple/*" all

        INFO:
        Status: Enabled for 0 days 00:00:00           Debug: Urgent

        State Table                          Total             Rate
          current entries                        0\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}\u{20}

        """))
    let titles = mac.split(separator: "\n").filter { $0.hasSuffix(":") && $0.first != " " }
    #expect(
      titles == [
        "TRANSLATION RULES:", "FILTER RULES:", "DUMMYNET RULES:", "INFO:", "TIMEOUTS:", "LIMITS:",
        "OS FINGERPRINTS:",
      ])
    #expect(mac.contains("udp.multiple                120s\n"))
    #expect(mac.contains("tcp.tsdiff                   60s\n"))
    #expect(mac.hasSuffix("\nOS FINGERPRINTS:\n696 fingerprints loaded\n"))
  }

  @Test(
    "wrong usage ends as getopt and pfctl end it",
    arguments: [
      ("-s nonsense", "pfctl: Unknown show modifier 'nonsense'"),
      ("-F nonsense", "pfctl: Unknown flush modifier 'nonsense'"),
      ("-t x -T nonsense", "pfctl: Unknown table command 'nonsense'"),
      ("-x nonsense", "pfctl: Unknown debug level 'nonsense'"),
      ("-o nonsense", "pfctl: Unknown optimization 'nonsense'"),
      ("-y", "pfctl: invalid option -- 'y'"),
      ("-f", "pfctl: option requires an argument -- 'f'"),
      ("-e now", "pfctl: unknown command line argument: now ..."),
      ("-k a -k b -k c", "pfctl: can only specify -k twice"),
    ])
  func usage(_ line: String, _ message: String) {
    #expect(throws: PfctlArguments.Refusal(message + "\n")) {
      try PfctlArguments(line.split(separator: " ").map(String.init))
    }
  }

  @Test("options stand together and apart, in pfctl's order of doing")
  func order() throws {
    let words = ["-vvef", "x.conf", "-F", "all", "-d", "-sr", "-a", "one/*"]
    let line = try PfctlCommandLine(words) { _ in "pass\n" }
    #expect(line.arguments.verbosity == 2)
    #expect(line.arguments.anchorPath.path == "one")
    #expect(line.arguments.anchorPath.isRecursive)
    let titles = line.events.map(\.title)
    #expect(
      titles == ["pfctl -d", "pfctl -a one -F all", "pfctl -a one -f x.conf", "pfctl -e"])
    #expect(line.steps.count == 5)
  }
}
