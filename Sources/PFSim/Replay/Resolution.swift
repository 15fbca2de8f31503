/// The outcome of a flow in one mode, with the reason in words and the rule that decided.
struct Resolution {
  private(set) var outcome = FlowOutcome.undetermined
  /// Why, without the packet that shows it.
  private(set) var cause = ""
  /// The packet that shows it; empty where none does.
  private(set) var place = ""
  /// The deciding rule; none where no rule decides.
  private(set) var rule = RuleReference.none
  /// Why, in words.
  var reason: String { place.isEmpty ? cause : "\(place): \(cause)" }
  private let record: FlowRecord
  private let state: FlowAccount
  private let failures: FlowFailures
  private let replay: ModeReplay

  /// Resolves a flow from what is known so far.
  init(_ record: FlowRecord, _ flow: Int, _ replay: ModeReplay) {
    self.record = record
    state = replay.account(of: flow)
    failures = replay.failures(of: flow)
    self.replay = replay
    resolve()
  }

  private mutating func resolve() {
    let asked = state.count(.question, .arrived)
    if asked == 0 {
      resolveUnasked()
    } else if state.progress.seen == 0 {
      outcome = .notSeenByPF
      cause = unseenReason
    } else if record.packets(.answer) == 0 {
      outcome = .unanswered
      cause = "it arrives; the recording holds no answer"
      rule = decidingRule
    } else if state.count(.answer, .arrived) == 0 {
      resolveOneWay()
    } else {
      resolveAnswered()
    }
    if outcome == .unanswered || outcome == .notSeenByPF, state.count(.answer, .arrived) == 0,
      record.packets(.answer) > 0, let failure = failures.first(.answer)
    {
      fail(failure, .answer)
    }
  }

  // MARK: The question does not arrive

  private mutating func resolveUnasked() {
    if let failure = failures.first(.question) {
      fail(failure, .question)
    } else if state.count(.question, .held) > 0 {
      cause = "pf keeps the fragments; the recording does not hold all of them"
    } else if state.count(.ignored) > 0 {
      outcome = .notSeenByPF
      cause = "neither end is the host or one of its VMs, so its pf does not see it"
    } else if state.count(.notHappening) > 0 {
      cause = "the recording holds answers only; what they answer is not in it"
    }
  }

  private mutating func fail(_ failure: PacketFailure, _ way: Way) {
    outcome = Self.outcome(of: failure.fate, way)
    place = "packet \(failure.packet)" + (way == .answer ? ", an answer" : "")
    cause = words(for: failure)
    rule = replay.decidingHook(of: failure.disposition)?.result.rule ?? .none
    if failure.fate == .lost || failure.fate == .answeredByHost { rule = lastRule(failure) }
  }

  private func lastRule(_ failure: PacketFailure) -> RuleReference {
    let results = [failure.disposition.outbound, failure.disposition.inbound]
    return results.first { $0.isSeen }?.rule ?? .none
  }

  private static func outcome(of fate: PacketFate, _ way: Way) -> FlowOutcome {
    switch fate {
    case .blocked: way == .question ? .blocked : .oneWay
    case .lost: way == .question ? .lost : .oneWay
    case .softnet: .droppedBySoftnet
    case .isolation: .droppedByIsolation
    case .answeredByHost: .unanswered
    case .arrived, .held, .undetermined, .notHappening, .ignored: .undetermined
    }
  }

  private func words(for failure: PacketFailure) -> String {
    let disposition = failure.disposition
    switch failure.fate {
    case .blocked:
      guard let hook = replay.decidingHook(of: disposition) else { return "blocked" }
      let place = "\(hook.direction == .in ? "in" : "out") on \(hook.interface)"
      let result = hook.result
      return result.reason == .match
        ? "blocked \(place)" : "blocked \(place) (\(result.reason.name))"
    case .lost where failure.remark != .none: return failure.remark.text
    case .lost where disposition.leftWithPrivateSource:
      let name = replay.name(of: disposition.outInterface)
      return
        "leaves \(name) untranslated, with its private source address: no answer can come back"
    case .softnet:
      let row = disposition.softnetRow
      return "Softnet drops it (\(row.sentence))"
    case .undetermined where disposition.outbound.undetermined != .none:
      return Self.words(disposition.outbound.undetermined)
    case .undetermined where disposition.inbound.undetermined != .none:
      return Self.words(disposition.inbound.undetermined)
    default:
      return failure.remark == .none ? disposition.cause.sentence : failure.remark.text
    }
  }

  private static func words(_ reason: UndeterminedReason) -> String {
    switch reason {
    case .none: ""
    case .kernelPanic: "the kernel would panic"
    case .unknownSocket: "a rule asks for the user of a socket that is not known"
    case .unknownSystem:
      "a rule asks for an operating system whose fingerprint is not known (--fingerprints FILE)"
    case .endlessAnchors:
      "anchors call each other so often that the walk over them would not end in a lifetime"
    case .notModelled: "it meets a construct that is not modelled"
    }
  }

  // MARK: The question arrives

  private var unseenReason: String {
    if replay.setup.mode == .bridged {
      return "bridged frames are switched past the host's pf"
    }
    return replay.host.filter.isEnabled
      ? "it arrives without meeting a hook" : "it arrives; pf is off"
  }

