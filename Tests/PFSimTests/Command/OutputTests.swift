import Foundation
import Testing

@testable import PFSim

/// Where the answer goes: pipes, files, captures, and a user who loses patience.
@Suite("Outputs of replay")
struct OutputTests {
  private static let mixed = "Captures/mixed-vm.pcap"

  @Test func `Standard input in a pipe gives the same answer as the file`() throws {
    let rules = "--rules Examples/pf.conf --json"
    let piped = try CommandRun(shell: "cat \(Self.mixed) | pfsim replay - \(rules)")
    let file = try CommandRun(shell: "pfsim replay \(Self.mixed) \(rules)")
    #expect(piped.status == 0 && piped.error.isEmpty)
    #expect(piped.output == file.output && file.output.count > 10_000)
  }

  @Test(
    "a reader that goes away ends the command without a word",
    arguments: ["-v", "--format ndjson -v", "--json", "-w -", ""])
  func closedPipe(_ options: String) throws {
    let run = try CommandRun(
      shell:
        "{ pfsim replay Captures/web-vm.pcap \(options); echo \"status $?\" >&2; } | head -n 1")
    let noise = options == "-w -" ? "" : run.error.replacingOccurrences(of: "status 0\n", with: "")
    #expect(noise.isEmpty, "\(run.error.suffix(300))")
    #expect(run.error.contains("status 0") && !run.error.contains("pfsim:"))
  }

  @Test func `-o writes the same as standard output, under its name only when complete`() throws {
    try ScratchFolder.with { folder in
      let file = folder.appendingPathComponent("answer.json").path
      let run = try BuiltCommand.run("replay", Self.mixed, "--json", "-o", file)
      #expect(run.status == 0 && run.output.isEmpty)
      let shown = try BuiltCommand.run("replay", Self.mixed, "--json").output
      #expect(try String(contentsOfFile: file, encoding: .utf8) == shown)
      let broken = try BuiltCommand.run("replay", "README.md", "-o", file + "2")
      #expect(broken.status == 65)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["answer.json"])
    }
  }

  @Test func `-w writes the packets that pass, as they leave`() throws {
    try ScratchFolder.with { folder in
      let file = folder.appendingPathComponent("passed.pcap").path
      let run = try BuiltCommand.run("replay", Self.mixed, "-w", file, "--json")
      let totals = try #require(try ReplayAnswer.modes(run)["nat"]).totals
      let reader = try CaptureReader(path: file)
      var (count, translated, inside) = (0, 0, 0)
      while let frame = try reader.next() {
        count += 1
        let ends = try #require(PacketEnds(frame.bytes))
        if ends.source.description == "192.168.1.20" { translated += 1 }
        let text = ends.source.description
        if text.hasPrefix("192.168.64."), text != "192.168.64.1",
          !ends.destination.description.hasPrefix("192.168.")
        {
          inside += 1
        }
      }
      #expect(translated > 150)
      // Nothing leaves for the Internet with a VM's address; DHCP's broadcast stays at the host.
      #expect(inside == 0)
      #expect(count <= totals["passed"] as? Int ?? 0 && count > 500)
    }
  }

  @Test func `--pflog holds what rules with log decide`() throws {
    try ScratchFolder.with { folder in
      let file = folder.appendingPathComponent("pflog.pcap").path
      let run = try BuiltCommand.run(
        "replay", Self.mixed, "--rules", "Examples/pf.conf", "--pflog", file)
      #expect(run.status == 0)
      let reader = try CaptureReader(path: file)
      #expect(reader.linkType == .pflog)
      let frame = try #require(try reader.next())
      let view = try #require(FrameView(frame, type: .pflog))
      let ends = try #require(PacketEnds(view.payload))
      #expect(ends.destination.description == "192.168.1.50" && ends.destinationPort == 22)
      #expect(try reader.next() == nil)
    }
  }

