import Testing

@testable import PFSim

/// A text in which a lint finds something, and one in which it does not.
struct LintCase: Sendable, CustomTestStringConvertible {
  var code: LintCode
  var bad: String
  var good: String
  /// The line of the finding in ``bad``; nil for any.
  var line: Int?
  var anchors: [String: String] = [:]
  var goodAnchors: [String: String]?
  var interfaces = LintFixture.interfaces
  var afterVM = false

  init(
    _ code: LintCode, bad: String, good: String, line: Int? = nil,
    anchors: [String: String] = [:], goodAnchors: [String: String]? = nil,
    interfaces: String = LintFixture.interfaces, afterVM: Bool = false
  ) {
    self.code = code
    self.bad = bad
    self.good = good
    self.line = line
    self.anchors = anchors
    self.goodAnchors = goodAnchors
    self.interfaces = interfaces
    self.afterVM = afterVM
  }

  var testDescription: String { code.rawValue + ": " + bad.prefix(60) }

  static let all = reachability + matching + interfaceCases + anchorCases + translation + others

  private static let reachability = [
    LintCase(
      .ruleOverridden, bad: "block in proto tcp to port 22\npass in all flags any\n",
      good: "block in proto tcp to port 22\npass in all\n", line: 1),
    LintCase(
      .ruleOverridden,
      bad: """
        block in inet proto udp from 10.0.0.0/8
        pass in inet proto udp from 10.0.0.0/9
        pass in inet proto udp from 10.128.0.0/9

        """,
      good: """
        block in inet proto udp from 10.0.0.0/8
        pass in inet proto udp from 10.0.0.0/9
        pass in inet proto udp from 10.128.0.0/10

        """, line: 1),
    LintCase(
      .ruleOverridden,
      bad: "block in proto udp from any to any port 53\nanchor a {\n  pass in proto udp\n}\n",
      good: "block in proto udp from any to any port 53\nanchor a out {\n  pass proto udp\n}\n",
      line: 1),
    LintCase(
      .ruleUnreachable, bad: "block quick proto tcp\npass in proto tcp to port 22\n",
      good: "block quick proto udp\npass in proto tcp to port 22\n", line: 2),
    LintCase(
      .ruleUnreachable,
      bad: "nat on en0 inet from any to any -> (en0)\n"
        + "nat on en0 inet from 10.0.0.0/8 to any -> 192.0.2.1\n",
      good: "nat on en0 inet from 10.0.0.0/8 to any -> 192.0.2.1\n"
        + "nat on en0 inet from any to any -> (en0)\n", line: 2),
    LintCase(
      .ruleUnreachable,
      bad: "anchor a quick {\n  block in proto udp\n}\nblock in proto udp to port 53\n",
      good: "anchor a {\n  block in proto udp\n}\nblock in proto udp to port 53\n", line: 4),
    LintCase(
      .ruleUnreachable,
      bad: "binat on en0 inet from 10.0.0.0/24 to any -> 192.0.2.0/24\n"
        + "binat on en0 inet from 10.0.0.7 to any -> 192.0.2.7\n",
      good: "binat on en0 inet from 10.0.0.7 to any -> 192.0.2.7\n"
        + "binat on en0 inet from 10.0.0.0/24 to any -> 192.0.2.0/24\n", line: 2),
    // Outgoing packets of the second rule are the first one's, incoming ones are its own.
    LintCase(
      .ruleUnreachable,
      bad: "binat on en0 inet from 10.0.0.0/24 to any -> 192.0.2.0/24\n"
        + "binat on en0 inet from 10.0.0.0/25 to any -> 192.0.2.0/25\n",
      good: "binat on en0 inet from 10.0.0.0/24 to any -> 192.0.2.0/24\n"
        + "binat on en0 inet from 10.0.0.0/25 to any -> 198.51.100.0/25\n", line: 2),
    LintCase(
      .ruleUnreachable,
      bad: "scrub in all no-df\nscrub in on en0 inet all max-mss 1400\n",
      good: "scrub in on en0 inet all max-mss 1400\nscrub in all no-df\n", line: 2),
    LintCase(
      .ruleDuplicate, bad: "block in proto udp to port 53\nblock in proto udp to port 53\n",
      good: "block in proto udp to port 53\nblock in proto tcp to port 53\n", line: 2),
    LintCase(
      .notDecided,
      bad:
        "table <lan> { 10.0.0.0/8 }\npass quick from <lan> no state\nblock in inet from 10.1.0.0/16\n",
      good:
        "table <lan> { 10.0.0.0/8 }\npass from <lan> no state\nblock in inet from 10.1.0.0/16\n",
      line: 3),
  ]

