/// What each way of attaching a VM gives with the same rules, and which one fits what is needed.
public struct DeploymentAdvice: Sendable {
  /// A question that was asked by sending a connection.
  public enum Question: Sendable, Hashable {
    /// From the VM to a server on the Internet.
    case internet
    /// From the VM to its name server.
    case names
    /// From the VM to a machine of the local network.
    case lan
    /// From the VM to the Mac.
    case host
    /// From the VM to another VM.
    case sibling
    /// From the local network to a port of the VM.
    case inbound(UInt16)
  }
  /// A question's answer.
  public struct Answer: Sendable, Hashable {
    /// What was asked.
    public var question: Question
    /// The connection that was tried.
    public var packet: String
    /// Whether it was made, and with whom it was meant for.
    public var works: Bool
    /// What became of it.
    public var outcome: FlowOutcome
    /// Why, in words.
    public var reason: String
  }
  /// One mode's part.
  public struct Mode: Sendable {
    /// The mode.
    public var mode: NetworkMode
    /// The options of Tart that the needs ask for in this mode.
    public var options: [String]
    /// Whether pf is on with the VM running.
    public var isEnabled: Bool
    /// Whether pf sees the VM's packets.
    public var isFiltered: Bool
    /// The answers.
    public var answers: [Answer]
    /// The recording's flows: all, and those that break in this mode.
    public var flows: (all: Int, broken: Int)
    /// The needs that are not met, each with its reason.
    public var unmet: [Unmet]
    /// What is open that nobody asked for.
    public var exposures: [String]
  }
  /// A need that a mode does not meet.
  public struct Unmet: Sendable, Hashable {
    /// The need.
    public var need: DeploymentNeed
    /// Why it is not met.
    public var reason: String
  }
  /// The needs.
  public var needs: [DeploymentNeed]
  /// The modes in the order asked for.
  public var modes: [Mode]

  /// The mode that misses the fewest needs; of these the one that breaks the fewest of the
  /// recording's flows, then the one that opens the least.
  public var recommended: Mode? {
    modes.min { Self.rank($0) < Self.rank($1) }
  }

  private static func rank(_ mode: Mode) -> (Int, Int, Int) {
    (mode.unmet.count, mode.flows.broken, mode.exposures.count)
  }

  /// Why the mode is recommended and the others are not, a sentence each.
  public var reasons: [String] {
    guard let best = recommended else { return [] }
    let wanted = needs.map(\.text).joined(separator: ", ")
    var reasons: [String] = []
    if needs.isEmpty {
      reasons.append("\(best.mode.rawValue) opens the least")
    } else if best.unmet.isEmpty {
      reasons.append("\(best.mode.rawValue) gives all that is needed (\(wanted))")
    } else {
      let missing = best.unmet.map { "\($0.need.text) (\($0.reason))" }.joined(separator: ", ")
      reasons.append(
        "no mode gives all that is needed; \(best.mode.rawValue) comes nearest: it misses \(missing)"
      )
    }
    for mode in modes where mode.mode != best.mode {
      reasons.append("\(mode.mode.rawValue) \(Self.comparison(mode, best))")
    }
    return reasons
  }

  private static func comparison(_ mode: Mode, _ best: Mode) -> String {
    if mode.unmet.count > best.unmet.count {
      let missing = mode.unmet.map { "\($0.need.text) (\($0.reason))" }
      return "misses " + missing.joined(separator: ", ")
    }
    if mode.flows.broken > best.flows.broken {
      return "breaks \(mode.flows.broken) of the recording's \(mode.flows.all) flows, "
        + "\(best.mode.rawValue) \(best.flows.broken)"
    }
    let more = mode.exposures.filter { !best.exposures.contains($0) }
    return more.isEmpty ? "does no better" : "opens more: " + more.joined(separator: "; ")
  }
}
