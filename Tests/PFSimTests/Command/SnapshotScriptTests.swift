import Foundation
import Testing

@testable import PFSim

/// The script of `pfsim snapshot --script`, run by a real shell on a Mac made of pfsim itself: its
/// `pfctl` is a session of `pfsim pfctl`, its other commands print a simulated Mac's texts.
@Suite("The snapshot script runs, changes nothing, and what it collects starts every verb")
struct SnapshotScriptTests {
  /// A pf.conf with all that the script collects.
  private static let rules = """
    table <friends> persist { 10.0.0.0/8, !10.1.0.0/16 }
    scrub in all
    nat on en0 inet from 192.168.64.0/24 to any -> (en0)
    block in on en0 proto tcp to port 22
    anchor own {
      pass in on en0 from <friends>
    }

    """

  /// A folder with the script, its commands and the session.
  private static func mac() throws -> ScratchFolder {
    let folder = try ScratchFolder(["pf.conf": rules])
    let bin = folder.url.appendingPathComponent("bin")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    let section = { (name: String) in "sed -n '/^=== \(name)$/,/^=== /p' made.txt | grep -v '^==='"
    }
    let commands = [
      "pfctl": "exec pfsim pfctl --session mac.yaml \"$@\"", "id": "echo 0",
      "sw_vers": section("version"), "ifconfig": section("ifconfig"),
      "netstat": section("routes"), "sysctl": section("sysctl"),
    ]
    for (name, line) in commands {
      let file = try bin.file(name, "#!/bin/sh\n\(line)\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }
    let path = "PATH=\(bin.path):\(BuiltCommand.file.deletingLastPathComponent().path)"
    try folder.write(
      "snapshot.sh", SnapshotScript.text.replacing("PATH=/usr/bin", with: path + ":/usr/bin"))
    let made = try CommandRun(["snapshot", "-o", "made.txt"], in: folder)
    #expect(made.status == 0, "\(made.error)")
    for words in [["--event", "vm start nat"], ["-f", "pf.conf"]] {
      let run = try CommandRun(["pfctl", "--session", "mac.yaml"] + words, in: folder)
      #expect(run.status == 0, "\(run.error)")
    }
    return folder
  }

  @Test("its rules, translation, tables and anchors are those of the Mac")
  func loop() throws {
    let folder = try Self.mac()
    let before = try folder.read("mac.yaml")
    let run = try CommandRun(shell: "sh snapshot.sh > snapshot.txt", in: folder.url)
    #expect(run.status == 0 && run.error.isEmpty, "\(run.error)")
    #expect(try folder.read("mac.yaml") == before)
    for view in [
      ["rules"], ["nat"], ["Tables"], ["Anchors"], ["References"],
      ["rules", "-a", "com.apple.internet-sharing/shared_v4"],
    ] {
      let mac = try CommandRun(["pfctl", "--session", "mac.yaml", "-s"] + view, in: folder)
      let copy = try CommandRun(["show"] + view + ["--host", "snapshot.txt"], in: folder)
      #expect(copy.status == 0 && copy.output == mac.output, "\(view): \(copy.error)")
    }
    let table = ["-t", "friends", "-T", "show"]
    let mac = try CommandRun(["pfctl", "--session", "mac.yaml"] + table, in: folder)
    let copy = try CommandRun(["pfctl", "--host", "snapshot.txt"] + table, in: folder)
    #expect(copy.output == mac.output && copy.output.contains("10.1.0.0/16"), "\(copy.error)")
  }

  @Test("without root it says what to type")
  func user() throws {
    let folder = try Self.mac()
    _ = try folder.url.appendingPathComponent("bin").file("id", "#!/bin/sh\necho 501\n")
    let run = try CommandRun(shell: "sh snapshot.sh", in: folder.url)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.error == "snapshot: pfctl wants root; run: sudo sh snapshot.sh > snapshot.txt\n")
  }
}
