extension ModeReplay {
  /// Says what the end of a packet's path means for its flow.
  /// - Parameters:
  ///   - before: The packet's ends before it met the host.
  ///   - after: Its ends now.
  /// - Returns: The fate, and a remark where the disposition does not say it all.
  func judge(
    _ disposition: Disposition, _ turn: PacketTurn, _ before: PacketEnds?, _ after: PacketEnds?
  ) -> (PacketFate, Remark) {
    switch disposition.fate {
    case .deliveredToHost: deliveredToHost(turn)
    case .left: left(disposition, turn, before, after)
    case .deliveredToVM, .switched: (.arrived, .none)
    case .held: (.held, .none)
    case .consumed: consumed(disposition)
    case .undetermined: (.undetermined, .none)
    case .dropped: (dropped(disposition, turn), .none)
    }
  }

  private func deliveredToHost(_ turn: PacketTurn) -> (PacketFate, Remark) {
    if turn.fields.isGroup { return (.arrived, .none) }
    switch turn.receiver {
    case .host: return (.arrived, .none)
    case .outside: return (.undetermined, .answerNotRecorded)
    case .vm: return (.lost, turn.way == .answer ? .notTranslatedBack : .notForwarded)
    }
  }

  private func left(
    _ disposition: Disposition, _ turn: PacketTurn, _ before: PacketEnds?, _ after: PacketEnds?
  ) -> (PacketFate, Remark) {
    if disposition.leftWithPrivateSource, case .vm = turn.sender { return (.lost, .none) }
    if turn.receiver != .outside, !turn.fields.isGroup { return (.lost, .leavesHost) }
    if turn.way == .question, let before, let after, after.differsInDestination(from: before) {
      return (.undetermined, .redirected(after.destination))
    }
    return (.arrived, .none)
  }

  private func consumed(_ disposition: Disposition) -> (PacketFate, Remark) {
    guard let sent = host.emissions.first else { return (.undetermined, .answeredByPF) }
    switch sent.disposition.fate {
    case .left: return (sent.disposition.leftWithPrivateSource ? .lost : .arrived, .none)
    case .deliveredToVM: return (.arrived, .none)
    default: return (.lost, .routedToNobody)
    }
  }

  private func dropped(_ disposition: Disposition, _ turn: PacketTurn) -> PacketFate {
    switch disposition.cause {
    case .pf: return .blocked
    case .softnet: return .softnet
    case .isolation: return .isolation
    case .timeExceeded, .tooBig: return .answeredByHost
    case .notIP, .absent: return .ignored
    case .noRoute, .notForwardable:
      // The simulated host may not know every address that the recorded one had (link-local).
      let isOwn = turn.receiver == .host || turn.fields.isGroup
      return isOwn && disposition.inbound.verdict == .pass ? .arrived : .lost
    case .none, .noSuchStation, .notForwarding, .malformed: return .lost
    }
  }
}
