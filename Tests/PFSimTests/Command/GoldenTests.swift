import Foundation
import Testing

/// What the command prints, compared with what it printed when somebody last looked at it.
///
/// `PFSIM_UPDATE_GOLDEN=1 swift test --filter GoldenTests` writes the files anew; look at the
/// difference before you commit it.
@Suite("Golden output")
struct GoldenTests {
  /// A command line and the file with its output.
  struct Snapshot: Sendable, CustomTestStringConvertible {
    var file: String
    var arguments: [String]
    var status: Int32
    var testDescription: String { file }

    init(_ file: String, _ line: String, quoted: String? = nil, status: Int32 = 0) {
      self.file = file
      self.status = status
      arguments = line.split(separator: " ").map(String.init)
      if let quoted { arguments.append(quoted) }
    }
  }

  private static let rules = "Tests/PFSimTests/Command/Golden/pf.conf"
  private static let host = "--host Tests/PFSimTests/Command/Golden/host.yaml --rules \(rules)"
  private static let replay = "replay - --rules \(rules)"
  private static let packet = "tcp 192.168.64.5:50000 > 93.184.216.34:443 S from vm"
  private static let mail = "tcp 192.168.64.5:50000 > 93.184.216.34:25 S from vm"

  static let snapshots: [Snapshot] = [
    .init("replay.txt", "\(replay) --mode nat"),
    .init("replay-modes.txt", "\(replay) --modes nat,softnet,bridged,host"),
    .init("replay-verbose.txt", "\(replay) -v"),
    .init("replay-after-vm.txt", "\(replay) --load-order after-vm", status: 1),
    .init("replay.json", "\(replay) --modes nat,softnet,bridged --json"),
    .init("replay.csv", "\(replay) --modes nat,softnet,bridged --format csv"),
    .init("replay.ndjson", "\(replay) --format ndjson -v"),
    .init("replay.junit.xml", "\(replay) --modes nat,softnet --format junit"),
    .init("replay.html", "\(replay) --modes nat,bridged --format html"),
    .init("replay.lcov", "\(replay) --format lcov"),
    .init("replay.sarif", "\(replay) --format sarif"),
    .init("replay.github.txt", "\(replay) --format github"),
    .init("explain.txt", "explain --rules \(rules)", quoted: packet),
    .init(
      "explain-modes.txt", "explain --rules \(rules) --modes nat,softnet,bridged", quoted: packet),
    .init("explain-rules.txt", "explain --rules \(rules) --all-rules", quoted: mail),
    .init("explain.json", "explain --rules \(rules) --json", quoted: mail),
    .init("show-rules.txt", "show rules --rules \(rules)"),
    .init("show-rules-vv.txt", "show rules -vv --rules \(rules)"),
    .init("show-nat.txt", "show nat -vv --rules \(rules)"),
    .init(
      "show-anchor-nat.txt", "show nat -a com.apple.internet-sharing/shared_v4 --rules \(rules)"),
    .init("show-anchor-rules.txt", "show rules -a com.apple.internet-sharing/shared_v4"),
    .init("show-info.txt", "show info --rules \(rules)"),
    .init("show-anchors.txt", "show Anchors -v --rules \(rules)"),
    .init("show-table.txt", "show Tables -t trusted --rules \(rules)"),
    .init("show-tables.txt", "show Tables --rules \(rules)"),
    .init("show-interfaces.txt", "show Interfaces -v --rules \(rules)"),
    .init("show-references.txt", "show References"),
    .init("show-all.txt", "show all"),
    .init("show-states.txt", "show states \(host)"),
    .init("show-states-vv.txt", "show states -vv \(host)"),
    .init("show-info-after.txt", "show info \(host)"),
    .init("show-rules-after.txt", "show rules -vv \(host)"),
    .init(
      "show-anchor-rules-after.txt", "show rules -v -a com.apple.internet-sharing/shared_v4 \(host)"
    ),
  ]

  @Test("prints what it printed before", arguments: snapshots)
  func matches(_ snapshot: Snapshot) throws {
    let run = try BuiltCommand.run(snapshot.arguments, input: try Self.recording)
    #expect(run.status == snapshot.status, "\(run.error)")
    let file = BuiltCommand.root.appendingPathComponent(
      "Tests/PFSimTests/Command/Golden/\(snapshot.file)")
    if ProcessInfo.processInfo.environment["PFSIM_UPDATE_GOLDEN"] != nil {
      try Data(run.output.utf8).write(to: file)
      return
    }
    let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    if run.output != expected {
      Issue.record("\(snapshot.file) differs:\n\(Self.difference(expected, run.output))")
    }
  }

  /// Frames of the mixed recording: DHCP, the gateway's DNS, the LAN, a sibling, the Internet.
  private static var recording: Data {
    get throws {
      let file = BuiltCommand.root.appendingPathComponent("Captures/mixed-vm.pcap")
      let data = [UInt8](try Data(contentsOf: file))
      let wanted = Set(
        [3, 4, 5, 6] + Array(81...92) + Array(109...116) + [170, 171, 176, 177]
          + Array(272...292))
      var kept = Array(data[..<24])
      var (offset, number) = (24, 1)
      while offset + 16 <= data.count {
        let length = (0..<4).reduce(0) { $0 | Int(data[offset + 8 + $1]) << (8 * $1) }
        let end = offset + 16 + length
        guard end <= data.count else { break }
        if wanted.contains(number) { kept += data[offset..<end] }
        offset = end
        number += 1
      }
      return Data(kept)
    }
  }

  private static func difference(_ old: String, _ new: String) -> String {
    let (old, new) = (old.components(separatedBy: "\n"), new.components(separatedBy: "\n"))
    return new.difference(from: old).prefix(20).map { change in
      switch change {
      case .remove(let line, let text, _): "\(line + 1) - \(text)"
      case .insert(let line, let text, _): "\(line + 1) + \(text)"
      }
    }.joined(separator: "\n")
  }
}
