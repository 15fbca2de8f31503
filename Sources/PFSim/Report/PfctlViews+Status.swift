extension PfctlViews {
  /// `-s References`.
  public func references() -> String {
    let tokens = host.references.tokens
    guard !tokens.isEmpty else { return "No pf starter references held\n" }
    var text = "TOKENS:\n"
    text += "PID".left(8) + " " + "Process Name".left(28) + " " + "TOKEN".left(24) + " TIMESTAMP\n"
    for token in tokens.reversed() {
      let age = now - min(now, UInt64(max(0, token.time)))
      text += "\(token.process)".left(8) + " " + token.holder.left(28) + " "
      text += "\(token.value)".left(24) + " " + ClockText.days(age) + "\n"
    }
    return text
  }

  /// `-s timeouts`.
  public func timeouts() -> String {
    let last: [Timeout] = [.adaptiveStart, .adaptiveEnd, .sourceTrack]
    var order = Timeout.allCases.filter {
      $0 != .tcpTimestampDifference && $0 != .espInitiating && !last.contains($0)
    }
    order.insert(.tcpTimestampDifference, at: 6)
    return (order + last).map { timeout in
      let isCount = timeout == .adaptiveStart || timeout == .adaptiveEnd
      return timeout.name.left(20) + " " + "\(host.filter.timeout(timeout))".right(10)
        + (isCount ? " states\n" : "s\n")
    }.joined()
  }

  /// `-s memory`.
  public func memory() -> String {
    Limit.allCases.map { limit in
      limit.name.left(13) + " hard limit " + "\(host.filter.limit(limit))".right(8) + "\n"
    }.joined()
  }

  /// The first line of `-s info`.
  var statusLine: String {
    var line = host.filter.isEnabled ? "Status: Enabled" : "Status: Disabled"
    if let since = host.statusChanged {
      line += " for " + ClockText.days(now - min(now, UInt64(max(0, since))))
    }
    return line.left(44) + "Debug: Urgent".right(15) + "\n"
  }
}