  private static let matching = [
    LintCase(
      .ruleNeverMatches, bad: "block in from no-route to any\n",
      good: "block in from 10.0.0.0/8 to any\n", line: 1),
    LintCase(
      .ruleNeverMatches, bad: "block in inet6 proto tcp from any to any tos 16\n",
      good: "block in inet proto tcp from any to any tos 16\n", line: 1),
    LintCase(
      .ruleNeverMatches, bad: "table <t> const { }\nblock in from <t>\n",
      good: "table <t> const { 10.0.0.1 }\nblock in from <t>\n", line: 2),
    LintCase(
      .negatedList, bad: "block in inet from { !10.0.0.0/8, !192.168.0.0/16 } to any\n",
      good: "block in inet from { 10.0.0.0/8, 192.168.0.0/16 } to any\n", line: 1),
    LintCase(
      .rangeByteOrder, bad: "block in inet from 198.51.100.10 - 198.51.100.20 to any\n",
      good: "block in inet from 198.51.100.16/29 to any\n", line: 1),
    LintCase(
      .rangeByteOrder, bad: "block in inet from 10.0.0.200 - 10.0.1.50 to any\n",
      good: "block in inet from 10.0.0.7 to any\n", line: 1),
    LintCase(
      .tagNeverSet, bad: "pass in tagged vm\n",
      good: "pass in on en0 tag vm\npass in tagged vm\n", line: 1),
  ]

  private static let interfaceCases = [
    LintCase(
      .vmenetInterface, bad: "block in on vmenet0 proto tcp\n",
      good: "block in on bridge100 proto tcp\n", line: 1),
    LintCase(.interfaceGroup, bad: "block in on en\n", good: "block in on en0\n", line: 1),
    LintCase(
      .interfaceGroup, bad: "set skip on lo\nblock in on en0\n",
      good: "set skip on lo0\nblock in on en0\n"),
    LintCase(
      .bridgeNeedsVM, bad: "block in on bridge100 proto tcp\n", good: "block in on bridge0\n",
      line: 1),
    LintCase(
      .bridgeAddressAtLoad, bad: "block in inet from bridge100:network to any\n",
      good: "block in inet from (bridge100:network) to any\n", line: 1),
    LintCase(
      .skippedInterface, bad: "set skip on lo0\nblock in on lo0\n",
      good: "set skip on lo0\nblock in on en0\n", line: 2),
    LintCase(
      .loopbackSkippedByVM,
      bad: "rdr pass on lo0 inet proto tcp to 127.0.0.1 port 81 -> 127.0.0.1 port 80\npass\n",
      good: "rdr pass on en0 inet proto tcp to 192.168.1.20 port 81 -> 127.0.0.1 port 80\npass\n",
      line: 1),
    LintCase(
      .loopbackBlocked, bad: "block all\npass out on en0\n",
      good: "set skip on lo0\nblock all\npass out on en0\n", line: 1),
  ]

  private static let anchorCases = [
    LintCase(
      .anchorNotCalled, bad: "pass\n", good: "rdr-anchor web\npass\n",
      anchors: ["web": "rdr on en0 inet proto tcp to port 80 -> 192.168.64.5\n"]),
    LintCase(
      .anchorNotCalled, bad: LintFixture.complete(filter: ""),
      good: LintFixture.complete(filter: ""),
      anchors: [
        "com.apple/x": "anchor s1\n",
        "com.apple/x/s1": "rdr on en0 inet proto tcp to port 80 -> 192.168.64.5\n",
      ],
      goodAnchors: ["com.apple/x": "rdr on en0 inet proto tcp to port 80 -> 192.168.64.5\n"]),
    LintCase(
      .comAppleCallMissing, bad: "pass\n", good: LintFixture.complete(filter: "pass\n"), line: 1),
    LintCase(
      .sharingCallMissing, bad: StockRules.main.text.replacing("load anchor", with: "#"),
      good: LintFixture.complete(filter: ""), line: 1),
    LintCase(
      .loadDropsCalls, bad: "pass out all\n", good: LintFixture.complete(filter: "pass out all\n"),
      line: 1),
    LintCase(
      .blockOverriddenBySharing, bad: "block in on en0 proto tcp to port 8080\n",
      good: "block in quick on en0 proto tcp to port 8080\n", line: 1),
    LintCase(
      .blockOverriddenBySharing,
      bad: "block in on en0 proto tcp to port 8080\nanchor \"com.apple.internet-sharing\"\n",
      good: "anchor \"com.apple.internet-sharing\"\nblock in on en0 proto tcp to port 8080\n",
      line: 1),
    LintCase(
      .vmTrafficBlocked, bad: "block in quick all\n",
      good: "pass in quick on bridge100\nblock in quick all\n", line: 1),
    LintCase(
      .vmTrafficBlocked, bad: "block in on bridge100 inet proto udp to port 67\n",
      good: "block in on bridge100 inet proto udp to port 69\n", line: 1),
  ]

