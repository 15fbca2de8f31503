/// Something that a scenario expects, with the place where it is written.
public struct Expectation: Sendable, Hashable {
  /// What an expectation is about; the names are those of the scenario format.
  public enum Subject: String, Sendable, Hashable, CaseIterable {
    /// A packet's verdict as `pfsim explain` gives it: `pass`, `block`, `lost`, ….
    case verdict
    /// The deciding rule: `file:line`, `label NAME`, its text, `default` or `none`.
    case rule
    /// The rule that translated, written like ``rule``.
    case translationRule = "translation-rule"
    /// Where the packet ended: `left on en0`, `host`, `vm NAME`, `dropped by softnet`, ….
    case ends
    /// The packet's two ends as it went out of the host, or `none` for an unchanged one.
    case translated
    /// How the last hook met the state table: `created`, `matched`, `none`.
    case state
    /// The hooks and stations that decided something, in order.
    case hops
    /// Softnet's row, for example `V14`.
    case softnet
    /// Why, in a word or sentence.
    case reason
    /// The ends of what pf sent by itself.
    case emits
    /// What became of a flow: `works`, `blocked`, `lost`, ….
    case outcome
    /// The outcome of a flow of a recording; the argument names the flow by protocol and ends.
    case flows
    /// Totals of a recording; the argument is `passed`, `blocked`, `translated`, ….
    case totals
    /// pf's status: `enabled` or `disabled`.
    case status
    /// Who switched pf on; `nobody` while it is off.
    case enabledBy = "enabled-by"
    /// The processes that hold tokens, the oldest first.
    case references
    /// The calls of the sharing service's anchor in the main ruleset.
    case calls
    /// The interfaces that pf skips.
    case skipped
    /// The interfaces that are there.
    case interfaces
    /// The address that Softnet believes leased to a VM, or `none`; the argument names the VM.
    case lease
    /// The number of states.
    case states
    /// A counter of a rule; the argument names rule and counter.
    case counters
    /// The text of a view of `pfctl -s`; the argument holds the view and its options.
    case show
    /// Codes of assumptions that must be among those used; an empty list means none.
    case assumptions
    /// Codes of findings that must be among those of the host's rules; an empty list means none.
    case findings
    /// The exit code of the step's command; a step that does not expect it must exit with 0.
    case exit
    /// Lines that must be among those on standard error; an empty list means none.
    case messages
    /// Sentences that must be among those about what the step did; an empty list means none.
    case effects
  }

  /// One expected line and where it is written.
  public struct Line: Sendable, Hashable {
    /// The text.
    public var text: String
    /// Where it stands.
    public var location: Provenance.Location?

    /// Makes a line.
    public init(_ text: String, at location: Provenance.Location? = nil) {
      self.text = text
      self.location = location
    }
  }

  /// What the expectation is about.
  public var subject: Subject
  /// Which one, for subjects of which there are several; empty for others.
  public var argument: String
  /// What is expected: one line, or one for each entry of a list or line of a text.
  public var expected: [Line]
  /// Where the expectation stands.
  public var location: Provenance.Location?

  /// Makes an expectation.
  public init(
    _ subject: Subject, argument: String = "", _ expected: [Line],
    location: Provenance.Location? = nil
  ) {
    self.subject = subject
    self.argument = argument
    self.expected = expected
    self.location = location
  }

  /// Whether every fact fits: one of the lines is looked for within others and empty.
  public var assertsNothing: Bool {
    subject.comparison == .among && expected.contains { $0.text.allSatisfy(\.isWhitespace) }
  }

  /// The subject with its argument, for reports.
  public var title: String {
    argument.isEmpty ? subject.rawValue : "\(subject.rawValue) \(argument)"
  }
}

extension Expectation.Subject {
  /// Whether there are several things of the kind, told apart by the expectation's argument.
  public var takesArgument: Bool {
    switch self {
    case .flows, .totals, .lease, .counters, .show: true
    default: false
    }
  }

  /// Whether what was found can take the place of what was expected.
  public var canBeUpdated: Bool { comparison != .among }

  /// How an expected line is compared with the fact.
  enum Comparison {
    /// The same text.
    case exact
    /// The expected words begin the fact.
    case words
    /// Any of the fact's spellings begins with the expected words.
    case spellings
    /// The same addresses, and ports where they are written.
    case ends
    /// Each expected line is among the fact's; a line may be part of a longer one.
    case among
  }

  var comparison: Comparison {
    switch self {
    case .rule, .translationRule: .spellings
    case .ends, .hops: .words
    case .translated, .emits: .ends
    case .reason, .messages, .effects, .assumptions, .findings: .among
    default: .exact
    }
  }
}
