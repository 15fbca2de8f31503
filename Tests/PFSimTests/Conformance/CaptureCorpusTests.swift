import Foundation
import Testing

@testable import PFSim

/// Recordings of other projects through their rulesets; `Fuzz/replay-corpus` is the long form.
@Suite struct CaptureCorpusTests {
  private static let interfaces =
    "en0=192.168.1.20/24,2001:db8:1::5/64;en1=10.1.1.1/24;bridge100=192.168.64.1/24"

  /// All of it with `PFSIM_CAPTURES=all`; in the short form every capture goes through some of the
  /// rulesets and every ruleset sees some of the captures.
  private static let isLong =
    ProcessInfo.processInfo.environment["PFSIM_CAPTURES"] == "all"

  private static let folders: [URL] =
    [SharedFolder.url("corpus/pcap")].compactMap { $0 }
    + [BuiltCommand.root.appendingPathComponent("Captures")]

  /// The filters with the rulesets that load, from the smallest to the largest.
  private static func filters(_ folder: URL) throws -> [(name: String, filter: PacketFilter)] {
    var found: [(name: String, size: Int, filter: PacketFilter)] = []
    for file in SharedFolder.files(in: folder, endings: [".conf", ".anchor"]) {
      let text = try Data(contentsOf: file)
      let filter = PacketFilter(interfaces: try [Interface](parsing: interfaces))
      filter.setEnabled(true)
      let parsed = parseRuleset(Array(text), options: ParseOptions(interfaces: filter.interfaces))
      guard !parsed.hasErrors, (try? filter.load(parsed.ruleset)) != nil else { continue }
      found.append((file.lastPathComponent, text.count, filter))
    }
    return found.sorted { ($0.size, $0.name) < ($1.size, $1.name) }.map { ($0.name, $0.filter) }
  }

  @Test(
    "captures go through real rulesets, and every packet gets one verdict", .timeLimit(.minutes(10))
  )
  func replay() throws {
    guard let folder = SharedFolder.url("corpus/pfconf") else { return }
    let filters = try Self.filters(folder)
    #expect(filters.count >= 20)
    let captures = CorpusPackets(Self.folders, limit: Self.isLong ? .max : 60).captures
    let stride = Self.isLong ? 1 : 20
    let buffer = PacketBuffer()
    for (number, entry) in filters.enumerated() {
      let filter = entry.filter
      var verdicts: [Verdict: Int] = [:]
      var reasons = [UInt64](repeating: 0, count: Reason.allCases.count)
      for index in Swift.stride(from: number % stride, to: captures.count, by: stride) {
        let start = filter.now
        for packet in captures[index].packets {
          filter.advance(to: start + min(packet.time, 3_600))
          buffer.assign(packet.bytes)
          let direction: Direction = packet.bytes.count % 2 == 0 ? .in : .out
          let result = filter.process(buffer, direction, on: 1 + packet.bytes.count % 3)
          verdicts[result.verdict, default: 0] += 1
          for reason in Reason.allCases where result.counters >> reason.rawValue & 1 == 1 {
            reasons[Int(reason.rawValue)] += 1
          }
        }
      }
      let status = filter.statusInfo
      #expect(filter.stateCount <= Int(status.limits[Int(Limit.states.rawValue)]) + 1)
      for reason in Reason.allCases {
        let index = Int(reason.rawValue)
        #expect(status.reasons[index] >= reasons[index], "\(entry.name): \(reason)")
      }
    }
  }

  @Test("malformed packets get the kernel's reason")
  func malformed() throws {
    let filter = PacketFilter(interfaces: try [Interface](parsing: Self.interfaces))
    filter.setEnabled(true)
    let parsed = parseRuleset(Array("pass all no state\n".utf8))
    try filter.load(parsed.ruleset)
    let buffer = PacketBuffer()
    var counts: [Reason: Int] = [:]
    for (name, packets) in CorpusPackets(Self.folders, limit: Self.isLong ? .max : 400).captures {
      for (number, packet) in packets.enumerated() where packet.isWhole {
        guard let expected = Self.reason(packet.bytes) else { continue }
        buffer.assign(packet.bytes)
        let result = filter.process(buffer, .in, on: 1)
        counts[expected, default: 0] += 1
        #expect(result.reason == expected, "\(name) IP packet \(number + 1)")
        #expect((result.verdict == .pass) == (expected == .match), "\(name) \(number + 1)")
      }
    }
    #expect(counts[.match, default: 0] > 1_000)
    guard Self.folders.count > 1 else { return }
    #expect(counts[.short, default: 0] > 2)
    #expect(counts[.invalidPort, default: 0] > 2)
    #expect(counts[.ipOption, default: 0] > 10)
  }

  /// What pf says of a packet where all pass and nothing is scrubbed; nil where that is not plain
  /// to see from the outside.
  private static func reason(_ packet: [UInt8]) -> Reason? {
    guard packet.count >= 20 else { return packet.first.map { $0 >> 4 } == 4 ? .short : nil }
    if packet[0] >> 4 == 4 { return reasonOfIPv4(packet) }
    guard packet[0] >> 4 == 6 else { return nil }
    if packet.count < 40 { return .short }
    if word(packet, 4) == 0 { return .normalize }
    return reason(ofProtocol: packet[6], Array(packet[40...]), isIPv6: true)
  }

  private static func reasonOfIPv4(_ packet: [UInt8]) -> Reason? {
    let header = Int(packet[0] & 15) * 4
    if header < 20 { return .short }
    guard packet.count >= header, word(packet, 2) == packet.count else { return nil }
    let isFragment = word(packet, 6) & 0x3fff != 0
    let inner =
      isFragment ? .match : reason(ofProtocol: packet[9], Array(packet[header...]), isIPv6: false)
    return inner == .match && header > 20 ? .ipOption : inner
  }

  private static func reason(
    ofProtocol proto: UInt8, _ bytes: [UInt8], isIPv6: Bool
  ) -> Reason? {
    switch proto {
    case 6:
      if bytes.count < 20 { return .short }
      return word(bytes, 0) == 0 || word(bytes, 2) == 0 ? .invalidPort : .match
    case 17:
      if bytes.count < 8 { return .short }
      if word(bytes, 0) == 0 || word(bytes, 2) == 0 { return .invalidPort }
      return word(bytes, 4) < 8 || word(bytes, 4) > bytes.count ? .short : .match
    case 1 where !isIPv6, 58 where isIPv6:
      if bytes.count < 8 { return .short }
      // What errors quote is read too.
      let errors: [UInt8] = isIPv6 ? [1, 2, 3, 4] : [3, 4, 5, 11, 12]
      return errors.contains(bytes[0]) ? nil : .match
    case 50: return bytes.count < 8 ? .short : .match
    case 47:
      if bytes.count < 8 { return .short }
      return bytes[1] & 7 == 1 ? nil : .match
    // Extension headers and IPv6 fragments are read further.
    case 0 where isIPv6, 43 where isIPv6, 44 where isIPv6, 51 where isIPv6, 60 where isIPv6:
      return nil
    default: return .match
    }
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> Int {
    Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
  }
}
