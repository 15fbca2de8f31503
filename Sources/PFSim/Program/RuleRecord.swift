/// The part of a rule that the evaluators read for every rule they visit: 128 bytes of integers.
///
/// Skip steps are indices into the same list; the list's length means "its end". What a rule does
/// once it matches, and rare criteria, are in its ``RuleBody``.
struct RuleRecord {
  /// Where the walk goes on when a criterion fails, by criterion.
  var skips = SkipSteps()
  /// The source's address, table or dynamic address (see ``sourceKind``).
  var source = AddressOperand()
  /// The destination's address, table or dynamic address (see ``destinationKind``).
  var destination = AddressOperand()
  /// The index of the interface, -1 for any.
  var interface: Int32 = -1
  /// The marks.
  var marks = Marks()
  /// The rule's identity: the index of its ``RuleBody``.
  var id: Int32 = 0
  /// The direction, 0 for both.
  var direction: UInt8 = 0
  /// The family, 0 for both.
  var family: UInt8 = 0
  /// The protocol, 0 for any.
  var proto: UInt8 = 0
  /// The action (``RuleAction``).
  var action: UInt8 = 0
  /// What ``source`` means.
  var sourceKind = AddressKind.network
  /// What ``destination`` means.
  var destinationKind = AddressKind.network
  /// The source port's operator, 0 for none.
  var sourceOperator: UInt8 = 0
  /// The destination port's operator, 0 for none.
  var destinationOperator: UInt8 = 0
  /// The source port's first operand.
  var sourcePort: UInt16 = 0
  /// The source port's second operand.
  var sourcePort2: UInt16 = 0
  /// The destination port's first operand.
  var destinationPort: UInt16 = 0
  /// The destination port's second operand.
  var destinationPort2: UInt16 = 0
  /// The ICMP type plus one, 0 for any.
  var icmpType: UInt8 = 0
  /// The ICMP code plus one, 0 for any.
  var icmpCode: UInt8 = 0
  /// The TCP flags that must be set.
  var flags: UInt8 = 0
  /// The TCP flags looked at.
  var flagMask: UInt8 = 0

  /// Yes-or-no properties of a rule.
  struct Marks: OptionSet {
    var rawValue: UInt32
    /// The interface is negated.
    static let interfaceNegated = Marks(rawValue: 1)
    /// The source address is negated.
    static let sourceNegated = Marks(rawValue: 2)
    /// The destination address is negated.
    static let destinationNegated = Marks(rawValue: 4)
    /// A match ends the evaluation.
    static let quick = Marks(rawValue: 8)
    /// The rule calls an anchor.
    static let anchor = Marks(rawValue: 16)
    /// The rule sets a tag or a routing table.
    static let sticky = Marks(rawValue: 32)
    /// The body has criteria of its own (tos, user, group, probability, tagged, os).
    static let hasMore = Marks(rawValue: 64)
    /// The rule is only for fragments.
    static let fragment = Marks(rawValue: 128)
    /// Neither addresses nor ports nor an operating system restrict the rule.
    static let anyEnds = Marks(rawValue: 256)
  }
}

extension RuleRecord {
  /// Whether neither addresses nor ports restrict the rule.
  var hasAnyEnds: Bool {
    sourceKind == .network && destinationKind == .network && source.mask.isZero
      && destination.mask.isZero && sourceOperator == 0 && destinationOperator == 0
      && marks.isDisjoint(with: [.sourceNegated, .destinationNegated])
  }
}

/// The eight skip steps of a rule (kernel: `pf_calc_skip_steps()`).
struct SkipSteps: Equatable {
  var interface: Int32 = 0
  var direction: Int32 = 0
  var family: Int32 = 0
  var proto: Int32 = 0
  var source: Int32 = 0
  var sourcePort: Int32 = 0
  var destination: Int32 = 0
  var destinationPort: Int32 = 0
}

/// What an ``AddressOperand`` stands for (kernel: the types of `struct pf_addr_wrap`).
enum AddressKind: UInt8 {
  /// An address and its mask; a zero mask is any address.
  case network
  /// A range from ``AddressOperand/bits`` to ``AddressOperand/mask``.
  case range
  /// A table, by index.
  case table
  /// An interface's addresses, by index.
  case dynamic
  /// `no-route`.
  case noRoute
  /// `urpf-failed`.
  case urpfFailed
  /// `route "label"`.
  case routeLabel
}

/// The operand of an address criterion.
struct AddressOperand: Equatable {
  /// The address; for tables and dynamic addresses their index in ``AddressBits/high``, for the
  /// latter also what the kernel names their hidden table by in ``AddressBits/low``.
  var bits = AddressBits.zero
  /// The mask, or the end of a range.
  var mask = AddressBits.zero

  init() {}

  init(bits: AddressBits, mask: AddressBits) {
    self.bits = bits
    self.mask = mask
  }

  init(index: Int) {
    bits = AddressBits(high: UInt64(UInt32(truncatingIfNeeded: index)), low: 0)
  }

  init(index: Int, hiddenTable: UInt64) {
    self.init(index: index)
    bits.low = hiddenTable
  }

  /// What the kernel names a dynamic address's hidden table by.
  @inline(__always) var hiddenTable: UInt64 { bits.low }

  /// The index of the table or dynamic address.
  @inline(__always) var index: Int { Int(truncatingIfNeeded: bits.high) }

  /// The ends of a range as addresses: comparisons keep them with swapped words.
  var rangeEnds: AddressOperand { AddressOperand(bits: bits.swappedWords, mask: mask.swappedWords) }
}
