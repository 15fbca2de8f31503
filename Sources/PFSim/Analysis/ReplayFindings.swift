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
    if mode.mode.isShared {
      if mode.isEnabled { addMissingCalls() } else { addDisabled() }
    }
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

  /// What each of the sharing service's calls is for, by its word in pf.conf.
  private static let calls = [
    (
      "nat-anchor", Finding.Severity.error,
      "packets of VMs leave untranslated, with a private source address, and no answer comes back"
    ),
    ("rdr-anchor", .warning, "exposed ports of VMs are not redirected"),
    ("scrub-anchor", .note, "packets of VMs are not normalised (no-df)"),
    ("anchor", .note, "the sharing service's pass rules do not count"),
  ]

  private mutating func addMissingCalls() {
    let present = replay.host.sharingCalls()
    let missing = Self.calls.filter { !present.contains($0.0) }
    guard !missing.isEmpty else { return }
    let file = replay.setup.deployment.rules?.name ?? StockRules.main.name
    let lines = missing.map { "\($0.0) \"\(SharingService.anchor)\"" }
    for (word, severity, loss) in missing {
      findings.append(
        Finding(
          code: "sharing-call-missing", severity: severity,
          message:
            "\(word) \(SharingService.anchor) is not called from the main ruleset: \(loss)",
          cause: "loading \(file) while the VM network was up replaced the calls that macOS had "
            + "inserted",
          location: Provenance.Location(file: file, line: 1, column: 1),
          fix: severity == .note
            ? nil
            : Finding.Fix(
              "write \(lines.joined(separator: ", ")) into \(file), or start the VM network after "
                + "each load")))
    }
  }

  private mutating func addDisabled() {
    findings.append(
      Finding(
        code: "filter-disabled", severity: .error,
        message: "pf is off: packets of VMs are not translated and no rule counts",
        cause: "pfctl -d also ends what macOS's sharing service asked for",
        fix: Finding.Fix("switch pf on again with pfctl -e")))
  }

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
