/// What running a scenario gave.
public struct ScenarioResult: Sendable, Hashable {
  /// An expectation that does not hold, or a step that could not be taken.
  public struct Failure: Sendable, Hashable {
    /// The expectation; nil where the step itself failed.
    public var expectation: Expectation?
    /// What differs, in a sentence.
    public var message: String
    /// What was found: one line, or one for each entry of a list or line of a text.
    public var actual: [String]
    /// Where the expectation, or the entry of it that differs, is written.
    public var location: Provenance.Location?
    /// The step in a few words.
    public var step: String
    /// The packet's path for people; empty for steps without a packet.
    public var path: [String]
  }
  /// The scenario's name.
  public var name: String
  /// The file, empty for none.
  public var file: String
  /// What the scenario teaches.
  public var teaches: String
  /// How many expectations were checked.
  public var checked = 0
  /// What failed, in the order of the steps.
  public var failures: [Failure] = []
  /// What the answers took for granted, each once.
  public var assumptions: [Assumption] = []

  /// Whether everything expected holds.
  public var passed: Bool { failures.isEmpty }

  /// A result without failures.
  public init(name: String, file: String = "", teaches: String = "") {
    self.name = name
    self.file = file
    self.teaches = teaches
  }

  /// Notes a step that failed by itself, whatever was expected of it.
  mutating func fail(
    _ step: String, _ message: String, _ actual: [String] = [],
    at location: Provenance.Location? = nil
  ) {
    failures.append(
      Failure(
        expectation: nil, message: message, actual: actual, location: location, step: step,
        path: []))
  }
}
