import Foundation

@testable import PFSim

/// The IP packets of the captures in a folder, without their link headers.
struct CorpusPackets {
  /// One packet.
  struct Packet {
    /// The bytes from the IP header on, without padding behind the packet.
    var bytes: [UInt8]
    /// Seconds since the capture's first frame, 0 at least.
    var time: Double
    /// Whether the recording holds the packet whole.
    var isWhole: Bool
  }

  /// The captures that have IP packets, in the order of their names.
  private(set) var captures: [(name: String, packets: [Packet])] = []

  /// Reads at most `limit` packets of every capture of the folders.
  init(_ folders: [URL], limit: Int) {
    for folder in folders {
      for file in SharedFolder.files(in: folder, endings: [".pcap", ".pcapng", ".cap"]) {
        let packets = Self.read(file, limit: limit)
        if !packets.isEmpty { captures.append((file.lastPathComponent, packets)) }
      }
    }
  }

  /// The packets up to the end or the first damage.
  private static func read(_ file: URL, limit: Int) -> [Packet] {
    guard let reader = try? CaptureReader(path: file.path) else { return [] }
    var packets: [Packet] = []
    var first: CaptureTime?
    while packets.count < limit, let frame = try? reader.next() {
      let start = first ?? frame.time
      first = start
      guard let view = FrameView(frame, type: reader.linkType), view.isIP else { continue }
      let length = min(ipLength(view.payload), view.payload.count)
      packets.append(
        Packet(
          bytes: Array(view.payload.prefix(length)),
          time: max(0, frame.time.seconds(since: start)),
          isWhole: view.missing == 0 && ipLength(view.payload) <= view.payload.count))
    }
    return packets
  }

  /// The length that the IP header tells, or all there is.
  private static func ipLength(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count >= 6 else { return bytes.count }
    if bytes[0] >> 4 == 6 { return 40 + Int(bytes[4]) << 8 + Int(bytes[5]) }
    return Int(bytes[2]) << 8 + Int(bytes[3])
  }
}
