import Testing

@testable import PFSim

/// How pfctl reads values, corner by corner.
struct ValueTests {
  @Test(
    "numbers are read as far as C's functions read them",
    arguments: [
      ("pass tos 0x10zz no state", "pass all tos 0x10 no state"),
      ("pass proto tcp flags S/\"\" no state", "pass proto tcp all flags S/FSRPAUEW no state"),
      (
        "nat on en0 inet all -> 10.0.0.0/24 source-hash 0x0000000100000002000000030000004z",
        "nat on en0 inet all -> 10.0.0.0/24 source-hash 0x00000001000000020000000300000004"
      ),
      ("pass from en9:0 no state", "pass inet6 from fe80::9 to any no state"),
    ])
  func read(_ text: String, _ printed: String) {
    let got = PfctlText(text + "\n") {
      $0.interfaces += (try? [Interface](parsing: "en9=fe80::9/64,2001:db8::9/64")) ?? []
    }
    #expect(got.error.isEmpty)
    #expect(got.output.replacing(" on en9", with: "") == printed + "\n")
  }

  @Test(
    "values that pfctl refuses",
    arguments: [
      ("pass tos 0xzz", "stdin:1: illegal tos value 0xzz"),
      ("pass proto tcp flags \"\"/SA", "stdin:1: flags always false"),
      (
        "nat on en0 inet all -> 10.0.0.0/24 source-hash 0x0000000z000000020000000300000004",
        "stdin:1: invalid hex key"
      ),
      (
        "nat on en0 inet all -> 10.0.0.0/24 source-hash 0x000000010000000200000003z0000004",
        "stdin:1: invalid hex key"
      ),
      ("pass probability 0x10", "stdin:1: invalid probability: 68719476720.000000"),
      ("pass probability 0x", "stdin:1: invalid probability: 0x"),
      (
        "pass inet from route \"123456789012345678901\"",
        "netmask 0 invalid for IPv4 address\nstdin:1: skipping rule due to errors\n"
          + "stdin:1: rule expands to no valid combination"
      ),
    ])
  func refused(_ text: String, _ message: String) {
    #expect(PfctlText(text + "\n").error == message + "\n")
  }

  @Test("a label of 20 bytes, or for IPv6, has no mask to complain about")
  func shortLabel() {
    #expect(!PfctlText("pass inet from route \"12345678901234567890\"\n").fails)
    #expect(!PfctlText("pass inet6 from route \"123456789012345678901\"\n").fails)
  }
}
