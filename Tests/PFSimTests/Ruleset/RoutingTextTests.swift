import Testing

@testable import PFSim

/// Next hops, as pfctl prints them.
struct RoutingTextTests {
  @Test("of the addresses of one name only the first gets the interface")
  func severalHops() {
    #expect(
      PfctlText("pass in route-to (en9 en1)\n").output
        == "pass in route-to { (en9 10.1.1.1), ( 10.1.1.2) } round-robin inet all "
        + "flags S/SA keep state\n")
    #expect(
      PfctlText("pass in route-to (en1 bridge100) inet6\n").output
        == "pass in route-to ( fd00:64::1) inet6 all flags S/SA keep state\n")
    #expect(PrintedRules(Array("pass in route-to (en1 self)\n".utf8)).difference == nil)
  }

  @Test(
    "an interface with a name of 16 bytes ends the load",
    arguments: ["(abcdefghijklmno0 10.0.0.1)", "abcdefghijklmno0", "{ en0, abcdefghijklmno0 }"])
  func longInterface(_ hop: String) {
    let text = PfctlText("pass in route-to \(hop)\npass nonsense\n")
    #expect(text.error == "pfctl: expand_rule: strlcpy\n")
    #expect(text.fails)
    #expect(!PfctlText("pass in route-to abcdefghijklmno\n").fails)
  }
}
