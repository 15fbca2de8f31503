import Foundation
import Testing

@testable import PFSim

/// What pfsim writes for the uplink against what the recording holds there.
@Suite("The simulated uplink against the recorded one")
struct UplinkCaptureTests {
  private static let rules =
    "nat on en0 inet from 192.168.64.0/24 to any -> (en0) static-port\n"

  /// Replays the VM's side and hands over the capture of en0.
  private func withUplink(_ name: String, _ body: (String) throws -> Void) throws {
    try ScratchFolder.with { folder in
      let rules = try folder.file("pf.conf", Self.rules)
      let output = folder.appendingPathComponent("out.pcap").path
      let run = try BuiltCommand.run(
        "replay", "Captures/\(name)-vm.pcap", "--rules", rules, "--load-order", "after-vm",
        "--capture", "en0=\(output)", "--fail-on", "none")
      #expect(run.status == 0 && run.error.isEmpty)
      try body(output)
    }
  }

  @Test(
    "each direction of each flow has the same packets in the same order",
    arguments: [("web", 50, 3500), ("mixed", 40, 400)])
  func samePackets(_ name: String, directions: Int, packets: Int) throws {
    try withUplink(name) { path in
      let simulated = try CaptureComparison(path)
      let recorded = try CaptureComparison(
        BuiltCommand.root.appendingPathComponent("Captures/\(name)-uplink.pcap").path)
      var compared = (directions: 0, packets: 0)
      for (direction, expected) in recorded.directions {
        let isFragmented = recorded.isFragmented(direction) || simulated.isFragmented(direction)
        if isFragmented || Self.isHostsOwn(direction) { continue }
        let found = simulated.directions[direction] ?? []
        #expect(found.count == expected.count, "\(direction)")
        for (one, other) in zip(found, expected) where !CaptureComparison.same(one, other) {
          Issue.record("\(direction): frame \(one.number) differs from frame \(other.number)")
        }
        compared.directions += 1
        compared.packets += expected.count
      }
      #expect(compared.directions >= directions && compared.packets >= packets)
      let invented = simulated.directions.keys.filter {
        recorded.directions[$0] == nil && !simulated.isFragmented($0)
          && !recorded.isFragmented($0)
      }
      #expect(invented.isEmpty)
    }
  }

  /// The host's own questions to the name server, from ports that no VM has.
  private static func isHostsOwn(_ direction: CaptureComparison.Direction) -> Bool {
    let own = UInt16(40_000)...45_000
    return direction.proto == 17
      && (own.contains(direction.sourcePort) || own.contains(direction.destinationPort))
  }

  @Test("every checksum is right", arguments: ["web", "mixed"])
  func checksums(_ name: String) throws {
    try withUplink(name) { path in
      let reader = try CaptureReader(path: path)
      let buffer = PacketBuffer()
      var count = 0
      while let frame = try reader.next() {
        let view = try #require(FrameView(frame, type: reader.linkType))
        buffer.assign(view.payload)
        #expect(Self.isSound(buffer), "frame \(frame.number)")
        count += 1
      }
      #expect(count > 400)
    }
  }

  /// Checks the header's and the payload's sum of an IPv4 packet, fragments' headers only.
  private static func isSound(_ buffer: PacketBuffer) -> Bool {
    let bytes = Array(buffer.bytes)
    guard bytes.count >= 20, bytes[0] >> 4 == 4 else { return bytes.first.map { $0 >> 4 } == 6 }
    let header = Int(bytes[0] & 15) * 4
    let payload = Array(bytes[header...])
    guard sum(Array(bytes[..<header])) == 0xffff else { return false }
    let isFragment = (UInt16(bytes[6]) << 8 | UInt16(bytes[7])) & 0x3fff != 0
    if isFragment { return true }
    switch bytes[9] {
    case 1: return sum(payload) == 0xffff
    case 17 where payload[6] == 0 && payload[7] == 0: return true
    case 6, 17:
      let length = UInt16(payload.count)
      let pseudo = Array(bytes[12..<20]) + [0, bytes[9], UInt8(length >> 8), UInt8(length & 255)]
      return sum(pseudo + payload) == 0xffff
    default: return true
    }
  }

  private static func sum(_ bytes: [UInt8]) -> UInt32 {
    var total: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      total += UInt32(bytes[index]) << 8 + (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while total >> 16 != 0 { total = total & 0xffff + total >> 16 }
    return total
  }

  @Test(
    "tshark finds every checksum right",
    .enabled(if: UplinkCaptureTests.hasTshark, "tshark is not installed"),
    arguments: ["web", "mixed"])
  func tshark(_ name: String) throws {
    try withUplink(name) { path in
      let run = try CommandRun(
        shell:
          """
          tshark -n -r '\(path)' -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
            -o udp.check_checksum:TRUE -Y '!icmp && (ip.checksum.status == "Bad" || \
            tcp.checksum.status == "Bad" || udp.checksum.status == "Bad") || \
            icmp.checksum.status == "Bad"'
          """)
      #expect(run.status == 0 && run.output.isEmpty, "\(run.output.prefix(500))")
    }
  }

  static let hasTshark = (try? CommandRun(shell: "command -v tshark").status) == 0
}
