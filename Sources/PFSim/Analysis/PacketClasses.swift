/// The elementary classes into which a collection of criteria splits all packets.
///
/// Packets of one class are alike for every criterion that went in, so sets of packets are sets of
/// classes and their algebra is exact. Lints, the comparison of rulesets and the search for
/// packets all work on these sets.
public struct PacketClasses: Sendable {
  /// The interfaces: those named, then nil for any other.
  let interfaces: [String?]
  /// The protocol numbers.
  let protos: ByteClasses
  /// The source addresses: IPv4, then IPv6.
  let sources: [AddressClasses]
  /// The destination addresses: IPv4, then IPv6.
  let destinations: [AddressClasses]
  /// The source ports; class 0 of the field stands for packets without.
  let sourcePorts: ValueClasses
  /// The destination ports; class 0 of the field stands for packets without.
  let destinationPorts: ValueClasses
  /// ICMP; class 0 of the field stands for other packets.
  let icmp: ICMPClasses
  /// The type of service.
  let tos: ByteClasses
  /// TCP flags; classes 0 and 1 of the field stand for other packets and TCP fragments.
  let flags: ByteClasses
  /// The unknowns that more than one criterion asks about, with their numbers.
  let unknowns: [UnknownCriterion: Int]
  /// Where the bits of sets lie.
  let layout: PacketLayout
  /// The packets that there are, as disjoint sets; each holds packets of one family and shape.
  public private(set) var universe = PacketRegion()

  /// Makes the classes of criteria.
  /// - Parameters:
  ///   - criteria: What tells packets apart.
  ///   - interfaces: Interfaces to keep apart even if no criterion names them.
  ///   - unseen: Interfaces on which pf sees no packets.
  init(_ criteria: [PacketCriteria], interfaces known: [String], unseen: Set<String>) {
    var names: [String?] = []
    for name in known + criteria.compactMap(\.interface) where !names.contains(name) {
      names.append(name)
    }
    interfaces = names + [nil]
    protos = Self.protos(criteria)
    sources = Self.addresses(criteria.map(\.source), preferred: PreferredValues.sources)
    destinations = Self.addresses(
      criteria.map(\.destination), preferred: PreferredValues.destinations)
    sourcePorts = Self.ports(criteria.map(\.sourcePorts))
    destinationPorts = Self.ports(criteria.map(\.destinationPorts))
    icmp = ICMPClasses(criteria)
    tos = Self.tos(criteria)
    flags = Self.flags(criteria)
    unknowns = Self.shared(criteria)
    layout = PacketLayout(
      counts: [
        interfaces.count, 2, protos.count, sources[0].count + sources[1].count,
        sourcePorts.count + 1, destinations[0].count + destinations[1].count,
        destinationPorts.count + 1, icmp.classes.count + 1, tos.count, 2, flags.count + 2,
      ], unknownCount: unknowns.count)
    universe = PacketRegion(shapes(unseen: unseen))
  }

  private static func protos(_ criteria: [PacketCriteria]) -> ByteClasses {
    var classes = ByteClasses()
    for proto in [IPProtocol.tcp, .udp, .icmp, .icmpv6] {
      classes.split { $0 == proto.rawValue }
    }
    // Extension headers of IPv6 are walked over; rules never see them as a protocol.
    classes.split(isExtensionHeader)
    for proto in Set(criteria.map(\.proto.rawValue)).sorted() { classes.split { $0 == proto } }
    return classes
  }

  /// Whether IPv6 packets never have the number as the protocol that rules see.
  static func isExtensionHeader(_ number: UInt8) -> Bool {
    [0, 43, 44, 51, 60].contains(number)
  }

  private static func ports(_ matches: [PortMatch?]) -> ValueClasses {
    var classes = ValueClasses(limit: 65535)
    classes.split(0, 0)
    for match in matches {
      for range in match?.ranges ?? [] { classes.split(range.lowerBound, range.upperBound) }
    }
    return classes
  }

  private static func tos(_ criteria: [PacketCriteria]) -> ByteClasses {
    var classes = ByteClasses()
    classes.split { $0 == 0 }
    for test in Set(criteria.map(\.tos)) where test != .none { classes.split(test.holds) }
    return classes
  }

  private static func flags(_ criteria: [PacketCriteria]) -> ByteClasses {
    var classes = ByteClasses()
    for one in criteria where one.flagMask != 0 {
      classes.split { $0 & one.flagMask == one.flags }
    }
    return classes
  }

  private static func addresses(
    _ criteria: [AddressCriterion], preferred: [IPAddress]
  ) -> [AddressClasses] {
    [AddressFamily.inet, .inet6].map { family in
      var classes = AddressClasses(family: family)
      for criterion in criteria {
        switch criterion {
        case .prefixes(let prefixes, _):
          for prefix in prefixes where prefix.family == family {
            classes.split(network: prefix.address, prefixLength: prefix.length)
          }
        case .range(family, let low, let high, _):
          classes.split(rangeFrom: low, to: high)
        default: continue
        }
      }
      classes.seal(preferring: preferred.filter { $0.family == family }.map(\.bits))
      return classes
    }
  }

  /// Numbers the unknowns that occur twice; one that occurs once tells nothing.
  private static func shared(_ criteria: [PacketCriteria]) -> [UnknownCriterion: Int] {
    var counts: [UnknownCriterion: Int] = [:]
    var numbers: [UnknownCriterion: Int] = [:]
    for unknown in criteria.flatMap(\.allUnknowns) {
      counts[unknown, default: 0] += 1
      if counts[unknown] == 2 { numbers[unknown] = numbers.count }
    }
    return numbers
  }
}

extension PacketCriteria {
  /// Every unknown that the criteria ask about.
  var allUnknowns: [UnknownCriterion] {
    var result = unknowns
    for case .unknown(let unknown, _) in [source, destination] { result.append(unknown) }
    return result
  }
}

/// Values that examples of packets take where any would do.
enum PreferredValues {
  static let sources = [
    "192.168.64.5", "192.168.1.50", "198.51.100.7", "10.0.0.5", "2001:db8::5", "fe80::5",
  ].compactMap { IPAddress($0) }
  static let destinations = [
    "1.1.1.1", "192.168.64.1", "192.168.1.20", "8.8.8.8", "10.0.0.1", "2606:4700:4700::1111",
    "2001:db8::1", "fe80::1",
  ].compactMap { IPAddress($0) }
  static let sourcePorts = [50000, 1024, 1]
  static let destinationPorts = [443, 80, 22, 8080, 53]
  static let protos: [UInt8] = [6, 17, 1, 58, 50, 47, 253]
  static let flags: [UInt8] = [0x02, 0x12, 0x10, 0x18, 0x11, 0x04]
}