  private mutating func resolveOneWay() {
    if let failure = failures.first(.answer) {
      fail(failure, .answer)
    } else if state.count(.answer, .held) > 0 {
      cause = "pf keeps the answer's fragments; the recording does not hold all of them"
    } else {
      outcome = .unanswered
      cause = "it arrives; the recording's answers answer other packets"
    }
  }

  private mutating func resolveAnswered() {
    rule = decidingRule
    if record.answers == 0, let error = record.error {
      resolveError(error)
    } else if record.wasRefused {
      outcome = .refused
      cause = "it arrives and the recording's other side resets it"
    } else if record.key.proto == .tcp, let stall = failures.stall {
      outcome = Self.outcome(of: stall.fate, .question)
      let later = stall.packet > record.firstPacket ? "works at first; then " : ""
      place = "\(later)packet \(stall.packet)"
      cause = words(for: stall)
      if let hook = replay.decidingHook(of: stall.disposition) { rule = hook.result.rule }
    } else if state.count(.blocked) > state.count(.arrived), let failure = firstFailure {
      outcome = .blocked
      place = "most packets are blocked; packet \(failure.packet)"
      cause = words(for: failure)
      rule = replay.decidingHook(of: failure.disposition)?.result.rule ?? rule
    } else {
      outcome = .works
      cause = workingReason
    }
  }

  private var firstFailure: PacketFailure? { failures.question ?? failures.answer }

  private mutating func resolveError(_ error: (type: UInt8, code: UInt8, sender: AddressBits)) {
    let address = IPAddress(family: record.key.family, bits: error.sender)
    let kind = ICMPErrorKind(record.key.family, type: error.type, code: error.code)
    outcome = kind == .unreachable ? .refused : .unanswered
    place = "it arrives; \(address)"
    cause = "ICMP \(kind.rawValue) comes back"
  }

  private var workingReason: String {
    var parts: [String] = []
    if let hook = stateHook {
      let place = "\(hook.direction == .in ? "in" : "out") on \(replay.name(of: hook.interface))"
      parts.append("state made \(place)")
    } else if state.hooks.allSatisfy({ $0.byDefault == $0.passed }) {
      parts.append("passed by the default rule, no state")
    } else {
      parts.append("passed without a state")
    }
    if let outer = translated {
      let address = IPAddress(family: record.key.family, bits: outer.address)
      parts.append("source translated to \(address):\(outer.port)")
    } else if let inner = state.progress.inner, inner != record.destination {
      let address = IPAddress(family: record.key.family, bits: inner.address)
      parts.append("redirected to \(address):\(inner.port)")
    }
    if stateHook != nil, !statelessInterfaces.isEmpty {
      let names = statelessInterfaces.joined(separator: ", ")
      parts.append("\(names): passed by the default rule, no state")
    }
    if let failure = firstFailure, state.count(.blocked) > 0 {
      parts.append(
        "\(state.count(.blocked)) packets blocked (packet \(failure.packet): "
          + "\(words(for: failure)))")
    }
    return parts.joined(separator: "; ")
  }

  /// The interfaces whose hooks passed every packet by the default rule.
  private var statelessInterfaces: [String] {
    var names: [String] = []
    for hook in state.hooks {
      let all = state.hooks.filter { $0.interface == hook.interface }
      let name = replay.name(of: hook.interface)
      if all.allSatisfy({ $0.byDefault == $0.passed && $0.passed > 0 }), !names.contains(name) {
        names.append(name)
      }
    }
    return names
  }

  private var stateHook: FlowDetails.Hook? {
    state.hooks.first { $0.statesCreated > 0 && $0.translationRule != .none }
      ?? state.hooks.first { $0.statesCreated > 0 }
  }

  /// The rule that made the state, else that of the last hook of the question's path.
  private var decidingRule: RuleReference {
    stateHook?.rule ?? state.hooks.last { $0.direction == .out }?.rule
      ?? state.hooks.last?.rule ?? .none
  }

  /// The source that translation gave to the side that began; nil where it is as recorded.
  var translated: FlowEnd? {
    guard record.sender != .outside, let outer = state.progress.outer, outer != record.source else {
      return nil
    }
    return outer
  }
}

/// What an ICMP error says, as far as outcomes tell it apart.
private enum ICMPErrorKind: String {
  case unreachable = "unreachable"
  case tooBig = "fragmentation needed"
  case timeExceeded = "time exceeded"
  case other = "an error"

  init(_ family: AddressFamily, type: UInt8, code: UInt8) {
    switch (family, type) {
    case (.inet, 3): self = code == 4 ? .tooBig : .unreachable
    case (.inet, 11), (.inet6, 3): self = .timeExceeded
    case (.inet6, 1): self = .unreachable
    case (.inet6, 2): self = .tooBig
    default: self = .other
    }
  }
}

extension ModeReplay {
  /// The hook that ended a packet's path.
  func decidingHook(
    of disposition: Disposition
  ) -> (result: HookResult, direction: Direction, interface: String)? {
    guard disposition.stage == .pf else { return nil }
    if disposition.outbound.isSeen, disposition.outbound.verdict != .pass {
      return (disposition.outbound, .out, name(of: disposition.outInterface))
    }
    return (disposition.inbound, .in, name(of: disposition.inInterface))
  }

  /// An interface's name.
  func name(of interface: Int32) -> String {
    let index = Int(interface)
    return host.interfaces.indices.contains(index) ? host.interfaces[index].name : "?"
  }
}
