/// What a replay tells the user in plain words about how host, rules and recording fit together.
public struct ReplayFindings {
  private let mode: ReplayResult.Mode
  private let replay: ModeReplay
  private var findings: [Finding] = []

  /// Adds each mode's findings to a result.
  public static func add(to result: ReplayResult, _ replay: Replay) -> ReplayResult {
    var result = result
    for index in result.modes.indices where replay.modes.indices.contains(index) {
      var findings = ReplayFindings(result.modes[index], replay.modes[index])
      findings.addAll(result)
      result.modes[index].findings = findings.findings
    }
    return result
  }

  private init(_ mode: ReplayResult.Mode, _ replay: ModeReplay) {
    self.mode = mode
    self.replay = replay
  }

  private mutating func addAll(_ result: ReplayResult) {
    addStrangers(result)
    findings += replay.host.findings
    addBypass()
  }

  // MARK: The recording

  /// No packet is the host's or a VM's: the addresses do not fit.
  private mutating func addStrangers(_ result: ReplayResult) {
    guard result.packets > 0, result.vantage == nil else { return }
    findings.append(
      Finding(
        code: "no-known-address", severity: .warning,
        message: "no packet of the recording has an address of the host or of its VM network",
        cause: "the host's addresses are \(addresses)",
        fix: Finding.Fix(
          "say which address is the VM's with --map ADDRESS=192.168.64.5, or describe the host's "
            + "addresses with --interfaces")))
  }

  private var addresses: String {
    let host = replay.host
    let present = host.interfaces.indices.filter {
      host.isPresent[$0] && !host.interfaces[$0].isLoopback
    }
    return present.flatMap { index in
      host.interfaces[index].addresses.map {
        "\($0.address)/\($0.prefixLength) on \(host.interfaces[index].name)"
      }
    }.joined(separator: ", ")
  }

  // MARK: The rules

  /// Rules that bridged frames walk around.
  private mutating func addBypass() {
    guard mode.mode == .bridged, replay.setup.deployment.rules != nil else { return }
    findings.append(
      Finding(
        code: "bridged-bypasses-pf", severity: .note,
        message: "frames of bridged VMs are switched past the host's pf: its rules hold nothing "
          + "of them back",
        cause: "only packets from or to the host's own addresses meet pf, on the uplink"))
  }
}
