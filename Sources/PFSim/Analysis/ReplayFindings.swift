/// What a replay tells the user in plain words about how host and rules fit together.
public enum ReplayFindings {
  /// Adds each mode's findings to a result: what is wrong with the host at the end.
  public static func add(to result: ReplayResult, _ replay: Replay) -> ReplayResult {
    var result = result
    for (index, mode) in replay.modes.enumerated() where result.modes.indices.contains(index) {
      let known = Set(result.modes[index].findings)
      result.modes[index].findings += mode.host.findings.filter { !known.contains($0) }
    }
    return result
  }
}
