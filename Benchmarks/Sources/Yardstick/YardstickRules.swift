import CYardstick
import PFSim

/// The filter rules of a generated IPv4 ruleset, and headers for them, in the yardstick's form.
final class YardstickRules {
  /// The rules with their skip steps.
  let rules: UnsafeMutableBufferPointer<yardstick_rule>
  /// The headers.
  let trace: [yardstick_packet]
  /// The visits of every rule.
  let evaluations: UnsafeMutablePointer<UInt64>

  /// Translates rules and headers.
  init(_ ruleset: Ruleset, _ packets: [WorkloadPacket]) {
    let list = ruleset.anchors[0][.filter]
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(list.count, 1) * 64, alignment: 64)
    rules = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: yardstick_rule.self, capacity: max(list.count, 1)),
      count: list.count)
    for (index, rule) in list.enumerated() { rules[index] = yardstick_rule(rule) }
    yardstick_link(rules.baseAddress, UInt32(list.count))
    evaluations = .allocate(capacity: max(list.count, 1))
    evaluations.initialize(repeating: 0, count: max(list.count, 1))
    trace = packets.map(yardstick_packet.init)
  }

  deinit {
    rules.deallocate()
    evaluations.deallocate()
  }

  /// Evaluates a part of the trace.
  func run(_ range: Range<Int>, counting: Bool) -> Int64 {
    trace.withUnsafeBufferPointer { trace in
      guard let first = trace.baseAddress else { return 0 }
      return yardstick_run(
        rules.baseAddress, UInt32(rules.count), first + range.lowerBound, UInt32(range.count),
        counting ? evaluations : nil)
    }
  }
}

extension yardstick_rule {
  /// A rule without anchors, tables and flags.
  init(_ rule: Rule) {
    self.init()
    var interface: UInt8 = 0
    if let name = rule.interface {
      interface = UInt8((RulesetGenerator.interfaceNames.firstIndex(of: name) ?? 0) + 1)
    }
    let fields = (interface, rule.direction.rawValue, rule.family.rawValue, rule.proto.rawValue)
    func mask(_ field: UInt8) -> UInt8 { field == 0 ? 0 : .max }
    head = yardstick_head(fields.0, fields.1, fields.2, fields.3)
    // The uppermost bit of the family says whether the rule is quick.
    head_mask = yardstick_head(
      mask(fields.0), mask(fields.1), mask(fields.2) & 0x7f, mask(fields.3))
    if rule.quick { head |= UInt32(YARDSTICK_QUICK) }
    if case .network(let bits, let mask) = rule.source.address {
      (source, source_mask) = (bits.ipv4, mask.ipv4)
    }
    if case .network(let bits, let mask) = rule.destination.address {
      (destination, destination_mask) = (bits.ipv4, mask.ipv4)
    }
    (source_port, source_span) = rule.source.ports?.bounds ?? (0, .max)
    (destination_port, destination_span) = rule.destination.ports?.bounds ?? (0, .max)
  }
}

extension PortMatch {
  /// The first port that a generated test accepts and how many more follow.
  fileprivate var bounds: (UInt16, UInt16) {
    switch comparison {
    case .equal: (first, 0)
    case .range: (first, second &- first)
    case .greaterOrEqual: (first, .max - first)
    case .less where first > 0: (0, first - 1)
    default: (0, .max)
    }
  }
}

extension yardstick_packet {
  /// The fields of a generated header.
  init(_ packet: WorkloadPacket) {
    self.init()
    source = packet.source.ipv4
    destination = packet.destination.ipv4
    source_port = packet.sourcePort
    destination_port = packet.destinationPort
    head = yardstick_head(
      UInt8(packet.interface + 1), packet.direction.rawValue, packet.family.rawValue,
      packet.proto.rawValue)
  }
}
