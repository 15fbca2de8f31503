extension PfctlViews {
  /// `-s rules`: scrub rules, then filter rules.
  public func rules() -> String { rules(in: anchor, indent: 0).output }

  /// `-s rules`, with what pfctl says on standard error when it descends into anchors.
  func rulesAndErrors() -> (output: String, error: String) { rules(in: anchor, indent: 0) }

  private func rules(in path: String, indent: Int) -> (output: String, error: String) {
    let scrub = list(.scrub, in: path, indent: indent)
    let filter = list(.filter, in: path, indent: indent)
    return (scrub.output + filter.output, scrub.error + filter.error)
  }

  /// `-s nat`: nat, rdr and binat rules, in this order.
  public func translation() -> String {
    [RuleKind.nat, .rdr, .binat].map { list($0, in: anchor, indent: 0).output }.joined()
  }

  /// `-s dummynet`.
  public func dummynet() -> String { list(.dummynet, in: anchor, indent: 0).output }

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
  private func list(
    _ kind: RuleKind, in path: String, indent: Int
  ) -> (output: String, error: String) {
    let space = String(repeating: " ", count: indent)
    var error = ""
    var output = ""
    for listed in host.filter.rules(kind, anchor: path) {
      var rule = listed.rule
      let body = bodyPath(of: rule, kind, in: path)
      if body != nil, let last = rule.anchorCall?.lastComponent { rule.anchorCall?.name = last }
      output += space
      if verbosity >= 2 { output += "@\(listed.reference.number) " }
      output += rule.text(printStyle) + (body == nil ? "\n" : " {\n")
      output += counters(of: listed, indent: space)
      guard let body else { continue }
      if host.filter.anchorPaths.contains(body) {
        let inner = rules(in: body, indent: indent + 2)
        output += inner.output
        error += inner.error
      } else {
        error += "pfctl: DIOCGETRULES: Invalid argument\n"
      }
      output += space + "}\n"
    }
    return (output, error)
  }

  /// The path of an anchor whose rules are printed behind its call, nil for other rules.
  ///
  /// Anchors without a name have their rules printed, with recursion all. pfctl descends by the
  /// last component of the name it prints, so that it asks the kernel for an anchor `*` behind a
  /// call with a wildcard.
  private func bodyPath(of rule: Rule, _ kind: RuleKind, in path: String) -> String? {
    guard kind == .filter || (isRecursive && kind == .scrub), let call = rule.anchorCall else {
      return nil
    }
    if call.inline, call.name.isEmpty { return call.path }
    guard isRecursive else { return nil }
    let last = call.lastComponent + (call.wildcard ? "*" : "")
    return path.isEmpty ? last : path + "/" + last
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
        indent + "  [ Owner : \(owner.left(12)) Priority : \("\(listed.rule.priority)".left(6))]\n"
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

extension AnchorCall {
  /// What stands behind the last slash of the name as written; empty for a wildcard.
  fileprivate var lastComponent: String {
    wildcard ? "" : name.split(separator: "/").last.map(String.init) ?? name
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
