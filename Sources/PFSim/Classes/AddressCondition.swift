/// One side's address criterion as sets of addresses, in one family.
enum AddressCondition: Hashable {
  /// Every address.
  case any
  /// No address.
  case never
  /// One network.
  case prefix(PrefixForest.Prefix)
  /// A table, an interface's addresses, or a network from which one is excepted.
  case set(Entries)
  /// Something that cannot be told from the address's class.
  case opaque

  /// What a set is made of.
  struct Entries: Hashable {
    /// What it was compiled from; equal sources have equal entries.
    var kind: AddressKind
    /// The index of the table or dynamic address, or 0.
    var index: Int
    /// The prefix of a negated network.
    var prefix: PrefixForest.Prefix?
    /// Whether the criterion is negated.
    var negated: Bool
  }

  /// Reads a rule's criterion.
  init(
    _ kind: AddressKind, _ operand: AddressOperand, negated: Bool, width: Int
  ) {
    switch kind {
    case .network:
      self = Self.network(operand, negated: negated, width: width)
    case .table, .dynamic:
      self = .set(Entries(kind: kind, index: operand.index, prefix: nil, negated: negated))
    case .range:
      // KERNEL: pf_match_addr_range() compares words as they lie in memory, so a range is no run.
      self = .opaque
    case .noRoute, .urpfFailed, .routeLabel:
      self = negated ? .any : .never
    }
  }

  private static func network(
    _ operand: AddressOperand, negated: Bool, width: Int
  ) -> AddressCondition {
    let whole = AddressBits(prefixLength: width)
    // Bits beyond the family are zero in every packet.
    guard (operand.bits & ~whole).isZero else { return negated ? .any : .never }
    let mask = operand.mask & whole
    let length = mask.leadingOnes
    guard mask == AddressBits(prefixLength: length) else { return .opaque }
    guard length > 0 else { return negated ? .never : .any }
    let prefix = PrefixForest.Prefix(bits: operand.bits & mask, length: UInt8(length))
    guard negated else { return .prefix(prefix) }
    return .set(Entries(kind: .network, index: 0, prefix: prefix, negated: true))
  }
}
