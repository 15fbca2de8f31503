extension ReplayResult {
  /// The flows as test results in JUnit's form: a suite for each mode, a failure for each flow that
  /// the simulated host breaks, skipped where pfsim cannot tell.
  public var junit: String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pfsim replay\">\n"
      + modes.map(\.junit).joined() + "</testsuites>\n"
  }
}

extension ReplayResult.Mode {
  fileprivate var junit: String {
    let broken = flows.count { $0.outcome.isBroken }
    let open = flows.count { $0.outcome == .undetermined }
    return "  <testsuite name=\"\(mode.rawValue)\" tests=\"\(flows.count)\" "
      + "failures=\"\(broken)\" skipped=\"\(open)\">\n"
      + flows.map { $0.junit(in: mode.rawValue) }.joined() + "  </testsuite>\n"
  }
}

extension FlowReport {
  fileprivate func junit(in suite: String) -> String {
    let name = "\(line) (packet \(firstPacket))".escapedForMarkup
    let start = "    <testcase classname=\"\(suite)\" name=\"\(name)\""
    let message = "message=\"\("\(outcome.rawValue): \(reason)".escapedForMarkup)\""
    if outcome == .undetermined { return start + "><skipped \(message)/></testcase>\n" }
    guard outcome.isBroken else { return start + "/>\n" }
    let detail = rule.map { "by \($0.place): \($0.text)" } ?? ""
    return start + "><failure type=\"\(outcome.rawValue)\" \(message)>"
      + detail.escapedForMarkup + "</failure></testcase>\n"
  }
}
