import Foundation
import PFSim

/// Vectors of what Apple's kernel does with packets.
struct KernelVectors: VectorRunner {
  /// How filter rules are evaluated.
  var evaluator = RuleEvaluator.automatic

  func recognises(_ vector: ConformanceVector) -> Bool {
    vector.object["steps"] != nil && vector.object["final"] != nil
  }

  func run(_ vector: ConformanceVector) -> VectorFailure? { outcome(of: vector).failure }

  func outcome(of vector: ConformanceVector) -> VectorOutcome {
    do {
      let kernelCase = try KernelCase(vector, evaluator)
      let failure = try kernelCase.run()
      let delay = kernelCase.finalDelay
      let remark =
        delay == 0 ? nil : "the counters at the end are those of \(delay) s after the last step"
      return VectorOutcome(failure: failure, remark: failure == nil ? remark : nil)
    } catch let failure as VectorFailure {
      return VectorOutcome(failure: failure)
    } catch {
      return VectorOutcome(failure: VectorFailure(field: "run", expected: "", got: "\(error)"))
    }
  }
}

extension VectorFailure: Error {}

/// One kernel vector being run.
final class KernelCase {
  let object: [String: Any]
  let filter: PacketFilter
  private let buffer = PacketBuffer()
  private var log: [[String: Any]] = []
  private var translations = DerivedPackets()

  /// Makes the filter and loads the rules.
  init(_ vector: ConformanceVector, _ evaluator: RuleEvaluator) throws {
    object = vector.object
    let interfaces = try [Interface](parsing: vector.text("interfaces"))
    filter = PacketFilter(interfaces: interfaces, seed: UInt64(object["seed"] as? Int ?? 1))
    filter.socketOwner = .none
    filter.evaluator = evaluator
    // Where the vectors were made only pfctl knew fingerprints, the kernel had none.
    filter.fingerprints = FingerprintList()
    filter.setEnabled(true)
    try load(vector.text("ruleset"), anchor: "")
    let anchors = object["anchors"] as? [String: String] ?? [:]
    for (path, text) in anchors.sorted(by: { $0.key < $1.key }) { try load(text, anchor: path) }
  }

  private func load(_ text: String, anchor: String) throws {
    var options = ParseOptions(interfaces: filter.interfaces)
    options.anchorPath = anchor
    options.optimization = OptimizationLevel.none
    options.isDryRun = false
    if !anchor.isEmpty { options.parts = .anchor }
    options.userID = { ["alice": 501, "bin": 3][$0] ?? AccountNames.user($0) }
    let whole = text.hasSuffix("\n") ? text : text + "\n"
    let parsed = parseRuleset(Array(whole.utf8), options: options)
    guard !parsed.hasErrors else {
      throw VectorFailure(
        field: "load", expected: "rules", got: parsed.diagnostics.map(\.message).joined())
    }
    try filter.load(parsed.ruleset)
  }

  /// Runs all steps; the first difference, or nil.
  func run() throws -> VectorFailure? {
    let steps = object["steps"] as? [[String: Any]] ?? []
    let expected = object["expect"] as? [[String: Any]] ?? []
    for (number, (step, expect)) in zip(steps, expected).enumerated() {
      filter.advance(to: step["t"] as? Double ?? 0)
      let failure =
        step["op"] == nil ? try runPacket(step, expect) : try runOperation(step, expect)
      if var failure {
        failure.field = "step \(number) " + failure.field
        return failure
      }
    }
    guard steps.count == expected.count else {
      return VectorFailure(
        field: "expect", expected: "\(steps.count) steps", got: "\(expected.count)")
    }
    var final = object["final"] as? [String: Any] ?? [:]
    if let nodes = final["src_nodes"] as? [[String: Any]] {
      final["src_nodes"] = KernelReport.sorted(nodes)
    }
    waitForRemovals(final)
    let skipped = object["final_nondeterministic_fields"] as? [String] ?? []
    return FieldComparison(skipped: Set(skipped)).compare(final, KernelReport(filter).final, "")
  }

  /// The seconds between the last step and the look at the counters.
  private(set) var finalDelay = 0

  /// Lets time pass until as many states are gone as the vector says.
  ///
  /// A vector holds the times of its steps, not that of the look at the end. Where the clock moved
  /// on in between, more states are gone than the last step's time allows.
  private func waitForRemovals(_ final: [String: Any]) {
    let info = final["info"] as? [String: Any]
    guard let counts = info?["fcounters"] as? [String: Any],
      let removals = counts["removals"] as? Int
    else { return }
    while filter.statusInfo.stateRemovals < removals, filter.stateCount > 0,
      finalDelay < Self.longestFinalDelay
    {
      finalDelay += 1
      filter.advance(to: filter.now + 1)
    }
  }

  /// How far ``waitForRemovals(_:)`` goes, in seconds.
  private static let longestFinalDelay = 60

