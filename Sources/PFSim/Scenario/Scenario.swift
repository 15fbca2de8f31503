/// A host, what happens to it, packets, and what is expected of them: a test for a deployment.
public struct Scenario: Sendable {
  /// The name in reports; scenario files take it from the file's name where they give none.
  public var name: String
  /// What the scenario teaches, in a sentence or two; may be empty.
  public var teaches = ""
  /// The file that it was read from, as the user named it; empty for none.
  public var file = ""
  /// Where the main ruleset is named, for errors in it.
  public var rulesLocation: Provenance.Location?
  /// The host before the first step: configuration, rules, VMs.
  public var deployment: Deployment
  /// What happens, in order.
  public var steps: [Step] = []

  /// Makes a scenario without steps.
  public init(name: String, deployment: Deployment = Deployment()) {
    self.name = name
    self.deployment = deployment
  }

  /// One step: something that happens, then what is expected of it.
  public struct Step: Sendable, Hashable {
    /// What happens.
    public var action: Action
    /// What is expected afterwards.
    public var expectations: [Expectation] = []
    /// Where the step stands.
    public var location: Provenance.Location?

    /// Makes a step.
    public init(
      _ action: Action, expectations: [Expectation] = [], location: Provenance.Location? = nil
    ) {
      self.action = action
      self.expectations = expectations
      self.location = location
    }
  }

  /// What happens in a step.
  public enum Action: Sendable, Hashable {
    /// Events on the host, in order.
    case events([HostEvent])
    /// A packet.
    case packet(FrameNotation)
    /// The other side's answer to the last packet, with TCP flags where they are not the usual
    /// ones.
    case reply(flags: TCPFlags?)
    /// A packet, the answer to it and, for TCP, the answer to that: a connection being made.
    case flow(FrameNotation)
    /// A recording, replayed on a host made like the scenario's with the events so far.
    case capture(ScenarioCapture)
    /// Nothing; only expectations.
    case check
  }

  /// The number of expectations in all steps.
  public var expectationCount: Int { steps.reduce(0) { $0 + $1.expectations.count } }

  /// The deployment with the scenario's events as its timeline, for other uses of the file.
  public var hostDeployment: Deployment { hostDeployment(before: steps.count) }

  /// The deployment with the events of the first steps as its timeline.
  func hostDeployment(before count: Int) -> Deployment {
    var result = deployment
    let events = steps.prefix(count).flatMap { step -> [HostEvent] in
      guard case .events(let events) = step.action else { return [] }
      return events
    }
    result.timeline = events
    return result
  }
}

/// A recording as a scenario uses it.
public struct ScenarioCapture: Sendable, Hashable {
  /// The files, read as one in the order of time.
  public var files: [String]
  /// How the VM is attached; nil for the mode of the scenario's first VM, else NAT.
  public var mode: NetworkMode?
  /// Where the recording was made; nil to find it out.
  public var vantage: Vantage?
  /// Addresses of the recording that stand for others.
  public var map = AddressMap()

  /// Makes a recording.
  public init(files: [String]) { self.files = files }
}
