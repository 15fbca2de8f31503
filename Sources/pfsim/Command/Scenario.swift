import PFSim

/// A scenario file: a host, what happens to it, packets, and what is expected.
struct Scenario: Sendable {
  /// The file as the user named it.
  var file: String
  /// The name; the file's name without its ending where none is written.
  var name: String
  /// What a reader learns from it.
  var teaches = ""
  /// The host before its events.
  var deployment: Deployment
  /// What is done after the deployment's own events, in order.
  var steps: [Step] = []
  /// The captures to replay afterwards.
  var captures: [Capture] = []

  /// One step.
  enum Step: Sendable {
    /// Something happens to the host; its pfctl messages and effects may be expected.
    case event(HostEvent, [Expectation])
    /// A packet is sent.
    case packet(PacketNotation, text: String, [Expectation])
    /// The host is looked at.
    case look([Expectation])
  }

  /// A capture to replay, with what is expected of its flows.
  struct Capture: Sendable {
    var file: String
    var expectations: [Expectation]
  }

  /// Something that must hold, with its place in the file.
  struct Expectation: Sendable {
    /// What is looked at.
    var subject: Subject
    /// The value written.
    var expected: String
    /// Line and column of the value, from 1.
    var line: Int
    var column: Int
    /// Whether the value is a block of text (`|`), which `--update` may rewrite.
    var isBlock = false
  }

  /// What an expectation looks at.
  enum Subject: Sendable, Hashable {
    /// The whole path's verdict.
    case verdict
    /// The hooks met, for example `in bridge100, out en0`.
    case walk
    /// A part of the hop with this number, from 0: `verdict`, `rule`, `state`, ….
    case hop(Int, String)
    /// The rule that decided at the last hook.
    case rule
    /// The state of the last hook.
    case state
    /// The last translation, `none` for none.
    case translation
    /// The packet's ends as it left.
    case ends
    /// Softnet's row.
    case softnetRow
    /// What pf sent.
    case emitted
    /// `enabled` or `disabled`.
    case pf
    /// Who holds tokens, with commas between.
    case references
    /// A finding with this code must be there (or, negated, must not).
    case finding(isAbsent: Bool)
    /// The text of a view of pfctl.
    case view(String)
    /// A line that an event's messages or effects must hold.
    case message
    /// The exit status of an event that is pfctl's.
    case exit
    /// The counter of the rule whose text or place is given, as `packets`, `evaluations` ….
    case counter(rule: String, name: String)
    /// The outcome of a flow of a capture.
    case outcome(flow: String)

    /// The subject as reports name it.
    var name: String {
      switch self {
      case .verdict: "verdict"
      case .walk: "walk"
      case .hop(let index, let key): "hops[\(index)].\(key)"
      case .rule: "rule"
      case .state: "state"
      case .translation: "translation"
      case .ends: "ends"
      case .softnetRow: "softnet-row"
      case .emitted: "emitted"
      case .pf: "pf"
      case .references: "references"
      case .finding(let isAbsent): isAbsent ? "no-finding" : "finding"
      case .view(let name): "view \(name)"
      case .message: "message"
      case .exit: "exit"
      case .counter(let rule, let name): "\(name) of \(rule)"
      case .outcome(let flow): "outcome of \(flow)"
      }
    }
  }
}
