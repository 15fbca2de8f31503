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
}
