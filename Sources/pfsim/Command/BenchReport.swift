import Foundation
import PFSim

/// Writes the runs of `pfsim bench` as a table, CSV or the JSON document.
struct BenchReport {
  /// One line of the table.
  struct Run {
    var shape: RulesetShape
    var rules: Int
    var trace: TraceShape
    var evaluator: EvaluatorName
    var counters: Bool
    var measured: PFSim.Measurement
    /// The rules that the plain walk visits a packet.
    var visited: Double
    var buildSeconds: Double
    var bytes: Int
    /// The combinations of classes remembered.
    var combinations: Int
  }

  /// The form.
  let format: OutputFormat
  /// Where it goes.
  let out: OutputFile
  private var runs: [Run] = []
  /// What was measured beside the runs.
  var numbers: [BenchNumber] = []

  /// Makes an empty report.
  init(format: OutputFormat, out: OutputFile) {
    self.format = format
    self.out = out
  }

  /// Writes the heading.
  func begin() throws(CommandFailure) {
    switch format {
    case .csv:
      try out.writeLine(
        "shape,rules,trace,evaluator,counters,nsPerPacketMin,nsPerPacketMedian,visited,"
          + "buildSeconds,bytes")
    case .json: break
    default:
      try out.writeLine(
        "shape      rules trace   evaluator counters  min ns  med ns    Mpkt/s  visited"
          + "  build s      MB  classes")
    }
  }

  /// Adds a run; tables grow line by line.
  mutating func add(_ run: Run) throws(CommandFailure) {
    switch format {
    case .json: runs.append(run)
    case .csv: try out.writeLine(csv(run))
    default:
      try out.writeLine(text(run))
      try out.flush()
    }
  }

  /// Writes what is left.
  func end() throws(CommandFailure) {
    guard format == .json else {
      if format == .text {
        try writeNumbers()
        try writeAssumptions()
      }
      return
    }
    let document = ReportDocument.make(
      assumptions: Self.assumptions,
      [
        .init("runs", .array(runs.map(json))),
        .init("measurements", .array(numbers.map(json))),
      ])
    try out.writeLine(document.text(indented: true))
  }

  private static let assumptions = [
    Assumption(
      code: "evaluation-only",
      text:
        "in the table of runs headers are parsed already and the rules keep no state: only the evaluation is measured"
    ),
    Assumption(
      code: "windows",
      text: "one core; minimum and median are over windows of at least 0.2 ms"),
  ]

  private func writeNumbers() throws(CommandFailure) {
    if numbers.isEmpty { return }
    try out.writeLine()
    try out.writeLine("what                                 size        min     med  unit")
    for number in numbers {
      try out.writeLine(
        number.name.padded(32) + String(number.size).leading(9)
          + Self.number(number.minimum, 1).leading(11)
          + (number.median.map { Self.number($0, 1) } ?? "-").leading(8) + "  " + number.unit)
    }
  }

  private func json(_ number: BenchNumber) -> JSONValue {
    [
      "name": .string(number.name), "size": .integer(Int64(number.size)),
      "min": .number(Self.rounded(number.minimum)),
      "median": number.median.map { .number(Self.rounded($0)) } ?? .null,
      "unit": .string(number.unit),
    ]
  }

  private func writeAssumptions() throws(CommandFailure) {
    try out.writeLine()
    for assumption in Self.assumptions { try out.writeLine("assumes: \(assumption.text)") }
  }

  private func text(_ run: Run) -> String {
    let rate = run.measured.minimum > 0 ? 1_000 / run.measured.minimum : 0
    return [
      run.shape.rawValue.padded(8), String(run.rules).leading(8), " ",
      run.trace.rawValue.padded(7), " ", run.evaluator.rawValue.padded(9), " ",
      (run.counters ? "on" : "off").padded(8),
      Self.number(run.measured.minimum, 1).leading(8),
      Self.number(run.measured.median, 1).leading(8),
      Self.number(rate, 2).leading(10), Self.number(run.visited, 1).leading(9),
      Self.number(run.buildSeconds, 4).leading(9),
      Self.number(Double(run.bytes) / 1e6, 2).leading(8),
      (run.combinations > 0 ? String(run.combinations) : "-").leading(9),
    ].joined()
  }

  private func csv(_ run: Run) -> String {
    [
      run.shape.rawValue, String(run.rules), run.trace.rawValue, run.evaluator.rawValue,
      String(run.counters), Self.number(run.measured.minimum, 2),
      Self.number(run.measured.median, 2), Self.number(run.visited, 2),
      Self.number(run.buildSeconds, 6), String(run.bytes),
    ].joined(separator: ",")
  }

  private func json(_ run: Run) -> JSONValue {
    [
      "shape": .string(run.shape.rawValue), "rules": .integer(Int64(run.rules)),
      "trace": .string(run.trace.rawValue), "evaluator": .string(run.evaluator.rawValue),
      "counters": .bool(run.counters),
      "nsPerPacketMin": .number(Self.rounded(run.measured.minimum)),
      "nsPerPacketMedian": .number(Self.rounded(run.measured.median)),
      "visited": .number(Self.rounded(run.visited)), "buildSeconds": .number(run.buildSeconds),
      "bytes": .integer(Int64(run.bytes)), "windows": .integer(Int64(run.measured.windows)),
      "packets": .integer(Int64(run.measured.packets)),
      "combinations": .integer(Int64(run.combinations)),
    ]
  }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}

extension String {
  /// The text with spaces behind it up to a width.
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// The text with spaces before it up to a width.
  fileprivate func leading(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
