import Foundation
import Testing

/// Inputs that are wrong, each with its message and exit code.
@Suite("Wrong inputs of replay")
struct WrongInputTests {
  private static let mixed = "Captures/mixed-vm.pcap"

  private func recorded(_ count: Int? = nil) throws -> Data {
    let data = try Data(contentsOf: BuiltCommand.root.appendingPathComponent(Self.mixed))
    return count.map { data.prefix($0) } ?? data
  }

  /// Replays a file with some bytes.
  private func replay(_ data: Data, _ more: String...) throws -> CommandRun {
    try ScratchFolder.with { folder in
      let file = folder.appendingPathComponent("input.pcap")
      try data.write(to: file)
      return try BuiltCommand.run(["replay", file.path] + more)
    }
  }

  private func check(
    _ run: CommandRun, _ status: Int32, _ words: String..., answers: Bool = false,
    at place: SourceLocation = #_sourceLocation
  ) {
    #expect(run.status == status, "\(run.error)", sourceLocation: place)
    for word in words {
      #expect(run.error.contains(word), "\(run.error)", sourceLocation: place)
    }
    #expect(run.output.isEmpty != answers, sourceLocation: place)
    #expect(run.error.hasPrefix("pfsim: ") || status == 64, sourceLocation: place)
    #expect(!run.error.contains("Fatal error"), sourceLocation: place)
  }

  @Test func `A capture that is not there`() throws {
    check(
      try BuiltCommand.run("replay", "/nowhere/x.pcap"), 66, "/nowhere/x.pcap",
      "No such file or directory")
  }

  @Test func `A directory as capture and as rules`() throws {
    check(try BuiltCommand.run("replay", "Captures"), 66, "Captures", "is a directory")
    check(
      try BuiltCommand.run("replay", Self.mixed, "--rules", "Captures"), 66, "Captures",
      "is a directory")
  }

  @Test func `An empty file, and empty standard input`() throws {
    check(try replay(Data()), 65, "input.pcap", "is empty, not a capture")
    check(try BuiltCommand.run("replay", "-"), 65, "is empty, not a capture")
  }

  @Test func `A text file as capture`() throws {
    check(
      try BuiltCommand.run("replay", "README.md"), 65, "README.md",
      "not a capture in pcap or pcapng format")
  }

  @Test func `A capture that ends inside a packet: what was good is reported`() throws {
    let run = try replay(try recorded(20_000))
    check(run, 65, "input.pcap: packet ", "offset ", "truncated", answers: true)
    #expect(run.output.contains("flows"))
    let kept = try replay(try recorded(20_000), "--keep-going")
    // Only the file's name differs.
    let (first, second) = (run.output.split(separator: "\n"), kept.output.split(separator: "\n"))
    #expect(kept.status == 0 && first.dropFirst() == second.dropFirst() && first.count > 20)
    #expect(kept.error.contains("truncated"))
  }

  @Test func `A capture that ends inside its own header`() throws {
    check(try replay(try recorded(10)), 65, "input.pcap")
  }

  @Test func `A link type without a reader is named`() throws {
    var data = try recorded(2000)
    data[20] = 105
    check(
      try replay(data), 65, "link type 105", "IEEE802_11", "is not supported", "Ethernet")
  }

  @Test func `Rules with errors: every error with file, line, column and caret`() throws {
    try ScratchFolder.with { folder in
      let rules = try folder.file("pf.conf", "pass in all\npass in nonsense\nblock out frm any\n")
      let run = try BuiltCommand.run("replay", Self.mixed, "--rules", rules)
      check(run, 65, "pf.conf:2", "pf.conf:3", "syntax error")
    }
  }

  @Test func `Rules that are not there`() throws {
    check(
      try BuiltCommand.run("replay", Self.mixed, "--rules", "/nowhere/pf.conf"), 66,
      "/nowhere/pf.conf", "No such file or directory")
  }

  @Test func `An unknown mode names the known ones`() throws {
    for option in [["--mode", "natt"], ["--modes", "nat,natt"]] {
      check(
        try BuiltCommand.run(["replay", Self.mixed] + option), 64, "natt", "softnet", "bridged")
    }
  }

  @Test func `No capture at all, and an unknown option`() throws {
    check(try BuiltCommand.run("replay"), 64, "captures")
    check(try BuiltCommand.run("replay", Self.mixed, "--wat"), 64, "--wat")
  }

  @Test func `A capture without IP packets`() throws {
    var data = try recorded(24)
    let frame =
      [UInt8](repeating: 0xff, count: 12) + [0x88, 0xcc] + [UInt8](repeating: 0, count: 46)
    for number: UInt32 in 0..<3 {
      for word in [number, 0, UInt32(frame.count), UInt32(frame.count)] {
        data.append(contentsOf: withUnsafeBytes(of: word.littleEndian, Array.init))
      }
      data.append(contentsOf: frame)
    }
    check(try replay(data), 65, "holds no IP packets (3 frames)", answers: true)
  }

  @Test func `An output that cannot be written`() throws {
    check(
      try BuiltCommand.run("replay", Self.mixed, "-o", "/nowhere/out.txt"), 74, "/nowhere/out.txt")
    check(
      try BuiltCommand.run("replay", Self.mixed, "--capture", "en0=/nowhere/out.pcap"), 74,
      "/nowhere/out.pcap")
    check(
      try BuiltCommand.run("replay", Self.mixed, "--coverage", "/nowhere/cov"), 74, "/nowhere/cov")
  }

  @Test func `A capture for an interface that the host has not`() throws {
    try ScratchFolder.with { folder in
      let path = folder.appendingPathComponent("out.pcap").path
      check(
        try BuiltCommand.run("replay", Self.mixed, "--capture", "en7=\(path)"), 65, "en7", "en0")
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func `Options that contradict each other`() throws {
    for more in [
      ["-", "-"], ["-", "--rules", "-"], ["-", "--watch"], [Self.mixed, "--map", "here"],
      [Self.mixed, "--mode", "nat", "--modes", "nat"], [Self.mixed, "--json", "--format", "csv"],
      [Self.mixed, "--modes", "nat,bridged", "-w", "/dev/null"],
    ] {
      check(try BuiltCommand.run(["replay"] + more), 64)
    }
  }
}
