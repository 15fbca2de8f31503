/// Measures the evaluation of filter rules, header by header, and checks the evaluators against
/// each other.
public final class EvaluationBenchmark {
  /// How rules are evaluated.
  public enum Evaluator: String, Sendable, Hashable, CaseIterable {
    /// The kernel's walk with skip steps.
    case plain
    /// By classes of header fields.
    case fast
  }
  /// A packet that the evaluators judge differently, or a rule that they count differently.
  public struct Disagreement: Error, Sendable, Hashable {
    /// What differs.
    public var message: String
  }

  /// The seconds that compiling the rules took, without the fast evaluator's tables.
  public private(set) var compileSeconds = 0.0
  /// The seconds that building the fast evaluator's tables took.
  public private(set) var fastSeconds = 0.0
  /// The bytes of the compiled rules, the fast evaluator's tables not included.
  public var ruleBytes: Int {
    program.bodies.count
      * (MemoryLayout<RuleRecord>.stride + MemoryLayout<CompactRule>.stride
        + MemoryLayout<RuleBody>.stride + 16)
  }
  /// The bytes of the fast evaluator's tables; 0 without them.
  public var fastBytes: Int { fast?.pointee.bytes ?? 0 }
  /// The combinations of classes that the fast evaluator remembers now.
  public var combinations: Int { fast?.pointee.combinations ?? 0 }
  /// Whether there are rules enough, and few enough kinds, for the fast evaluator.
  public var hasFast: Bool { fast != nil }

  private let filter: PacketFilter
  private let program: Program
  private var fast: UnsafeMutablePointer<FastFilter>?
  private let trace: [WalkMemo.Header]
  private let now: Measurement.Clock

  /// Compiles a ruleset and a trace.
  /// - Parameter now: A clock in nanoseconds.
  /// - Throws: ``LoadError`` with what pf refuses about the rules.
  public init(
    _ ruleset: Ruleset, _ packets: [WorkloadPacket], clock now: @escaping Measurement.Clock
  ) throws(LoadError) {
    self.now = now
    var start = now()
    filter = PacketFilter(interfaces: RulesetGenerator.interfaceNames.map { Interface(name: $0) })
    try filter.load(ruleset)
    program = filter.program
    compileSeconds = Double(now() &- start) / 1e9
    let interfaces = program.interfaces
    trace = packets.map { WalkMemo.Header($0, interfaces) }
    start = now()
    if let built = FastFilter(program) {
      fast = .allocate(capacity: 1)
      fast?.initialize(to: built)
    }
    fastSeconds = Double(now() &- start) / 1e9
  }

  deinit {
    guard let fast else { return }
    fast.pointee.deallocate()
    fast.deinitialize(count: 1)
    fast.deallocate()
  }

  /// Evaluates the trace for some time.
  /// - Parameters:
  ///   - counting: Whether every rule's evaluations are counted; without, the fast evaluator asks
  ///     its index for every packet. The plain one always counts.
  ///   - seconds: When to stop; the trace's end stops earlier where `once` is set.
  ///   - once: Whether no header may come twice.
  public func measure(
    _ evaluator: Evaluator, counting: Bool = true, seconds: Double, once: Bool
  ) -> Measurement {
    Measurement.take(of: trace.count, seconds: seconds, once: once, now) {
      run(evaluator, counting: counting, $0)
    }
  }

  @inline(never)
  private func run(_ evaluator: Evaluator, counting: Bool, _ range: Range<Int>) {
    let program = program
    var packet = PacketDescription(trace[0], program)
    var random = RandomSource(seed: 1)
    var sum: Int32 = 0
    trace.withUnsafeBufferPointer { trace in
      switch (evaluator, fast) {
      case (.fast, let fast?) where counting:
        for index in range {
          var outcome = FilterOutcome()
          packet.take(trace[index])
          fast.pointee.evaluate(&packet, &outcome, &random)
          sum &+= outcome.rule
        }
      case (.fast, let fast?):
        for index in range {
          packet.take(trace[index])
          sum &+= fast.pointee.decide(packet)?.rule ?? 0
        }
      default:
        for index in range {
          var outcome = FilterOutcome()
          packet.take(trace[index])
          program.walkFilter(&packet, &outcome, &random)
          sum &+= outcome.rule
        }
      }
    }
    checksum &+= Int(sum)
  }

  /// Evaluates every header of the trace once and returns ``checksum``.
  public func visitAll(_ evaluator: Evaluator) -> Int {
    run(evaluator, counting: true, 0..<trace.count)
    return checksum
  }

  /// A sum over all outcomes, so that no work is optimised away.
  public private(set) var checksum = 0

  /// The rules that the plain walk visits for a packet, on average over some packets.
  public func visitedRules(packets: Int) -> Double {
    fast?.pointee.flush()
    let before = totalEvaluations
    let count = min(packets, trace.count)
    run(.plain, counting: true, 0..<count)
    return Double(totalEvaluations &- before) / Double(max(count, 1))
  }

  private var totalEvaluations: UInt64 {
    program.settleVisits()
    return (0..<program.bodies.count).reduce(0) { $0 &+ program.evaluations.base[$1] }
  }

  /// Compares the evaluators on some packets: rule, anchor and the counters of every rule.
  /// - Throws: ``Disagreement`` at the first difference.
  public func verify(packets: Int) throws(Disagreement) {
    guard let fast else { return }
    fast.pointee.flush()
    let count = min(packets, trace.count)
    let start = evaluations
    var random = RandomSource(seed: 1)
    var expected: [FilterOutcome] = []
    var packet = PacketDescription(trace[0], program)
    for header in trace[..<count] {
      var outcome = FilterOutcome()
      packet.take(header)
      program.walkFilter(&packet, &outcome, &random)
      expected.append(outcome)
    }
    let middle = evaluations
    for (index, header) in trace[..<count].enumerated() {
      var outcome = FilterOutcome()
      packet.take(header)
      fast.pointee.evaluate(&packet, &outcome, &random)
      let indexed = fast.pointee.decide(packet) ?? outcome
      guard outcome == expected[index], indexed == expected[index] else {
        throw Disagreement(
          message: "packet \(index): rule \(expected[index].rule) by walk, \(outcome.rule) and "
            + "\(indexed.rule) by classes")
      }
    }
    fast.pointee.flush()
    let end = evaluations
    for rule in start.indices where middle[rule] - start[rule] != end[rule] - middle[rule] {
      throw Disagreement(
        message: "rule \(rule): \(middle[rule] - start[rule]) evaluations by walk, "
          + "\(end[rule] - middle[rule]) by classes")
    }
  }

  private var evaluations: [UInt64] {
    program.settleVisits()
    return (0..<program.bodies.count).map { program.evaluations.base[$0] }
  }
}

extension WalkMemo.Header {
  /// The header of a generated packet, as the engine sees it.
  fileprivate init(_ packet: WorkloadPacket, _ interfaces: InterfaceRegistry) {
    let isEcho = packet.proto == .icmp || packet.proto == .icmpv6
    self.init(
      source: packet.source, destination: packet.destination,
      interface: interfaces.ofHost.base[packet.interface], sourcePort: packet.sourcePort,
      destinationPort: packet.destinationPort, proto: packet.proto,
      icmpType: isEcho ? (packet.family == .inet6 ? 128 : 8) : 0, icmpCode: 0,
      flags: packet.proto == .tcp ? 2 : 0, tos: 0, isIPv6: packet.family == .inet6,
      isOut: packet.direction == .out)
  }
}
