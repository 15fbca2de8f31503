import Foundation

@testable import PFSim

/// Builds captures byte by byte, so that the readers are tested against the formats themselves.
struct CaptureFixture {
  private(set) var bytes: [UInt8]
  private let nanoseconds: Bool

  /// Starts a pcap file.
  init(linkType: UInt32 = 1, nanoseconds: Bool = false) {
    self.nanoseconds = nanoseconds
    bytes = Self.little(nanoseconds ? UInt32(0xa1b2_3c4d) : 0xa1b2_c3d4)
    bytes += Self.little(UInt16(2)) + Self.little(UInt16(4)) + [UInt8](repeating: 0, count: 8)
    bytes += Self.little(UInt32(65_535)) + Self.little(linkType)
  }

  /// Appends a frame; `originalLength` is what the wire had.
  mutating func add(_ frame: [UInt8], at time: Double = 0, originalLength: Int? = nil) {
    let seconds = UInt32(time)
    let fraction = (time - Double(seconds)) * (nanoseconds ? 1e9 : 1e6)
    bytes += Self.little(seconds) + Self.little(UInt32(fraction.rounded()))
    bytes += Self.little(UInt32(frame.count))
    bytes += Self.little(UInt32(originalLength ?? frame.count)) + frame
  }

  /// Writes the file, hands its path to the body and removes it.
  func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
    try Self.withFile(bytes, body)
  }

  static func withFile<Result>(
    _ bytes: [UInt8], _ body: (String) throws -> Result
  ) throws -> Result {
    let path = temporaryPath()
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    return try body(path)
  }

  static func temporaryPath() -> String {
    NSTemporaryDirectory() + "pfsim-\(UUID().uuidString).pcap"
  }

  static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func big(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  /// An Ethernet frame around a payload.
  static func ethernet(
    _ payload: [UInt8], from source: String = "52:54:00:00:00:05",
    to destination: String = "52:54:00:00:00:01", type: UInt16 = 0x0800
  ) -> [UInt8] {
    address(destination) + address(source) + big(type) + payload
  }

  private static func address(_ text: String) -> [UInt8] {
    text.split(separator: ":").map { UInt8($0, radix: 16) ?? 0 }
  }

  /// A pcapng file of one section and interface with the frames, times in microseconds.
  static func nextGeneration(_ frames: [[UInt8]], linkType: UInt16 = 1) -> [UInt8] {
    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
      let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
      let length = little(UInt32(padded.count + 12))
      return little(type) + length + padded + length
    }
    var file = block(
      0x0a0d_0d0a,
      little(UInt32(0x1a2b_3c4d)) + little(UInt16(1)) + little(UInt16(0)) + little(Int64(-1)))
    file += block(1, little(linkType) + little(UInt16(0)) + little(UInt32(65_535)))
    for frame in frames {
      file += block(
        6,
        little(UInt32(0)) + little(UInt32(0)) + little(UInt32(1_500_000))
          + little(UInt32(frame.count)) + little(UInt32(frame.count)) + frame)
    }
    return file
  }

  /// An address from text that is known to be one.
  static func ip(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(ipv4: 0) }
}
