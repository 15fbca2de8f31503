/// What a rule asks of a packet, before classes are made of it.
///
/// Each list of rules is tested by another function of the kernel with its own set of checks;
/// ``RuleTest`` names it.
struct PacketCriteria: Sendable, Hashable {
  var interface: String?
  var interfaceNegated = false
  var direction = Direction.any
  var family = AddressFamily.unspecified
  var proto = IPProtocol.any
  var source = AddressCriterion.any
  var destination = AddressCriterion.any
  var sourcePorts: PortMatch?
  var destinationPorts: PortMatch?
  var icmpType: UInt8?
  var icmpCode: UInt8?
  var tos = TOSTest.none
  var flags: UInt8 = 0
  var flagMask: UInt8 = 0
  var wholeness = Wholeness.either
  /// Shared unknowns that must be true.
  var unknowns: [UnknownCriterion] = []
  /// Words for criteria that nothing can be said about, such as a probability.
  var uncertain: [String] = []

  /// A test of the type of service.
  enum TOSTest: Sendable, Hashable {
    case none
    /// Any common bit (filter rules).
    case overlap(UInt8)
    /// Equality (dummynet rules).
    case equal(UInt8)

    func holds(_ value: UInt8) -> Bool {
      switch self {
      case .none: true
      case .overlap(let bits): bits & value != 0
      case .equal(let other): other == value
      }
    }
  }

  /// Whether only whole packets or only fragments fit.
  enum Wholeness: Sendable, Hashable {
    case either
    case whole
    case fragment
  }
}

/// The address part of a criterion in terms of known prefixes, or an unknown.
enum AddressCriterion: Sendable, Hashable {
  case any
  /// Nothing fits (`no-route`, an empty constant table, …).
  case nothing
  /// Prefixes with their sense, the most specific one decides; `negated` inverts the result.
  case prefixes([AddressPrefix], negated: Bool)
  case range(AddressFamily, AddressBits, AddressBits, negated: Bool)
  case unknown(UnknownCriterion, negated: Bool)
}

/// A prefix of a family, perhaps an exception.
struct AddressPrefix: Sendable, Hashable {
  var family: AddressFamily
  var address: AddressBits
  var length: Int
  var isException = false
}

/// The function of the kernel that tests a rule.
public enum RuleTest: UInt8, Sendable, Hashable {
  /// `pf_test_rule` and `pf_test_fragment`.
  case filter
  /// `pf_match_translation` for new connections: nat and binat out, rdr in.
  case translation
  /// The same for binat rules and incoming packets, which come to the translated address.
  case incomingBinat
  /// `pf_normalize_ip` and `pf_normalize_ip6`.
  case scrubIP
  /// `pf_normalize_tcp`.
  case scrubTCP
  /// `pf_test_dummynet`.
  case dummynet
}
