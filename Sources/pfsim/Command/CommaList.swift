import ArgumentParser
import PFSim

/// A list of values behind commas on the command line.
struct CommaList<Value: BenchValue>: ExpressibleByArgument {
  /// The values in the order given.
  var values: [Value]

  /// The list of a default.
  init(_ values: [Value]) { self.values = values }

  init?(argument: String) {
    values = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Value(listed: String(part)) else { return nil }
      values.append(value)
    }
  }

  var defaultValueDescription: String { values.map(\.listed).joined(separator: ",") }
}

/// A value that lists of `pfsim bench` hold.
protocol BenchValue {
  /// Reads the value; nil where the text is none.
  init?(listed: String)
  /// The value's text.
  var listed: String { get }
}

extension BenchValue where Self: RawRepresentable<String> {
  init?(listed: String) { self.init(rawValue: listed) }
  var listed: String { rawValue }
}

extension RulesetShape: BenchValue {}
extension TraceShape: BenchValue {}
extension EvaluatorName: BenchValue {}
extension BenchMeasure: BenchValue {}

extension Int: BenchValue {
  init?(listed: String) { self.init(listed) }
  var listed: String { String(self) }
}
