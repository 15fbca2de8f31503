/// What a replay tells the user in plain words about how host and rules fit together.
public enum ReplayFindings {
  /// Adds each mode's findings to a result.
  public static func add(to result: ReplayResult, _ replay: Replay) -> ReplayResult {
    result
  }
}
