import Foundation
import Testing

@testable import PFSim

/// Damaged captures: every byte may be anything.
@Suite("Damaged captures")
struct CaptureFuzzTests {
  private static let recording: [UInt8] = {
    let file = BuiltCommand.root.appendingPathComponent("Captures/inbound-vm.pcap")
    return Array((try? Data(contentsOf: file))?.prefix(16_000) ?? Data())
  }()

  @Test("a damaged capture is read or refused, and every packet is counted once", arguments: 0..<30)
  func survives(_ seed: UInt64) throws {
    #expect(Self.recording.count == 16_000)
    var random = SplitMix64(seed: seed)
    // Half of the runs leave the file's own records alone, so that all damage reaches the packets.
    var bytes = Self.recording
    for _ in 0..<200 {
      let place = Int(random.next() % UInt64(bytes.count - 24)) + 24
      if seed % 2 == 0, Self.isRecord(place) { continue }
      bytes[place] = UInt8(truncatingIfNeeded: random.next() >> 8)
    }
    try CaptureFixture.withFile(bytes) { path in
      let replay = try Replay(
        Replay.Options(
          modes: [NetworkMode.nat, .softnet, .bridged].map {
            ModeSetup($0, deployment: Deployment())
          }))
      let reader = try CaptureReader(path: path)
      do {
        while let frame = try reader.next() { try replay.feed(frame, type: reader.linkType) }
      } catch let error as CaptureError {
        #expect(error.kind == .badData && error.packet == reader.count + 1)
      }
      let result = try replay.finish()
      #expect(result.frames == reader.count)
      if seed % 2 == 0 { #expect(result.frames > 50) }
      for mode in result.modes { Self.check(mode.totals) }
    }
  }

  /// Each packet is in exactly one group.
  private static func check(_ totals: ReplayTotals) {
    let groups = [
      totals.passed, totals.blocked, totals.notSeen, totals.undetermined, totals.droppedBySoftnet,
      totals.droppedByIsolation, totals.notHappening,
    ]
    #expect(groups.reduce(0) { $0 + $1.packets } == totals.all.packets)
    #expect(groups.reduce(0) { $0 + $1.bytes } == totals.all.bytes)
  }

  /// The bytes of the undamaged capture that belong to record headers.
  private static let records: Set<Int> = {
    var result: Set<Int> = []
    var offset = 24
    while offset + 16 <= recording.count {
      result.formUnion(offset..<offset + 16)
      offset += 16 + (0..<4).reduce(0) { $0 | Int(recording[offset + 8 + $1]) << (8 * $1) }
    }
    return result
  }()

  private static func isRecord(_ place: Int) -> Bool { records.contains(place) }
}
