extension ModeReplay {
  /// Says what the end of a packet's path means for its flow.
  /// - Returns: The fate, and a remark where the disposition does not say it all.
  func judge(
    _ disposition: Disposition, _ recorded: RecordedPacket, _ before: PacketEnds?
  ) -> (PacketFate, String) {
    switch disposition.fate {
    case .deliveredToHost: deliveredToHost(recorded)
    case .left: left(disposition, recorded, before)
    case .deliveredToVM, .switched: (.arrived, "")
    case .held: (.held, "")
    case .consumed: consumed(disposition)
    case .undetermined: (.undetermined, "")
    case .dropped: dropped(disposition, recorded)
    }
  }

  private func deliveredToHost(_ recorded: RecordedPacket) -> (PacketFate, String) {
    if recorded.fields.isGroup { return (.arrived, "") }
    switch recorded.receiver {
    case .host: return (.arrived, "")
    case .outside:
      return (.undetermined, "it ends at the host, whose answer the recording does not hold")
    case .vm:
      return (
        .lost,
        recorded.way == .answer
          ? "the answer is not translated back: the host takes it for itself"
          : "no rule forwards it to the VM: the host takes it for itself"
      )
    }
  }

  private func left(
    _ disposition: Disposition, _ recorded: RecordedPacket, _ before: PacketEnds?
  ) -> (PacketFate, String) {
    if disposition.leftWithPrivateSource, case .vm = recorded.sender { return (.lost, "") }
    if recorded.receiver != .outside, !recorded.fields.isGroup {
      return (.lost, "it leaves the host instead of reaching the other end")
    }
    let after = PacketEnds(packet.bytes)
    if let before, let after, after.differsInDestination(from: before), recorded.way == .question {
      return (
        .undetermined, "redirected to \(after.destination), which the recording does not hold"
      )
    }
    return (.arrived, "")
  }

  private func consumed(_ disposition: Disposition) -> (PacketFate, String) {
    guard let sent = host.emissions.first else {
      return (.undetermined, "pf answered itself; the recording cannot show the rest")
    }
    switch sent.disposition.fate {
    case .left:
      return sent.disposition.leftWithPrivateSource ? (.lost, "") : (.arrived, "")
    case .deliveredToVM: return (.arrived, "")
    default: return (.lost, "a routing option sent it where nobody takes it")
    }
  }

  private func dropped(
    _ disposition: Disposition, _ recorded: RecordedPacket
  ) -> (PacketFate, String) {
    switch disposition.cause {
    case .pf: return (.blocked, "")
    case .softnet: return (.softnet, "")
    case .isolation: return (.isolation, "")
    case .timeExceeded, .tooBig: return (.answeredByHost, "")
    case .notIP, .absent: return (.ignored, "")
    case .noRoute, .notForwardable:
      // The simulated host may not know every address that the recorded one had (link-local).
      let isOwn = recorded.receiver == .host || recorded.fields.isGroup
      return isOwn && disposition.inbound.verdict == .pass ? (.arrived, "") : (.lost, "")
    case .none, .noSuchStation, .notForwarding, .malformed: return (.lost, "")
    }
  }
}
