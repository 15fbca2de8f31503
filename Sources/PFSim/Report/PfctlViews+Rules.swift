extension PfctlViews {
  /// `-s rules`: scrub rules, then filter rules.
  public func rules() -> String {
    list(.scrub, in: anchor, indent: 0) + list(.filter, in: anchor, indent: 0)
  }

  /// `-s nat`: nat, rdr and binat rules, in this order.
  public func translation() -> String {
    [RuleKind.nat, .rdr, .binat].map { list($0, in: anchor, indent: 0) }.joined()
  }

  /// `-s dummynet`.
  public func dummynet() -> String { list(.dummynet, in: anchor, indent: 0) }

  /// `-s labels`: label, evaluations, packets, bytes, then packets and bytes in and out.
  public func labels() -> String {
    host.filter.rules(.filter, anchor: anchor).filter { !$0.rule.label.isEmpty }.map { listed in
      let counts = listed.counters.traffic
      let numbers = [
        listed.counters.evaluations, counts.packets, counts.bytes, counts.packetsIn, counts.bytesIn,
        counts.packetsOut, counts.bytesOut,
      ]
      return listed.rule.label + " " + numbers.map(String.init).joined(separator: " ") + "\n"
    }.joined()
  }

  /// One list of a ruleset, with the bodies of anchors that were written in braces.
  private func list(_ kind: RuleKind, in path: String, indent: Int) -> String {
    let space = String(repeating: " ", count: indent)
    return host.filter.rules(kind, anchor: path).map { listed in
      var text = space
      if verbosity >= 2 { text += "@\(listed.reference.number) " }
      text += listed.rule.text(printStyle)
      let body = inlineBody(of: listed.rule, kind)
      if body != nil { text += " {" }
      text += "\n" + counters(of: listed, indent: space)
      if let body {
        text += list(kind, in: body, indent: indent + 2) + space + "}\n"
      }
      return text
    }.joined()
  }

  /// The path of an anchor whose rules are printed behind its call: one without a name.
  private func inlineBody(of rule: Rule, _ kind: RuleKind) -> String? {
    guard kind == .filter, let call = rule.anchorCall, call.inline, call.name.isEmpty else {
      return nil
    }
    return call.path
  }

  private var printStyle: RulePrintStyle {
    var style = RulePrintStyle()
    guard verbosity >= 2 else { return style }
    var sizes: [String: Int] = [:]
    for table in host.filter.tables where table.anchor.isEmpty || table.anchor == anchor {
      sizes[table.name] = table.entries.count
    }
    let known = sizes
    let interfaces = host.filter.interfaces
    style.isVerbose = true
    style.tableSize = { known[$0] }
    style.dynamicSize = { name, modifiers in
      let own = interfaces.first { $0.name == name }?.addresses.count ?? 0
      return modifiers.contains(.noAlias) ? min(own, 1) : own
    }
    return style
  }

  private func counters(of listed: RuleSnapshot, indent: String) -> String {
    guard verbosity > 0 else { return "" }
    var text = ""
    if verbosity >= 2 {
      let owner = listed.rule.owner.isEmpty ? "nil" : listed.rule.owner
      text +=
        indent + "  [ Owner : \(owner.left(13))Priority : \("\(listed.rule.priority)".left(6))]\n"
    }
    text += indent + "  [ Evaluations: \("\(listed.counters.evaluations)".left(8))  "
    text += "Packets: \("\(listed.counters.traffic.packets)".left(8))  "
    text +=
      "Bytes: \("\(listed.counters.traffic.bytes)".left(10))  States: \("\(listed.counters.states)".left(6))]\n"
    return text + indent + "  [ Inserted: uid 0 pid \(inserter(of: listed.rule)) ]\n"
  }

  /// The process that put the rule in: pfd for rules with an owner, else pfctl.
  private func inserter(of rule: Rule) -> Int { rule.owner.isEmpty ? 0 : 1 }

  /// A counter of the rule with a text, place or label: `evaluations`, `packets`, `bytes` or
  /// `states`; nil for an unknown rule or counter.
  public func counter(_ name: String, ofRule wanted: String) -> String? {
    for path in host.filter.anchorPaths {
      for kind in RuleKind.allCases {
        for listed in host.filter.rules(kind, anchor: path) {
          let rule = listed.rule
          let place = rule.provenance.location.map { "\($0.file):\($0.line)" }
          guard rule.text() == wanted || place == wanted || rule.label == wanted else { continue }
          return listed.counter(name)
        }
      }
    }
    return nil
  }
}

extension RuleSnapshot {
  /// A counter by its name, nil for an unknown one.
  fileprivate func counter(_ name: String) -> String? {
    switch name {
    case "evaluations": "\(counters.evaluations)"
    case "packets": "\(counters.traffic.packets)"
    case "bytes": "\(counters.traffic.bytes)"
    case "states": "\(counters.states)"
    default: nil
    }
  }
}

extension TrafficCounts {
  /// Packets in both directions.
  var packets: UInt64 { packetsIn &+ packetsOut }
  /// Bytes in both directions.
  var bytes: UInt64 { bytesIn &+ bytesOut }
}
