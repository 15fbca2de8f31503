import Testing

@testable import PFSim

/// What does not depend on rules: Softnet, the bridge, vantage and parties.
struct ReplayModesTests {
  @Test func `Bridged traffic is not seen by pf`() throws {
    var fixture = ReplayFixture()
    fixture.connect(ReplayFixture.vm, 50_000, to: ReplayFixture.server, 443)
    fixture.connect(ReplayFixture.vm, 50_001, to: ReplayFixture.gateway, 53)
    let result = try fixture.replay([.bridged])
    #expect(result.modes[0].flows.map(\.outcome) == [.notSeenByPF, .notSeenByPF])
    #expect(!result.modes[0].isEnabled && result.modes[0].insertedAnchors.isEmpty)
    #expect(result.modes[0].totals.notSeen.packets == 10)
  }

  @Test func `Isolation drops what VMs say to each other, and answers do not happen`() throws {
    var fixture = ReplayFixture()
    fixture.connect(ReplayFixture.vm, 50_000, to: ReplayFixture.server, 443)
    fixture.connect(ReplayFixture.sibling, 50_000, to: ReplayFixture.server, 443, macs: (6, 1))
    fixture.connect(ReplayFixture.vm, 50_002, to: ReplayFixture.sibling, 22, macs: (5, 6))
    let mode = try fixture.replay([.nat]).modes[0]
    #expect(mode.flows[2].outcome == .droppedByIsolation)
    #expect(mode.totals.droppedByIsolation.packets == 1)
    #expect(mode.flows[2].notHappening == 4)
  }

  @Test func `Softnet drops the LAN and lets the gateway pass`() throws {
    var fixture = ReplayFixture()
    fixture.connect(ReplayFixture.vm, 50_000, to: ReplayFixture.lan, 22)
    fixture.connect(ReplayFixture.vm, 50_001, to: ReplayFixture.gateway, 53)
    let result = try fixture.replay([.softnet])
    #expect(result.modes[0].flows[0].outcome == .droppedBySoftnet)
    #expect(result.modes[0].flows[1].outcome != .droppedBySoftnet)
    #expect(result.assumptions.contains { $0.code == "lease" })
    let allowed = try fixture.replay([.softnet], softnet: SoftnetOptions(allow: "192.168.1.0/24"))
    #expect(allowed.modes[0].flows[0].outcome != .droppedBySoftnet)
  }

  @Test func `Without a recorded lease a strict Softnet lets nothing pass`() throws {
    var fixture = ReplayFixture()
    fixture.connect(ReplayFixture.vm, 50_000, to: ReplayFixture.server, 443)
    let result = try fixture.replay([.softnet], softnet: SoftnetOptions(assumesLease: false))
    #expect(result.modes[0].flows[0].outcome == .droppedBySoftnet)
  }

  @Test func `Softnet does not let tagged frames pass`() throws {
    var fixture = ReplayFixture()
    let packet = PacketBuilder(from: ReplayFixture.vm, to: ReplayFixture.server)
      .udp(from: 5000, to: 53)
    fixture.add([0, 5, 8, 0] + packet, type: 0x8100)
    let result = try fixture.replay([.softnet, .bridged])
    #expect(result.modes[0].flows[0].outcome == .droppedBySoftnet)
    #expect(result.modes[1].flows[0].outcome == .notSeenByPF)
    #expect(result.assumptions.contains { $0.code == "vlan" })
  }

  @Test func `Several modes share one reading`() throws {
    var fixture = ReplayFixture()
    fixture.connect(ReplayFixture.vm, 50_000, to: ReplayFixture.lan, 22)
    let result = try fixture.replay([.nat, .softnet, .bridged])
    #expect(result.modes.map(\.mode) == [.nat, .softnet, .bridged])
    #expect(result.modes.allSatisfy { $0.flows.count == 1 && $0.totals.all.packets == 5 })
  }