  private static let translation = [
    LintCase(
      .rdrWithoutPass,
      bad: "rdr on en0 inet proto tcp to 192.168.1.20 port 80 -> 192.168.64.5 port 8080\n"
        + "block in quick on en0\n",
      good: "rdr pass on en0 inet proto tcp to 192.168.1.20 port 80 -> 192.168.64.5 port 8080\n"
        + "block in quick on en0\n", line: 1),
    LintCase(
      .natFixedAddress, bad: "nat on en0 inet from 192.168.64.0/24 to any -> 192.168.1.20\n",
      good: "nat on en0 inet from 192.168.64.0/24 to any -> (en0)\n", line: 1),
    LintCase(
      .natFixedAddress, bad: "nat on en0 inet from 192.168.64.0/24 to any -> en0\n",
      good: "nat on en0 inet from 192.168.64.0/24 to any -> 203.0.113.1\n", line: 1),
    LintCase(
      .natMissing, bad: "nat on en0 inet from 192.168.64.0/24 to any -> (en0)\n",
      good: "nat on en0 inet from 192.168.64.0/24 to any -> (en0)\n"
        + "nat on utun5 inet from 192.168.64.0/24 to any -> (utun5)\n", line: 1,
      interfaces: LintFixture.interfaces + ";utun5=10.8.0.2/32->10.8.0.1"),
    LintCase(
      .poolWithoutFamily, bad: "nat on en0 from any to any -> (en0)\n",
      good: "nat on en0 inet from any to any -> (en0)\n", line: 1),
    LintCase(
      .poolWithoutFamily,
      bad: "table <t> { 10.0.0.5, 10.0.0.6 }\nrdr on en0 proto tcp to port 80 -> <t>\n",
      good: "table <t> { 10.0.0.5, 10.0.0.6 }\nrdr on en0 inet proto tcp to port 80 -> <t>\n",
      line: 2),
    LintCase(
      .ipv4Only,
      bad: "block in on bridge100 inet proto tcp from 192.168.64.0/24 to any port 18642\n",
      good: "block in on bridge100 inet proto tcp from 192.168.64.0/24 to any port 18642\n"
        + "block in on bridge100 inet6 proto tcp to any port 18642\n", line: 1),
    LintCase(
      .stickyRedirect,
      bad: "rdr on en0 inet proto tcp to port 80 -> { 192.168.64.5, 192.168.64.6 } "
        + "round-robin sticky-address\n",
      good: "rdr on en0 inet proto tcp to port 80 -> { 192.168.64.5, 192.168.64.6 } round-robin\n",
      line: 1),
  ]

  private static let others = [
    LintCase(
      .tableUnused, bad: "table <t> { 10.0.0.1 }\npass\n",
      good: "table <t> { 10.0.0.1 }\nblock from <t>\n", line: 1),
    LintCase(
      .tableEmpty, bad: "table <t> { }\nblock in from <t>\n",
      good: "table <t> persist { }\nblock in from <t>\n", line: 1),
    LintCase(
      .tableUndefined, bad: "block in from <t>\n", good: "table <t> persist\nblock in from <t>\n",
      line: 1),
    LintCase(
      .tableOverlap, bad: "table <t> { 10.0.0.0/8, 10.1.0.0/16 }\nblock in from <t>\n",
      good: "table <t> { 10.0.0.0/8, !10.1.0.0/16 }\nblock in from <t>\n", line: 1),
    LintCase(
      .tableNegatedOnly, bad: "table <t> { !10.1.0.0/16 }\nblock in from <t>\n",
      good: "table <t> { 10.0.0.0/8, !10.1.0.0/16 }\nblock in from <t>\n", line: 1),
    LintCase(
      .stateLimit, bad: "pass in proto tcp keep state (max 20000)\n",
      good: "pass in proto tcp keep state (max 2000)\n", line: 1),
    LintCase(
      .stateLimit, bad: "set timeout { adaptive.start 100, adaptive.end 200 }\npass\n",
      good: "set timeout { adaptive.start 100, adaptive.end 20000 }\npass\n"),
    LintCase(
      .synproxyBroken, bad: "pass in proto tcp to port 80 synproxy state\n",
      good: "pass in proto tcp to port 80 keep state\n", line: 1),
    LintCase(
      .macroUnused, bad: "lan = \"10.0.0.0/8\"\nvm = \"192.168.64.5\"\npass in inet from $vm\n",
      good: "vm = \"192.168.64.5\"\npass in inet from $vm\n", line: 1),
    LintCase(
      .scrubPanic, bad: "scrub in all fragment crop\n", good: "scrub in inet all fragment crop\n",
      line: 1),
  ]
}
