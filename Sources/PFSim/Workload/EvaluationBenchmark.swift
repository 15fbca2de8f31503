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
  private let trace: [FilterHeader]
  /// Room for the outcomes of a burst.
  private let outcomes: UnsafeMutablePointer<FilterOutcome>
  private let now: Measurement.Clock

  /// Compiles a ruleset and a trace.
  /// - Parameter now: A clock in nanoseconds.
  /// - Throws: ``LoadError`` with what pf refuses about the rules.
  public init(
    _ ruleset: Ruleset, _ packets: [WorkloadPacket], clock now: @escaping Measurement.Clock
  ) throws(LoadError) {
    self.now = now
    outcomes = .allocate(capacity: FastFilter.burstLength)
    var start = now()
    filter = PacketFilter(interfaces: RulesetGenerator.interfaceNames.map { Interface(name: $0) })
    try filter.load(ruleset)
    program = filter.program
    compileSeconds = Double(now() &- start) / 1e9
    let interfaces = program.interfaces
    trace = packets.map { FilterHeader($0, interfaces) }
    start = now()
    if let built = FastFilter(program) {
      fast = .allocate(capacity: 1)
      fast?.initialize(to: built)
    }
    fastSeconds = Double(now() &- start) / 1e9
  }

  deinit {
    outcomes.deallocate()
    guard let fast else { return }
    fast.pointee.deallocate()
    fast.deinitialize(count: 1)
    fast.deallocate()
  }

  /// Evaluates the trace for some time.
  /// - Parameters:
  ///   - counting: Whether every rule's evaluations are counted; without, the fast evaluator asks
  ///     its index for every packet.
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
    var random = RandomSource(seed: 1)
    var sum: Int32 = 0
    trace.withUnsafeBufferPointer { trace in
      var start = range.lowerBound
      while start < range.upperBound {
        let count = min(FastFilter.burstLength, range.upperBound - start)
        let headers = UnsafeBufferPointer(rebasing: trace[start..<start + count])
        switch (evaluator, fast) {
        case (.fast, let fast?):
          fast.pointee.evaluate(headers, outcomes, &random, counting: counting)
        case (_, _) where counting: program.walkFilter(headers, outcomes, &random)
        default: program.judgeFilter(headers, outcomes, &random)
        }
        for place in 0..<count { sum &+= outcomes[place].rule }
        start += count
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
    var expected = [FilterOutcome](repeating: FilterOutcome(), count: count)
    trace.withUnsafeBufferPointer { trace in
      for place in expected.indices {
        program.walkFilter(
          UnsafeBufferPointer(rebasing: trace[place...place]), outcomes, &random)
        expected[place] = outcomes[0]
      }
    }
    let walked = difference(from: start)
    for burst in [1, FastFilter.burstLength] {
      let before = evaluations
      for start in stride(from: 0, to: count, by: burst) {
        let end = min(start + burst, count)
        try compare(start..<end, Array(expected[start..<end]), with: fast)
      }
      fast.pointee.flush()
      let counted = difference(from: before)
      for rule in walked.indices where walked[rule] != counted[rule] {
        throw Disagreement(
          message: "rule \(rule): \(walked[rule]) evaluations by walk, \(counted[rule]) by classes")
      }
    }
  }

  /// Compares the outcomes of some packets, one alone or several as a burst.
  private func compare(
    _ range: Range<Int>, _ expected: [FilterOutcome], with fast: UnsafeMutablePointer<FastFilter>
  ) throws(Disagreement) {
    var random = RandomSource(seed: 1)
    for counting in [true, false] {
      var got = [FilterOutcome](repeating: FilterOutcome(), count: range.count)
      if range.count == 1 {
        var packet = PacketDescription(trace[range.lowerBound], program)
        if counting {
          fast.pointee.evaluate(&packet, &got[0], &random)
        } else {
          got[0] = fast.pointee.decide(packet) ?? expected[0]
        }
      } else {
        trace.withUnsafeBufferPointer {
          fast.pointee.evaluate(
            UnsafeBufferPointer(rebasing: $0[range]), outcomes, &random, counting: counting)
        }
        for place in got.indices { got[place] = outcomes[place] }
      }
      for place in got.indices where got[place] != expected[place] {
        throw Disagreement(
          message: "packet \(range.lowerBound + place): rule \(expected[place].rule) by walk, "
            + "\(got[place].rule) by classes")
      }
    }
  }

  /// The evaluations of every rule since.
  private func difference(from start: [UInt64]) -> [UInt64] {
    zip(evaluations, start).map { $0 &- $1 }
  }

  private var evaluations: [UInt64] {
    program.settleVisits()
    return (0..<program.bodies.count).map { program.evaluations.base[$0] }
  }
}

extension FilterHeader {
  /// The header of a generated packet, as the engine sees it.
  fileprivate init(_ packet: WorkloadPacket, _ interfaces: InterfaceRegistry) {
    let isEcho = packet.proto == .icmp || packet.proto == .icmpv6
    self.init(
      source: packet.source, destination: packet.destination,
      interface: interfaces.ofHost.base[packet.interface],
      head: CompactRule.head(
        interfaces.ofHost.base[packet.interface], isOut: packet.direction == .out,
        isIPv6: packet.family == .inet6, packet.proto.rawValue),
      sourcePort: packet.sourcePort, destinationPort: packet.destinationPort,
      icmpType: isEcho ? (packet.family == .inet6 ? 128 : 8) : 0, icmpCode: 0,
      flags: packet.proto == .tcp ? 2 : 0, tos: 0)
  }
}