  @Test func `The vantage follows from the addresses`() throws {
    var inside = ReplayFixture()
    inside.connect(ReplayFixture.vm, 50_000, to: ReplayFixture.uplink, 22)
    #expect(try inside.replay().vantage == .vm)
    var outside = ReplayFixture()
    outside.connect(ReplayFixture.uplink, 50_000, to: ReplayFixture.server, 443)
    let result = try outside.replay()
    #expect(result.vantage == .uplink)
    #expect(result.assumptions.contains { $0.code == "hosts-own" })
    #expect(try outside.replay { $0.vantage = .vm }.vantageIsDetected == false)
  }

  @Test func `Strangers' traffic is not seen, and a finding says what to do`() throws {
    var fixture = ReplayFixture()
    fixture.connect(
      CaptureFixture.ip("10.9.8.7"), 50_000, to: ReplayFixture.server, 443)
    let result = try fixture.replay()
    #expect(result.vantage == nil)
    #expect(result.modes[0].flows[0].outcome == .notSeenByPF)
    #expect(result.modes[0].findings.map(\.code) == ["no-known-address"])
    let mapped = try fixture.replay { _ = $0.map.add("10.9.8.7=192.168.64.5") }
    #expect(mapped.vantage == .vm)
    #expect(mapped.modes[0].flows[0].source == ReplayFixture.vm)
  }

  @Test func `Captures without Ethernet addresses are replayed with assumed ones`() throws {
    var fixture = ReplayFixture(linkType: .raw)
    fixture.connect(ReplayFixture.vm, 50_000, to: ReplayFixture.gateway, 53)
    let result = try fixture.replay([.softnet])
    #expect(result.modes[0].flows[0].outcome != .droppedBySoftnet)
    #expect(result.assumptions.contains { $0.code == "link-addresses" })
  }

  @Test func `Flows beyond the limit are counted by outcome`() throws {
    var fixture = ReplayFixture()
    let builder = PacketBuilder(from: ReplayFixture.vm, to: ReplayFixture.server)
    for port in 0..<100 { fixture.add(builder.udp(from: 20_000 + UInt16(port), to: 53)) }
    let mode = try fixture.replay([.bridged]) { $0.flowLimit = 40 }.modes[0]
    #expect(mode.flows.count <= 40)
    #expect(mode.flows.count + mode.unlisted.values.reduce(0, +) == 100)
    #expect(mode.unlisted[.notSeenByPF] == mode.unlisted.values.reduce(0, +))
  }

  @Test func `A header that the recording cut leaves the flow open`() throws {
    var fixture = ReplayFixture()
    fixture.connect(ReplayFixture.vm, 50_000, to: ReplayFixture.server, 443)
    let frame = fixture.frames[0].bytes
    let replay = try Replay(
      Replay.Options(modes: [ModeSetup(.nat, deployment: Deployment())]))
    try frame.withUnsafeBytes { bytes in
      let cut = UnsafeRawBufferPointer(rebasing: bytes[..<40])
      try replay.feed(
        CapturedFrame(
          number: 1, time: CaptureTime(nanoseconds: 0), originalLength: frame.count, bytes: cut),
        type: .ethernet)
    }
    let mode = try replay.finish().modes[0]
    #expect(mode.flows[0].outcome == .undetermined)
    #expect(mode.totals.undetermined.packets == 1)
  }

  @Test func `DHCP is one flow whatever addresses its messages have`() throws {
    var fixture = ReplayFixture()
    var message = [UInt8](repeating: 0, count: 240)
    message[28...33] = [0x52, 0x54, 0, 0, 0, 5]
    let everyone = CaptureFixture.ip("255.255.255.255")
    fixture.add(
      PacketBuilder(from: CaptureFixture.ip("0.0.0.0"), to: everyone)
        .udp(from: 68, to: 67, message))
    fixture.add(
      PacketBuilder(from: ReplayFixture.gateway, to: ReplayFixture.vm)
        .udp(from: 67, to: 68, message), from: 1, to: 5)
    let flows = try fixture.replay([.nat]).modes[0].flows
    #expect(flows.count == 1)
    #expect(flows.first?.packets.question == 1 && flows.first?.packets.answer == 1)
    #expect(flows.first?.arrived.question == 1 && flows.first?.arrived.answer == 1)
  }
}
