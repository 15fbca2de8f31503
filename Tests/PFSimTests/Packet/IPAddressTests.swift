import PFSim
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("192.168.64.1", "192.168.64.1"), ("::", "::"), ("::1", "::1"),
    ("fe80::1c2a:3bff:fe4d:5e6f", "fe80::1c2a:3bff:fe4d:5e6f"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("FD00:64::A", "fd00:64::a"),
  ])
  func `text is read and printed in its shortest form`(input: String, printed: String) throws {
    #expect(try #require(IPAddress(input)).description == printed)
  }

  @Test(arguments: ["", "1.2.3", "1.2.3.256", "1.2.3.4.5", ":", ":::", "1::2::3", "1:2", "g::"])
  func `other text is no address`(input: String) {
    #expect(IPAddress(input) == nil)
  }
}
