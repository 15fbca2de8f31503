import ArgumentParser
import Foundation
import PFSim

/// Rule-evaluation throughput on generated rulesets and traces.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast rules, states, tables and replays are, on generated input.",
    discussion: """
      Every pair of evaluators is checked for equal verdicts and counters in the same run. Times \
      are of one core, in nanoseconds a packet: the best and the middle one of many short \
      windows. Rules are evaluated with the header already parsed.
      """)

  @Option(help: ArgumentHelp("Numbers of rules.", valueName: "n,n,…"))
  var rules = CommaList([10, 100, 1_000, 10_000, 100_000])

  @Option(
    help: ArgumentHelp(
      "Shapes: acl, fw, ipc, random, grouped, anchors, tables.", valueName: "shape,…"))
  var shape = CommaList([RulesetShape.acl, .fw, .ipc])

  @Option(
    help: ArgumentHelp("Traces: new, uniform, zipf, worst.", valueName: "trace,…"))
  var trace = CommaList([TraceShape.zipf, .new])

  @Option(help: ArgumentHelp("Evaluators: plain, fast.", valueName: "name,…"))
  var evaluator = CommaList([EvaluatorName.plain, .fast])

  @Option(help: ArgumentHelp("Which rule decides.", valueName: "last|quick"))
  var order = MatchOrder.last

  @Option(help: ArgumentHelp("The families of the rules.", valueName: "inet|inet6|mixed"))
  var family = FamilyMix.inet

  @Option(help: ArgumentHelp("The seed of rules and traces.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The packets of a trace.", valueName: "n"))
  var packets = 1_000_000

  @Option(help: ArgumentHelp("How long each measurement takes.", valueName: "s"))
  var seconds = 0.25

  @Option(
    name: .customLong("measure"),
    help: ArgumentHelp(
      "Measurements: rules, states, creation, tables, replay, cores (default: rules).",
      valueName: "what,…"))
  var what = CommaList([BenchMeasure.rules])

  @Option(help: ArgumentHelp("Numbers of states.", valueName: "n,n,…"))
  var states = CommaList([1_000, 100_000, 1_000_000])

  @Option(help: ArgumentHelp("The packets of the replayed capture.", valueName: "n"))
  var replayPackets = 1_000_000

  @Option(
    help: ArgumentHelp(
      "Instead of measuring, compare the evaluators on N packets, with a new random ruleset of "
        + "all features mixed for every 200.", valueName: "n"))
  var verify: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard rules.values.allSatisfy({ (1...1_000_000).contains($0) }) else {
      throw ValidationError("--rules takes numbers from 1 to 1000000")
    }
    guard (1...10_000_000).contains(packets) else {
      throw ValidationError("--packets takes a number from 1 to 10000000")
    }
    guard states.values.allSatisfy({ (1...5_000_000).contains($0) }) else {
      throw ValidationError("--states takes numbers from 1 to 5000000")
    }
    guard (500_000...1_000_000_000).contains(replayPackets) else {
      throw ValidationError("--replay-packets takes a number from 500000 to 1000000000")
    }
    guard seconds > 0, seconds <= 600 else {
      throw ValidationError("--seconds takes a number above 0, up to 600")
    }
  }

  func run() throws {
    if let verify { return try compareEvaluators(verify) }
    let format = try output.format(among: [.text, .json, .csv])
    let out = try output.open()
    let interrupt = Interrupt()
    var report = BenchReport(format: format, out: out)
    try report.begin()
    var progress = Progress(on: output.terminal)
    search: for shape in what.values.contains(.rules) ? shape.values : [] {
      for count in rules.values {
        for trace in trace.values {
          if interrupt.isRequested { break search }
          progress.update("\(shape.rawValue), \(count) rules, \(trace.rawValue)")
          for run in try measure(shape, count, trace) { try report.add(run) }
        }
      }
    }
    if !interrupt.isRequested {
      let others = BenchMeasures(
        measures: what.values, seconds: seconds, stateCounts: states.values,
        replayPackets: replayPackets, seed: seed)
      report.numbers = try others.run(&progress)
    }
    progress.finish()
    try report.end()
    try out.finish()
    if interrupt.isRequested { throw ExitStatus.interrupted.exitCode }
  }

  /// Compares the evaluators on random rulesets and packets.
  private func compareEvaluators(_ packets: Int) throws {
    var progress = Progress(on: output.terminal)
    let compared: (packets: Int, byClasses: Int)
    do throws(EvaluationBenchmark.Disagreement) {
      compared = try EvaluatorComparison.run(packets: packets, seed: seed) {
        progress.update("\($0) of \(packets) packets")
      }
    } catch {
      progress.finish()
      PFSimCommand.printError(error.message)
      throw ExitStatus.negative.exitCode
    }
    progress.finish()
    print(
      "\(compared.packets) packets: plain and fast agree in verdict, rule, bytes and counters "
        + "(\(compared.byClasses) evaluations went by classes)")
  }

  private func measure(
    _ shape: RulesetShape, _ count: Int, _ trace: TraceShape
  ) throws -> [BenchReport.Run] {
    let ruleset = RulesetGenerator(
      shape: shape, count: count, order: order, families: family, seed: seed
    ).ruleset()
    let headers = TraceGenerator(shape: trace, seed: seed).packets(count: packets, for: ruleset)
    let bench: EvaluationBenchmark
    do {
      bench = try EvaluationBenchmark(ruleset, headers) { DispatchTime.now().uptimeNanoseconds }
    } catch {
      throw CommandFailure(.internalError, "the generated rules do not load: \(error.message)")
    }
    // A walk takes a nanosecond a rule or more; the check may take about a second.
    let sample = max(200, min(50_000, 500_000_000 / (count * 4)))
    do {
      try bench.verify(packets: sample)
    } catch {
      throw CommandFailure(
        .internalError, "\(shape.rawValue), \(count) rules: \(error.message)")
    }
    let visited = bench.visitedRules(packets: sample)
    var runs: [BenchReport.Run] = []
    for evaluator in evaluator.values {
      if evaluator == .fast, !bench.hasFast { continue }
      let kinds = evaluator == .fast ? [true, false] : [true]
      for counting in kinds {
        let measured = bench.measure(
          evaluator == .fast ? .fast : .plain, counting: counting, seconds: seconds,
          once: trace == .new)
        runs.append(
          BenchReport.Run(
            shape: shape, rules: count, trace: trace, evaluator: evaluator, counters: counting,
            measured: measured, visited: visited,
            buildSeconds: bench.compileSeconds + (evaluator == .fast ? bench.fastSeconds : 0),
            bytes: bench.ruleBytes + (evaluator == .fast ? bench.fastBytes : 0),
            combinations: counting && evaluator == .fast ? bench.combinations : 0))
      }
    }
    return runs
  }
}

extension MatchOrder: ExpressibleByArgument {}
extension FamilyMix: ExpressibleByArgument {}
