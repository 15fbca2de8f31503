/// One rule of pf as the kernel receives it: after macros and lists are expanded.
///
/// The members follow the kernel's `struct pf_rule`. A value of this type is what the parser
/// produces, the printer prints and the compiler turns into a flat record. What most rules lack is
/// kept apart, see ``Rule/label`` and its like.
public struct Rule: Sendable, Hashable {
  /// What the rule does when it decides.
  public var action: RuleAction
  /// The direction the rule is for.
  public var direction = Direction.any
  /// Whether and what the rule logs.
  public var log: LogOptions = []
  /// The number N of the pflogN interface the rule logs to.
  public var logInterface: UInt8 = 0
  /// Whether a match ends the evaluation.
  public var quick = false
  /// Whether the rule is for every interface but ``interface``.
  public var interfaceNegated = false
  /// The family the rule is for.
  public var family = AddressFamily.unspecified
  /// The protocol the rule is for, 0 for any.
  public var proto = IPProtocol.any
  /// The ICMP type, nil for any; the kernel stores it plus one.
  public var icmpType: UInt8?
  /// The ICMP code, nil for any; the kernel stores it plus one.
  public var icmpCode: UInt8?
  /// The TCP flags that must be set, out of ``flagMask``.
  public var flags: UInt8 = 0
  /// The TCP flags looked at; 0 looks at none (`flags any`).
  public var flagMask: UInt8 = 0
  /// The type-of-service bits asked for; nil for none.
  public var tos: UInt8?
  /// Whether and how the rule keeps state.
  public var state = StateKeeping.none
  /// Whether the rule is only for fragments.
  public var fragment = false
  /// Whether packets with IP options may pass.
  public var allowOptions = false
  /// Translation: filter rules are skipped after this rule (`nat pass`).
  public var passesTranslated = false
  /// The answer to a blocked packet.
  public var blockReturn = BlockReturn.drop
  /// What scrub rules do.
  public var scrub = ScrubOptions()
  /// The number that pfctl counts while it loads: rules of all kinds of the anchor together.
  public var loadNumber: Int32 = 0
  /// What an earlier, longer name left behind the interface's name in pfctl's buffer, as a
  /// digest; rules that differ in it are not equal for pfctl's optimiser.
  var interfaceResidue: UInt32 = 0
  /// The interface name the rule is for; nil for any.
  public var interface: String?
  /// The source side.
  public var source = RuleHost()
  /// The destination side.
  public var destination = RuleHost()
  /// Where the rule comes from.
  public var provenance: Provenance
  var marks = Sparse<RuleMarks>()
  var limits = Sparse<StateOptions>()
  var translation = Sparse<RuleTranslation>()
  var extras = Sparse<RuleExtras>()

  /// Makes a rule that has no criteria.
  public init(action: RuleAction, provenance: Provenance = Provenance()) {
    self.action = action
    self.provenance = provenance
  }
}
