import Testing

@testable import PFSim

struct WayMemoryTests {
  private let interfaces = try? [Interface](
    parsing: "en0=192.168.1.20/24;bridge100=192.168.64.1/24;utun3=10.8.0.2/24")

  private func header(to destination: String) -> RoutedHeader? {
    let bytes = PacketBuilder(
      from: CaptureFixture.ip("192.168.64.2"), to: CaptureFixture.ip(destination)
    ).udp(from: 5000, to: 53)
    return bytes.withUnsafeBytes { RoutedHeader($0) }
  }

  @Test func `A remembered way is the way that the lists give, until routes change`() throws {
    let interfaces = try #require(interfaces)
    var table = RoutingTable()
    defer { table.deallocate() }
    let toUplink = [Route.default(.inet, via: nil, on: "en0")]
    let toTunnel = [Route.default(.inet, via: nil, on: "utun3")]
    let far = try #require(header(to: "1.1.1.1"))
    let own = try #require(header(to: "10.8.0.2"))
    let broadcast = try #require(header(to: "192.168.64.255"))
    for (routes, out) in [(toUplink, Int32(0)), (toTunnel, 2), (toUplink, 0), ([], -1)] {
      table.gather(interfaces: interfaces, routes: routes) { _ in true }
      for _ in 0..<2 {
        #expect(table.way(of: far, from: 1).out == out)
        #expect(table.way(of: own, from: 1) == .host)
        #expect(table.way(of: broadcast, from: 1) == .host)
        // Another interface's broadcast address is an address like others.
        #expect(table.way(of: broadcast, from: 0).out == 1)
      }
    }
  }

  @Test func `Ways of many destinations do not mix`() throws {
    let interfaces = try #require(interfaces)
    var table = RoutingTable()
    defer { table.deallocate() }
    table.gather(
      interfaces: interfaces, routes: [.default(.inet, via: nil, on: "en0")]
    ) { _ in true }
    for round in 0..<2 {
      for number in 0..<4096 {
        let isTunnel = number % 3 == 0
        let last = "\(number >> 8).\(number & 255)"
        let text = isTunnel ? "10.8.0.\(3 + number % 250)" : "8.8.\(last)"
        let packet = try #require(header(to: text))
        #expect(
          table.way(of: packet, from: 1).out == (isTunnel ? 2 : 0), "\(text), round \(round)")
      }
    }
  }
}
