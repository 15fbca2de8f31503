extension PfctlViews {
  /// `-s Interfaces`: every name that pf knows, `ALL` first.
  public func interfaces() -> String {
    let present = Set(host.presentInterfaces.map(\.name))
    return host.filter.interfaceSnapshots.filter {
      guard interface == nil || $0.name == interface else { return false }
      return $0.name == "ALL" || present.contains($0.name) || $0.rules > 0 || $0.states > 0
    }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map { interface in
      guard verbosity > 0 else { return interface.name + "\n" }
      let text = interface.name + (interface.isSkipped ? " (skip)" : "") + "\n"
      return verbosity > 1 ? text + statistics(of: interface) : text
    }.joined()
  }

  private func statistics(of record: InterfaceSnapshot) -> String {
    var text = "\tCleared:     \(CalendarText.time(wallClock(record.since)))\n"
    text += "\tReferences:  [ States:  \("\(record.states)".left(18)) "
    text += "Rules: \("\(record.rules)".left(18)) ]\n"
    let rows: [(String, UInt64, UInt64)] = [
      ("In4/Pass:", record.passed4.packetsIn, record.passed4.bytesIn),
      ("In4/Block:", record.blocked4.packetsIn, record.blocked4.bytesIn),
      ("Out4/Pass:", record.passed4.packetsOut, record.passed4.bytesOut),
      ("Out4/Block:", record.blocked4.packetsOut, record.blocked4.bytesOut),
      ("In6/Pass:", record.passed6.packetsIn, record.passed6.bytesIn),
      ("In6/Block:", record.blocked6.packetsIn, record.blocked6.bytesIn),
      ("Out6/Pass:", record.passed6.packetsOut, record.passed6.bytesOut),
      ("Out6/Block:", record.blocked6.packetsOut, record.blocked6.bytesOut),
    ]
    return text + Self.trafficLines(rows)
  }

  /// The counters of an interface or a table, a line for each direction and verdict.
  static func trafficLines(_ rows: [(name: String, packets: UInt64, bytes: UInt64)]) -> String {
    rows.map { row in
      "\t\(row.name.left(12)) [ Packets: \("\(row.packets)".left(18)) "
        + "Bytes: \("\(row.bytes)".left(18)) ]\n"
    }.joined()
  }

  /// `-s Anchors`: the children, with `-v` everything below.
  public func anchors() -> String {
    let prefix = anchor.isEmpty ? "" : anchor + "/"
    return host.filter.anchorPaths.filter { path in
      !path.isEmpty && path.hasPrefix(prefix)
        && (verbosity > 0 || !path.dropFirst(prefix.count).contains("/"))
    }.map { "  \($0)\n" }.joined()
  }

  /// `-s all`: the sections with their titles, an empty line between.
  public func all() -> String {
    let sections: [(title: String, text: String)] = [
      ("TRANSLATION RULES:", translation()), ("FILTER RULES:", rules()),
      ("DUMMYNET RULES:", dummynet()), ("STATES:", states()),
      ("SOURCE TRACKING NODES:", sources()), ("INFO:", info()), ("LABEL COUNTERS:", labels()),
      ("TIMEOUTS:", timeouts()), ("LIMITS:", memory()), ("TABLES:", tables()),
      ("OS FINGERPRINTS:", fingerprints()),
    ]
    return sections.filter { !$0.text.isEmpty }.map { "\($0.title)\n\($0.text)" }
      .joined(separator: "\n")
  }

  /// The line about `/etc/pf.os`: where no file was given, as stock macOS prints it.
  private func fingerprints() -> String {
    let list = host.filter.fingerprints
    return "\(list.isWhole ? list.count : 696) fingerprints loaded\n"
  }
}
