/// Everything that one mode knows of a flow, for reports.
struct FlowAccount {
  /// What every packet changes.
  let progress: FlowProgress
  /// What few packets change.
  let details: FlowDetails
  /// All hooks that the flow met, in the order of the first packet.
  let hooks: [FlowDetails.Hook]

  /// Puts a flow's values together.
  /// - Parameter furtherHooks: The hooks beyond the first four.
  init(
    _ progress: FlowProgress = FlowProgress(), _ details: FlowDetails = FlowDetails(),
    furtherHooks: [FlowDetails.Hook] = []
  ) {
    self.progress = progress
    self.details = details
    let first = [details.hooks.0, details.hooks.1, details.hooks.2, details.hooks.3]
    var hooks: [FlowDetails.Hook] = []
    for (place, hook) in first.enumerated() where hook.interface >= 0 {
      hooks.append(hook)
      let known = Int(progress.known(at: place))
      hooks[hooks.count - 1].passed = Int32(clamping: Int(hook.passed) + known)
      hooks[hooks.count - 1].statesMatched = Int32(clamping: Int(hook.statesMatched) + known)
    }
    self.hooks = hooks + furtherHooks
  }

  /// The number of packets of one way with one fate.
  func count(_ way: Way, _ fate: PacketFate) -> Int {
    fate == .arrived ? progress.arrivals(way) : details.count(way, fate)
  }

  /// The number of packets with one fate.
  func count(_ fate: PacketFate) -> Int { count(.question, fate) + count(.answer, fate) }
}
