/// What became of a flow, with the names of the command's contract.
public enum FlowOutcome: String, Sendable, Hashable, CaseIterable {
  /// Both directions arrive.
  case works
  /// pf blocks it.
  case blocked
  /// It left, but cannot come back or be delivered.
  case lost
  /// The question arrives, the answer does not.
  case oneWay = "one-way"
  /// The recording itself holds a reset or an unreachable message; pf is not to blame.
  case refused
  /// The recording holds no answer; pf is not to blame.
  case unanswered
  /// It arrives without meeting pf.
  case notSeenByPF = "not-seen-by-pf"
  /// Softnet drops it.
  case droppedBySoftnet = "dropped-by-softnet"
  /// The bridge does not let VMs talk to each other.
  case droppedByIsolation = "dropped-by-isolation"
  /// pfsim cannot tell.
  case undetermined

  /// Whether the simulated host breaks the flow.
  public var isBroken: Bool {
    switch self {
    case .blocked, .lost, .oneWay, .droppedBySoftnet, .droppedByIsolation: true
    case .works, .refused, .unanswered, .notSeenByPF, .undetermined: false
    }
  }
}
