import Foundation
import Testing

@testable import PFSim

/// Captures that are much longer than memory would like.
@Suite("Long captures")
struct LongCaptureTests {
  @Test(
    "memory does not grow with the capture",
    .enabled(if: LongCaptureTests.canMeasure, "/proc/PID/status tells the memory on Linux only"))
  func memory() throws {
    let pipe = Pipe()
    let process = try BuiltCommand.start(
      ["replay", "-", "--json", "--mode", "nat"], input: pipe,
      output: FileHandle.nullDevice, error: FileHandle.nullDevice)
    let input = pipe.fileHandleForWriting
    try input.write(contentsOf: Data(CaptureFixture().bytes))
    // More flows than are kept at a time, again and again.
    try write(flows: 0..<34_000, to: input)
    let early = try #require(Self.peak(process))
    try write(flows: 34_000..<70_000, to: input)
    let late = try #require(Self.peak(process))
    try input.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(late < early + early / 10, "\(early) kB, then \(late) kB")
  }

  /// Writes a packet for each flow.
  private func write(flows: Range<Int>, to input: FileHandle) throws {
    let source = ReplayFixture.vm
    for start in stride(from: flows.lowerBound, to: flows.upperBound, by: 1000) {
      var chunk = CaptureFixture()
      for flow in start..<min(start + 1000, flows.upperBound) {
        let server = IPAddress(ipv4: 0x0808_0000 | UInt32(truncatingIfNeeded: flow >> 10))
        let packet = PacketBuilder(from: source, to: server)
          .udp(from: UInt16(20_000 + flow & 1023), to: 53, [1, 2, 3, 4])
        chunk.add(CaptureFixture.ethernet(packet), at: Double(flow) / 1000)
      }
      try input.write(contentsOf: Data(chunk.bytes.dropFirst(24)))
    }
  }

  static let canMeasure = FileManager.default.fileExists(atPath: "/proc/self/status")

  /// The most memory that a process has had, in kilobytes.
  private static func peak(_ process: Process) -> Int? {
    let path = "/proc/\(process.processIdentifier)/status"
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) }
  }
}
