import Foundation
import Testing

@testable import PFSim

struct CaptureReaderTests {
  let packet = PacketBuilder(
    from: CaptureFixture.ip("192.168.64.5"), to: CaptureFixture.ip("1.1.1.1")
  ).udp(from: 5000, to: 53, [1, 2, 3])

  @Test func `A capture gives its frames with number, time and bytes`() throws {
    var fixture = CaptureFixture()
    fixture.add(CaptureFixture.ethernet(packet), at: 10.25)
    fixture.add(CaptureFixture.ethernet(packet), at: 11)
    try fixture.withFile { path in
      let reader = try CaptureReader(path: path)
      let first = try #require(try reader.next())
      #expect(first.number == 1)
      #expect(first.time == CaptureTime(seconds: 10, nanoseconds: 250_000_000))
      #expect(Array(first.bytes) == CaptureFixture.ethernet(packet))
      #expect(try reader.next()?.number == 2)
      #expect(try reader.next() == nil)
    }
  }

  @Test func `Nanoseconds are kept`() throws {
    var fixture = CaptureFixture(nanoseconds: true)
    fixture.add(CaptureFixture.ethernet(packet), at: 1.000_000_001)
    try fixture.withFile { path in
      let frame = try #require(try CaptureReader(path: path).next())
      #expect(frame.time.nanoseconds == 1_000_000_001)
    }
  }

  @Test func `pcapng is read`() throws {
    let file = CaptureFixture.nextGeneration([CaptureFixture.ethernet(packet)])
    try CaptureFixture.withFile(file) { path in
      let reader = try CaptureReader(path: path)
      let frame = try #require(try reader.next())
      #expect(frame.time == CaptureTime(seconds: 1, nanoseconds: 500_000_000))
      #expect(Array(frame.bytes) == CaptureFixture.ethernet(packet))
      #expect(try reader.next() == nil)
    }
  }

  @Test func `A truncated capture names packet and offset after the good frames`() throws {
    var fixture = CaptureFixture()
    fixture.add(CaptureFixture.ethernet(packet))
    let start = fixture.bytes.count
    fixture.add(CaptureFixture.ethernet(packet))
    try CaptureFixture.withFile(Array(fixture.bytes.dropLast(3))) { path in
      let reader = try CaptureReader(path: path)
      #expect(try reader.next() != nil)
      let error = #expect(throws: CaptureError.self) { try reader.next() }
      #expect(error?.kind == .badData)
      #expect(error?.packet == 2)
      #expect(error?.offset == start)
      #expect(error?.description.contains("packet 2 at offset \(start): truncated") == true)
    }
  }

  @Test(arguments: [
    ([UInt8](), "is empty"), (Array("pass in all\n# no capture, but text\n".utf8), "not a capture"),
    (CaptureFixture(linkType: 105).bytes, "link type 105 (DLT_IEEE802_11"),
  ])
  func `What is no readable capture is refused with a reason`(
    bytes: [UInt8], reason: String
  ) throws {
    try CaptureFixture.withFile(bytes) { path in
      let error = #expect(throws: CaptureError.self) { try CaptureReader(path: path) }
      #expect(error?.kind == .badData)
      #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
  }

  @Test(arguments: [("/nonexistent/x.pcap", "No such file"), ("/tmp", "is a directory")])
  func `What cannot be opened is told apart from bad data`(path: String, reason: String) {
    let error = #expect(throws: CaptureError.self) { try CaptureReader(path: path) }
    #expect(error?.kind == .cannotOpen)
    #expect(error?.message.contains(reason) == true)
  }

  @Test func `Several captures are read as one in the order of time`() throws {
    var one = CaptureFixture()
    one.add([1] + packet, at: 1)
    one.add([3] + packet, at: 3)
    var other = CaptureFixture()
    other.add([2] + packet, at: 2)
    try one.withFile { first in
      try other.withFile { second in
        let recording = try Recording(paths: [first, second])
        var order: [UInt8] = []
        while let (frame, _) = try recording.next() { order.append(frame.bytes[0]) }
        #expect(order == [1, 2, 3])
      }
    }
  }

  @Test func `A written capture appears under its name when it is complete`() throws {
    let path = CaptureFixture.temporaryPath()
    defer { unlink(path) }
    let writer = try CaptureWriter(path: path, linkType: .raw)
    packet.withUnsafeBytes { writer.write($0, at: CaptureTime(nanoseconds: 5_000_000_007)) }
    #expect(!FileManager.default.fileExists(atPath: path))
    try writer.finish()
    let reader = try CaptureReader(path: path)
    let frame = try #require(try reader.next())
    #expect(reader.linkType == .raw)
    #expect(frame.time.nanoseconds == 5_000_000_007)
    #expect(Array(frame.bytes) == packet)
  }

  @Test func `A capture that is given up leaves nothing behind`() throws {
    let folder = NSTemporaryDirectory() + "pfsim-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do { _ = try CaptureWriter(path: folder + "/out.pcap", linkType: .ethernet) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    let error = #expect(throws: CaptureError.self) {
      try CaptureWriter(path: folder + "/missing/out.pcap", linkType: .ethernet)
    }
    #expect(error?.kind == .cannotWrite)
  }
}