  @Test func `--coverage says which lines decided packets`() throws {
    try ScratchFolder.with { folder in
      let file = folder.appendingPathComponent("lines.info").path
      _ = try BuiltCommand.run(
        "replay", Self.mixed, "--rules", "Examples/pf.conf", "--coverage", file)
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.hasPrefix("TN:pfsim\nSF:Examples/pf.conf\n"))
      #expect(text.contains("\nDA:21,1\n") && text.contains("\nDA:15,0\n"))
      #expect(text.hasSuffix("end_of_record\n"))
    }
  }

  @Test func `--exit-code and --fail-on decide about exit 1`() throws {
    let rules = ["--rules", "Examples/pf.conf"]
    #expect(try BuiltCommand.run(["replay", Self.mixed] + rules).status == 0)
    #expect(try BuiltCommand.run(["replay", Self.mixed, "--exit-code"] + rules).status == 1)
    #expect(
      try BuiltCommand.run(["replay", Self.mixed, "--fail-on", "warning"] + rules).status == 1)
    let bridged = ["replay", Self.mixed, "--mode", "bridged"]
    #expect(try BuiltCommand.run(bridged + ["--exit-code", "--fail-on", "note"]).status == 0)
  }

  #if os(Linux)
    private static let hasPseudoTerminal = (try? CommandRun(shell: "command -v script").status) == 0

    @Test(
      "long work shows its progress on a terminal and clears the line; elsewhere it is silent",
      .enabled(if: hasPseudoTerminal, "script (of util-linux) is not installed"))
    func progress() throws {
      try ScratchFolder.with { folder in
        let answer = folder.appendingPathComponent("answer").path
        let slow = """
          { head -c 24 Captures/web-vm.pcap; sleep 5; tail -c +25 Captures/web-vm.pcap; } \
            | pfsim replay - -o \(answer)
          """
        let line = try folder.file("line.sh", slow)
        let shown = try CommandRun(
          shell: "env -u CI TERM=xterm script -qec 'sh \(line)' /dev/null")
        #expect(shown.status == 0)
        #expect(shown.output.hasPrefix("\r\u{1B}[K1024 packets"), "\(shown.output.prefix(80))")
        #expect(shown.output.hasSuffix("\r\u{1B}[K"))
        let text = try String(contentsOfFile: answer, encoding: .utf8)
        #expect(text.contains("3739 IP packets"))
        let silent = try CommandRun(shell: "sh \(line)")
        #expect(silent.output.isEmpty && silent.error.isEmpty)
      }
    }
  #endif

  @Test("Ctrl-C ends a replay that waits for input, with the summary so far")
  func interrupt() throws {
    try ScratchFolder.with { folder in
      let (pipe, output) = (Pipe(), folder.appendingPathComponent("out"))
      try Data().write(to: output)
      let process = try BuiltCommand.start(
        ["replay", "-", "--json"], input: pipe, output: try FileHandle(forWritingTo: output),
        error: FileHandle.nullDevice)
      let capture = BuiltCommand.root.appendingPathComponent(Self.mixed)
      try pipe.fileHandleForWriting.write(contentsOf: try Data(contentsOf: capture))
      Thread.sleep(forTimeInterval: 1.5)
      #expect(process.isRunning)
      process.interrupt()
      let limit = Date(timeIntervalSinceNow: 20)
      while process.isRunning, Date() < limit { Thread.sleep(forTimeInterval: 0.02) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 130)
      let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
      let modes = try ReplayAnswer.modes(.init(status: 130, output: text, error: ""))
      #expect(modes["nat"]?.flows.count ?? 0 > 30)
    }
  }

  @Test("--watch replays again when the rules change, also after an error in them")
  func watch() throws {
    try ScratchFolder.with { folder in
      let rules = try folder.file("pf.conf", "pass all\n")
      let (output, error) = (
        folder.appendingPathComponent("out"), folder.appendingPathComponent("err")
      )
      for file in [output, error] { try Data().write(to: file) }
      let process = try BuiltCommand.start(
        ["replay", Self.mixed, "--rules", rules, "--watch", "--format", "csv"],
        input: FileHandle.nullDevice, output: try FileHandle(forWritingTo: output),
        error: try FileHandle(forWritingTo: error))
      func wait(for words: String, in file: URL) throws -> Bool {
        let limit = Date(timeIntervalSinceNow: 30)
        while Date() < limit {
          let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
          if text.contains(words) { return true }
          Thread.sleep(forTimeInterval: 0.05)
        }
        return false
      }
      #expect(try wait(for: "mode,proto,src", in: output))
      _ = try folder.file("pf.conf", "pass all\nblok all\n")
      #expect(try wait(for: "pf.conf:2", in: error))
      _ = try folder.file("pf.conf", "pass all\nblock drop quick inet6 all\n")
      #expect(try wait(for: "block drop quick inet6 all", in: output))
      process.interrupt()
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
    }
  }
}
