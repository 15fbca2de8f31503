/// Why a rule decided or did not decide at a hook.
public struct RuleNote: Sendable, Hashable {
  /// The rule.
  public var rule: RuleDescription
  /// What became of it: `matched`, `anchor entered`, the first criterion that failed, the skip step
  /// that jumped it, or `not reached`.
  public var outcome: String
}

/// Turns the record of a hook's walks into a note for every rule of the lists that were walked.
struct RuleWalkNotes {
  private struct List: Hashable {
    var kind: RuleKind
    var path: String
  }
  private let filter: PacketFilter
  private var lists: [List] = []
  private var outcomes: [Int32: String] = [:]

  /// Reads a trace; rules are looked up in the filter as it is now.
  init(_ trace: EvaluationTrace, filter: PacketFilter) {
    self.filter = filter
    var kind = RuleKind.filter
    for step in trace.steps {
      switch step {
      case .begin(let begun):
        kind = begun
        add(List(kind: kind, path: ""))
      case .failed(let rule, let criterion, let next): fail(rule, criterion, next: next, kind)
      case .matched(let rule): see(rule, "matched", kind)
      case .entered(let rule): see(rule, "anchor entered", kind)
      case .left: break
      }
    }
  }

  private mutating func add(_ list: List) {
    if !lists.contains(list) { lists.append(list) }
  }

  private mutating func see(_ rule: Int32, _ outcome: String, _ kind: RuleKind) {
    add(List(kind: kind, path: filter.anchorPath(of: filter.reference(rule))))
    outcomes[rule] = outcome
  }

  private mutating func fail(
    _ rule: Int32, _ criterion: Criterion, next: Int32, _ kind: RuleKind
  ) {
    see(rule, "\(criterion.sentence) does not match", kind)
    let number = filter.reference(rule).number
    guard next > number + 1 else { return }
    let list = filter.rules(kind, anchor: filter.anchorPath(of: filter.reference(rule)))
    for jumped in list where jumped.reference.number > number && jumped.reference.number < next {
      if outcomes[jumped.reference.id] == nil {
        outcomes[jumped.reference.id] =
          "jumped by the skip step of rule \(number): same \(criterion.sentence)"
      }
    }
  }

  /// The notes, list by list in the order in which the walks came to them.
  func notes(describe: (RuleReference) -> RuleDescription?) -> [RuleNote] {
    lists.flatMap { list in
      filter.rules(list.kind, anchor: list.path).compactMap { snapshot in
        describe(snapshot.reference).map {
          RuleNote(rule: $0, outcome: outcomes[snapshot.reference.id] ?? "not reached")
        }
      }
    }
  }
}

extension Criterion {
  /// The criterion in words.
  var sentence: String {
    switch self {
    case .interface: "interface"
    case .direction: "direction"
    case .family: "address family"
    case .proto: "protocol"
    case .source: "source address"
    case .sourcePort: "source port"
    case .destination: "destination address"
    case .destinationPort: "destination port"
    case .icmpType: "ICMP type"
    case .icmpCode: "ICMP code"
    case .tos: "type of service"
    case .fragment: "fragment"
    case .flags: "TCP flags"
    case .user: "user"
    case .group: "group"
    case .probability: "probability"
    case .tagged: "tag"
    case .fingerprint: "operating system"
    }
  }
}