  private func runPacket(
    _ step: [String: Any], _ expect: [String: Any]
  ) throws -> VectorFailure? {
    guard let name = step["ifname"] as? String, let hex = step["packet_hex"] as? String,
      var bytes = [UInt8](hexadecimal: hex),
      let interface = filter.interfaces.firstIndex(where: { $0.name == name })
    else { throw VectorFailure(field: "packet", expected: "a packet", got: "") }
    if step["derived_from_output"] as? Bool ?? false { bytes = translations.adapt(bytes) }
    buffer.assign(bytes)
    buffer.tag = UInt16(step["tag_in"] as? Int ?? 0)
    if let received = step["rcvif"] as? String {
      buffer.receivedOn = Int32(filter.interfaces.firstIndex { $0.name == received } ?? -1)
    }
    log = []
    filter.logSink = { [self] in log.append(logged($0)) }
    let result = filter.process(buffer, step["dir"] as? String == "out" ? .out : .in, on: interface)
    let got = packetReport(result, before: bytes, expect)
    let skipped = Set(expect["nondeterministic_fields"] as? [String] ?? [])
    translations.learn(expected: expect["packet_out_hex"] as? String, buffer.array)
    return FieldComparison(skipped: skipped).compare(expect, got, "")
  }

  private func logged(_ entry: borrowing LogEntry) -> [String: Any] {
    [
      "if": filter.interfaces[entry.interface].name, "rule": Int(entry.rule.number),
      "action": KernelReport.name(entry.action), "reason": entry.reason.name,
      "dir": entry.direction == .out ? "out" : "in", "anchor": entry.anchor,
      "anchorrule": entry.anchorRule.id < 0 ? -1 : Int(entry.anchorRule.number),
    ]
  }

  private func packetReport(
    _ result: HookResult, before: [UInt8], _ expect: [String: Any]
  ) -> [String: Any] {
    let report = KernelReport(filter)
    var got = report.verdict(result)
    if !log.isEmpty { got["pflog"] = log }
    let after = buffer.array
    if result.verdict == .pass || result.rule == .none {
      got["changed"] = after != Self.trimmed(before)
      got["packet_out_hex"] = after.hexadecimal
      if !filter.pieces.isEmpty {
        got["packets_out_hex"] = filter.pieces.map(\.hexadecimal)
      }
    }
    if expect["states_now"] != nil { got["states_now"] = filter.stateCount }
    for key in ["random_used", "nondeterministic", "nondeterministic_fields"] {
      got[key] = expect[key]
    }
    let generated = report.generated
    if !generated.isEmpty { got["generated"] = generated }
    if !filter.nested.isEmpty { got["nested"] = filter.nested.map(report.nested) }
    return got
  }

  /// A packet without what lies behind its IP header's length, as pf gets it.
  private static func trimmed(_ packet: [UInt8]) -> [UInt8] {
    guard packet.count >= 20, packet[0] >> 4 == 4 else {
      guard packet.count >= 40, packet[0] >> 4 == 6 else { return packet }
      let length = Int(packet[4]) << 8 | Int(packet[5])
      return length == 0 ? packet : Array(packet.prefix(length + 40))
    }
    let length = Int(packet[2]) << 8 | Int(packet[3])
    return length < Int(packet[0] & 15) * 4 ? packet : Array(packet.prefix(length))
  }

  private func runOperation(
    _ step: [String: Any], _ expect: [String: Any]
  ) throws -> VectorFailure? {
    var succeeded = true
    let entries = (step["addrs"] as? [String] ?? []).compactMap(
      TableDefinition.Entry.init(parsing:))
    do {
      switch step["op"] as? String {
      case "load": try load(step["ruleset"] as? String ?? "", anchor: "")
      case "loadanchor":
        try load(step["ruleset"] as? String ?? "", anchor: step["anchor"] as? String ?? "")
      case "tableadd": try filter.addToTable(step["table"] as? String ?? "", entries)
      case "tabledel": try filter.deleteFromTable(step["table"] as? String ?? "", entries)
      case "socket":
        let user = step["uid"] as? Int
        filter.socketOwner =
          user.map { .owner(user: UInt32($0), group: UInt32(step["gid"] as? Int ?? 0)) } ?? .none
      case "ifaddr":
        for changed in try [Interface](parsing: step["spec"] as? String ?? "") {
          let index = filter.interfaces.firstIndex { $0.name == changed.name }
          if let index {
            filter.interfaces[index].addresses += changed.addresses
          } else {
            filter.interfaces += [changed]
          }
        }
      default: throw VectorFailure(field: "op", expected: "a known operation", got: "")
      }
    } catch { succeeded = false }
    var got: [String: Any] = ["op": step["op"] ?? NSNull()]
    if let code = expect["rc"] as? Int {
      // Which error the kernel gives is not modelled, only that it gives one.
      got["rc"] = (code == 0) == succeeded ? code : succeeded ? 0 : 1
    }
    return FieldComparison(skipped: ["error"]).compare(expect, got, "")
  }
}

extension [UInt8] {
  /// Reads hexadecimal digits; nil where there are others.
  fileprivate init?(hexadecimal text: String) {
    self.init()
    var digits = text.utf8.makeIterator()
    while let high = digits.next() {
      guard let low = digits.next(), let a = Self.digit(high), let b = Self.digit(low) else {
        return nil
      }
      append(a << 4 | b)
    }
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case 48...57: character - 48
    case 97...102: character - 87
    default: nil
    }
  }

  /// The bytes in hexadecimal digits.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(count * 2)
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
