/// The kinds of traces that ``TraceGenerator`` makes.
public enum TraceShape: String, Sendable, Hashable, CaseIterable {
  /// Every packet has a new header.
  case new
  /// Flows drawn evenly out of many.
  case uniform
  /// Flows drawn by Zipf's law with s = 1.05 out of 65,536, as real traffic has them.
  case zipf
  /// Headers that no rule matches, so that every rule has to be ruled out.
  case worst
}

/// Makes headers of packets that a ruleset has something to do with, from a seed.
public struct TraceGenerator: Sendable {
  /// The kind of trace.
  public var shape: TraceShape
  /// The seed.
  public var seed: UInt64
  /// The share of packets that lie inside some rule, 0…1.
  public var hitShare = 0.9

  /// Makes a generator.
  public init(shape: TraceShape, seed: UInt64 = 1) {
    self.shape = shape
    self.seed = seed
  }

  /// Headers for the filter rules of a ruleset, of all its anchors.
  /// - Complexity: O(count).
  public func packets(count: Int, for ruleset: Ruleset) -> [WorkloadPacket] {
    var random = SplitMix64(seed: SplitMix64.mix(seed &+ 0x7261_6365))
    let rules = ruleset.anchors.flatMap { $0[.filter] }.filter { $0.anchorCall == nil }
    switch shape {
    case .new: return (0..<count).map { _ in packet(for: rules, random: &random) }
    case .worst: return (0..<count).map { _ in stranger(rules, random: &random) }
    case .uniform:
      let flows = (0..<min(count, 1 << 20)).map { _ in packet(for: rules, random: &random) }
      return (0..<count).map { _ in flows[random.below(flows.count)] }
    case .zipf:
      let flows = (0..<(1 << 16)).map { _ in packet(for: rules, random: &random) }
      let law = ZipfLaw(count: flows.count, exponent: 1.05)
      return (0..<count).map { _ in flows[law.draw(&random)] }
    }
  }

  /// A packet inside a rule, or anywhere.
  private func packet(for rules: [Rule], random: inout SplitMix64) -> WorkloadPacket {
    guard !rules.isEmpty, random.fraction() < hitShare else {
      return anywhere(family: rules.randomFamily(&random), random: &random)
    }
    return inside(rules[random.below(rules.count)], random: &random)
  }

  private func anywhere(family: AddressFamily, random: inout SplitMix64) -> WorkloadPacket {
    var packet = WorkloadPacket()
    packet.family = family
    packet.proto = random.below(4) == 0 ? .udp : .tcp
    packet.source = fill(.zero, mask: .zero, family: family, random: &random)
    packet.destination = fill(.zero, mask: .zero, family: family, random: &random)
    packet.sourcePort = UInt16(1024 + random.below(64_512))
    packet.destinationPort = UInt16(random.below(65_536))
    return packet
  }

  /// A packet of a protocol that the shapes' rules do not name, between hosts outside them.
  private func stranger(_ rules: [Rule], random: inout SplitMix64) -> WorkloadPacket {
    var packet = anywhere(family: rules.randomFamily(&random), random: &random)
    let top: UInt64 = packet.family == .inet6 ? 0x3fff_ffff_0000_0000 : 0xffff_0000_0000_0000
    packet.source.high |= top
    packet.destination.high |= top
    return packet
  }

  private func inside(_ rule: Rule, random: inout SplitMix64) -> WorkloadPacket {
    var packet = anywhere(
      family: rule.family == .inet6 ? .inet6 : .inet, random: &random)
    packet.direction = rule.direction == .out ? .out : .in
    if let name = rule.interface {
      packet.interface = RulesetGenerator.interfaceNames.firstIndex(of: name) ?? 1
    }
    if rule.proto != .any { packet.proto = rule.proto }
    packet.source = address(rule.source, packet.source, packet.family, random: &random)
    packet.destination = address(
      rule.destination, packet.destination, packet.family, random: &random)
    packet.sourcePort = port(rule.source.ports, packet.sourcePort, random: &random)
    packet.destinationPort = port(rule.destination.ports, packet.destinationPort, random: &random)
    if packet.proto != .tcp, packet.proto != .udp {
      packet.sourcePort = 0
      packet.destinationPort = 0
    }
    return packet
  }

  private func address(
    _ host: RuleHost, _ fallback: AddressBits, _ family: AddressFamily, random: inout SplitMix64
  ) -> AddressBits {
    guard case .network(let bits, let mask) = host.address else { return fallback }
    return fill(bits, mask: mask, family: family, random: &random)
  }

  private func fill(
    _ bits: AddressBits, mask: AddressBits, family: AddressFamily, random: inout SplitMix64
  ) -> AddressBits {
    var noise = AddressBits(high: random.next(), low: random.next())
    if family == .inet { noise = noise & AddressBits(prefixLength: 32) }
    return (bits & mask) | (noise & ~mask)
  }

  private func port(
    _ match: PortMatch?, _ fallback: UInt16, random: inout SplitMix64
  ) -> UInt16 {
    guard let match else { return fallback }
    let first = Int(match.first)
    switch match.comparison {
    case .equal: return match.first
    case .range: return UInt16(first + random.below(max(Int(match.second) - first, 0) + 1))
    case .greaterOrEqual: return UInt16(first + random.below(65_536 - first))
    case .less: return UInt16(random.below(max(first, 1)))
    default: return fallback
    }
  }
}

extension [Rule] {
  /// The family of a rule picked at random.
  fileprivate func randomFamily(_ random: inout SplitMix64) -> AddressFamily {
    guard !isEmpty else { return .inet }
    return self[random.below(count)].family == .inet6 ? .inet6 : .inet
  }
}
