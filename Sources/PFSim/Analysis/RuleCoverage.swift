/// Which lines of rules decided packets: every line that a rule comes from, with the packets that
/// its rules counted; for an anchor's call, how often it was walked.
public struct RuleCoverage: Sendable {
  private var packets: [String: [Int: UInt64]] = [:]

  /// No rules.
  public init() {}

  /// Adds the rules of a filter as they are now.
  /// - Parameter isWanted: Whether a file's lines count.
  public mutating func add(_ filter: PacketFilter, where isWanted: (String) -> Bool) {
    for path in filter.anchorPaths {
      for kind in RuleKind.allCases {
        for listed in filter.rules(kind, anchor: path) {
          guard let place = listed.rule.provenance.location, isWanted(place.file) else { continue }
          let counters = listed.counters
          packets[place.file, default: [:]][place.line, default: 0] &+=
            listed.rule.anchorCall == nil
            ? counters.traffic.packetsIn &+ counters.traffic.packetsOut : counters.evaluations
        }
      }
    }
  }

  /// The packets of a line; nil for a line without rules.
  public func packets(file: String, line: Int) -> UInt64? { packets[file]?[line] }

  /// The coverage in the form of LCOV's tracefiles, which editors and CI systems show.
  public var lcov: String {
    var text = ""
    for (file, lines) in packets.sorted(by: { $0.key < $1.key }) {
      text += "TN:pfsim\nSF:\(file)\n"
      for (line, count) in lines.sorted(by: { $0.key < $1.key }) {
        text += "DA:\(line),\(count)\n"
      }
      text += "LF:\(lines.count)\nLH:\(lines.values.count { $0 > 0 })\nend_of_record\n"
    }
    return text
  }
}
