extension PfctlViews {
  /// `-s References`.
  public func references() -> String {
    let tokens = host.references.tokens
    guard !tokens.isEmpty else { return "No pf starter references held\n" }
    var text = "TOKENS:\n"
    text += "PID".left(8) + " " + "Process Name".left(28) + " " + "TOKEN".left(24) + " TIMESTAMP\n"
    for token in tokens.reversed() {
      let age = UInt64(max(0, host.filter.now - token.time))
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
      return timeout.name.left(20) + " "
        + "\(host.filter.statusInfo.timeouts[Int(timeout.rawValue)])".right(10)
        + (isCount ? " states\n" : "s\n")
    }.joined()
  }

  /// `-s memory`.
  public func memory() -> String {
    zip(Limit.allCases, host.filter.statusInfo.limits).map { limit, value in
      limit.name.left(13)
        + (value == .max ? " unlimited\n" : " hard limit " + "\(value)".right(8) + "\n")
    }.joined()
  }

  /// `-s info`.
  public func info() -> String {
    statusLine + "\n" + (verbosity > 0 ? identity : "") + interfaceBlock + stateTable
      + (verbosity > 0 ? sourceTable : "") + reasons + (verbosity > 0 ? limitCounters : "")
  }

  private var statusLine: String {
    var line = host.filter.isEnabled ? "Status: Enabled" : "Status: Disabled"
    if host.statusChanged != nil { line += " for " + ClockText.days(runtime) }
    return line.left(44) + "Debug: \(debugWord)".right(15) + "\n"
  }

  private var debugWord: String {
    switch host.filter.statusInfo.debug {
    case .none: "None"
    case .urgent: "Urgent"
    case .misc: "Misc"
    case .loud: "Loud"
    }
  }

  /// Seconds since pf was switched on or off.
  private var runtime: UInt64 {
    UInt64(max(0, host.filter.now - (host.statusChanged ?? 0)))
  }

  private var identity: String {
    "Hostid:   0x\(Self.hex(UInt64(host.filter.statusInfo.hostID), 8))\n"
      + "Checksum: 0x\(String(repeating: "0", count: 32))\n\n"
  }

  /// A row with a rate, which is blank in the first second.
  private func row(_ name: String, _ value: UInt64) -> String {
    let rate =
      runtime > 0 && host.statusChanged != nil
      ? (Double(value) / Double(runtime)).oneDecimal.right(14) + "/s" : "".right(14)
    return "  " + name.left(25) + " " + "\(value)".right(14) + " " + rate + "\n"
  }

  private func plainRow(_ name: String, _ value: UInt64) -> String {
    "  " + name.left(25) + " " + "\(value)".right(14) + " " + "".right(14) + "\n"
  }

  private var stateTable: String {
    let status = host.filter.statusInfo
    return "State Table".left(27) + " " + "Total".right(14) + " " + "Rate".right(16) + "\n"
      + plainRow("current entries", UInt64(status.states))
      + row("searches", status.stateSearches) + row("inserts", status.stateInsertions)
      + row("removals", status.stateRemovals)
  }

  private var sourceTable: String {
    let status = host.filter.statusInfo
    return "Source Tracking Table\n"
      + plainRow("current entries", UInt64(status.sourceNodes))
      + row("searches", status.sourceSearches) + row("inserts", status.sourceInsertions)
      + row("removals", status.sourceRemovals)
  }

  private var reasons: String {
    let shown = Reason.allCases.filter {
      $0 != .invalidPort || host.configuration.profile.listsInvalidPort
    }
    let values = host.filter.statusInfo.reasons
    return "Counters\n" + shown.map { row($0.name, values[Int($0.rawValue)]) }.joined()
  }

  private var limitCounters: String {
    "Limit Counters\n"
      + zip(LimitCounter.allCases, host.filter.statusInfo.limitCounters).map { row($0.name, $1) }
      .joined()
  }

  /// The block of `set loginterface`.
  private var interfaceBlock: String {
    let name = host.filter.statusInfo.logInterface
    guard !name.isEmpty,
      let counters = host.filter.interfaceSnapshots.first(where: { $0.name == name })
    else { return "" }
    func wide(_ name: String, _ four: UInt64, _ six: UInt64) -> String {
      "  " + name.left(25) + " " + "\(four)".right(14) + " " + "\(six)".right(16) + "\n"
    }
    func narrow(_ name: String, _ four: UInt64, _ six: UInt64) -> String {
      "    " + name.left(23) + " " + "\(four)".right(14) + " " + "\(six)".right(16) + "\n"
    }
    let (pass4, block4) = (counters.passed4, counters.blocked4)
    let (pass6, block6) = (counters.passed6, counters.blocked6)
    return "Interface Stats for \(name.left(16)) \("IPv4".right(5)) "
      + "\("IPv6".right(16))\n"
      + wide("Bytes In", pass4.bytesIn &+ block4.bytesIn, pass6.bytesIn &+ block6.bytesIn)
      + wide("Bytes Out", pass4.bytesOut &+ block4.bytesOut, pass6.bytesOut &+ block6.bytesOut)
      + "  Packets In\n" + narrow("Passed", pass4.packetsIn, pass6.packetsIn)
      + narrow("Blocked", block4.packetsIn, block6.packetsIn)
      + "  Packets Out\n" + narrow("Passed", pass4.packetsOut, pass6.packetsOut)
      + narrow("Blocked", block4.packetsOut, block6.packetsOut) + "\n"
  }
}
