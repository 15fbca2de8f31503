import Testing

@testable import PFSim

@Suite("pfctl's views of a host")
struct PfctlViewsTests {
  static let rules =
    StockRules.main.text + """
      table <friends> persist { 10.0.0.0/8, !10.1.0.0/16, 192.0.2.1 }
      block in quick on en0 proto tcp from any to any port 2323 label "telnet"
      pass in on en0 proto tcp from <friends> to any port 22

      """

  static func views(_ verbosity: Int = 0, anchor: String = "") throws -> PfctlViews {
    let fixture = try HostFixture(rules: rules)
    try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    try fixture.send("tcp 192.168.1.9:1024 > 192.168.1.20:2323 S from uplink")
    fixture.host.advance(to: 65)
    return PfctlViews(host: fixture.host, verbosity: verbosity, anchor: anchor)
  }

  @Test("rules with numbers, owners and counters")
  func verboseRules() throws {
    let text = try Self.views(2).rules()
    #expect(
      text.contains(
        """
        @1 block drop in quick on en0 proto tcp from any to any port = 2323 label "telnet"
          [ Owner : nil          Priority : 0     ]
          [ Evaluations: 3         Packets: 1         Bytes: 40          States: 0     ]
          [ Inserted: uid 0 pid 0 ]
        @2 pass in on en0 proto tcp from <friends:3> to any port = 22 flags S/SA keep state

        """))
  }

  @Test("labels, tables and a table's addresses")
  func labelsAndTables() throws {
    let views = try Self.views(1)
    #expect(views.labels() == "telnet 3 1 40 1 40 0 0\n")
    #expect(views.tables() == "-pa-r-\tfriends\n")
    #expect(
      try Self.views().addresses(ofTable: "friends")
        == "   10.0.0.0/8\n  !10.1.0.0/16\n   192.0.2.1\n")
    #expect(throws: PfctlViewError.self) { try views.addresses(ofTable: "nobody") }
  }

  @Test("the state of a translated flow, with its details")
  func states() throws {
    let lines = try Self.views(1).states().split(separator: "\n").map(String.init)
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("ALL tcp 192.168.64.5:50000 -> 192.168.1.20:"))
    #expect(lines[0].hasSuffix(" -> 1.1.1.1:443       SYN_SENT:CLOSED"))
    #expect(lines[2].hasPrefix("   age 00:01:05, expires in 00:00:55, 1:0 pkts, 40:0 bytes"))
  }

  @Test("status, references, interfaces, anchors")
  func others() throws {
    let views = try Self.views(1)
    #expect(
      views.info().hasPrefix("Status: Enabled for 0 days 00:01:05           Debug: Urgent\n\n"))
    #expect(views.info().contains("  inserts                                1            0.0/s\n"))
    let references = views.references().split(separator: "\n")
    #expect(references.first == "TOKENS:")
    #expect(references.last?.contains("     pfd      ") == true)
    #expect(references.last?.hasSuffix(" 0 days 00:01:05") == true)
    #expect(views.interfaces() == "ALL\nbridge100\nen0\nlo0 (skip)\nvmenet0\n")
    #expect(
      views.anchors() == """
          com.apple
          com.apple/200.AirDrop
          com.apple/250.ApplicationFirewall
          com.apple.internet-sharing
          com.apple.internet-sharing/shared_v4

        """)
  }

  @Test("limits and timeouts as stock macOS prints them; an anchor that does not exist")
  func limits() throws {
    let views = try Self.views()
    #expect(views.memory().hasPrefix("states        hard limit    10000\napp-states    hard limit"))
    #expect(views.timeouts().hasPrefix("tcp.first                   120s\n"))
    #expect(views.timeouts().contains("adaptive.start             6000 states\n"))
    let lost = try Self.views(anchor: "nowhere")
    #expect(throws: PfctlViewError(message: "pfctl: DIOCGETRULES: Invalid argument")) {
      try lost.text(.nat)
    }
  }

  @Test(
    "a view's name may be cut",
    arguments: [
      ("r", PfctlViews.Subject.rules), ("n", .nat), ("s", .states), ("S", .sources), ("i", .info),
      ("I", .interfaces), ("t", .timeouts), ("T", .tables), ("A", .anchors), ("R", .references),
      ("m", .memory), ("l", .labels), ("d", .dummynet), ("a", .all),
    ])
  func names(_ text: String, _ subject: PfctlViews.Subject) {
    #expect(PfctlViews.Subject(prefix: text) == subject)
  }
}
