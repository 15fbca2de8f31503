extension Linter {
  /// Anchors with rules that no rule of their kind calls.
  func anchorFindings() -> [Finding] {
    guard main != nil else { return [] }
    return RuleKind.allCases.flatMap(uncalled)
  }

  private func uncalled(_ kind: RuleKind) -> [Finding] {
    let reached = RuleWalk(ruleset, kind).reached
    return ruleset.anchors.dropFirst().compactMap { anchor in
      let rules = anchor[kind].filter { $0.anchorCall == nil }
      guard let first = rules.first, !reached.contains(anchor.path) else { return nil }
      return uncalled(anchor.path, kind, rules.count, first)
    }
  }

  private func uncalled(_ path: String, _ kind: RuleKind, _ count: Int, _ rule: Rule) -> Finding {
    let word = kind.callWord
    let others = RuleKind.allCases.filter {
      $0 != kind && RuleWalk(ruleset, $0).reached.contains(path)
    }.map(\.callWord)
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let line =
      parent.isEmpty ? "\(word) \"\(path)\"" : "\(word) \"\(name)\" in anchor \(parent)"
    let rules = count == 1 ? "1 \(kind.ruleWord) rule" : "\(count) \(kind.ruleWord) rules"
    return Finding(
      code: LintCode.anchorNotCalled.rawValue, severity: .warning,
      message: "anchor \"\(path)\" has \(rules), but no \(word) calls it",
      cause: others.isEmpty
        ? "its rules are loaded and never evaluated"
        : "\(others.joined(separator: " and ")) reaches it, which does not count for "
          + "\(kind.ruleWord) rules",
      location: rule.provenance.location, fix: Finding.Fix("add the line: \(line)"),
      witness: example(of: rule, test: kind.test, direction: kind.direction))
  }

  /// Calls of Apple's anchors that the main ruleset lacks, and what a load takes away.
  func missingCallFindings() -> [Finding] {
    guard main != nil else { return [] }
    var findings: [Finding] = []
    for call in ExpectedCall.all where !isCalled(call) { findings.append(missing(call)) }
    return findings + droppedFinding()
  }

  private func isCalled(_ call: ExpectedCall) -> Bool {
    main?[call.kind].contains { rule in
      guard let made = rule.anchorCall, rule.acceptsEverything else { return false }
      return made.path == call.path && made.wildcard == call.wildcard
    } ?? false
  }

  private func missing(_ call: ExpectedCall) -> Finding {
    let isSharing = call.path == SharingService.anchor
    let line = "\(call.kind.callWord) \"\(call.path)\(call.wildcard ? "/*" : "")\""
    let code: LintCode = isSharing ? .sharingCallMissing : .comAppleCallMissing
    let before = firstLine(of: call.kind)
    let file = mainLocation?.file
    let edits = file.map { name in
      [
        Finding.Edit(
          file: name, line: before ?? Finding.Edit.endOfFile, inserted: [line], rank: call.rank)
      ]
    }
    let place = before.map { "in front of line \($0)" } ?? "at the end"
    return Finding(
      code: code.rawValue, severity: severity(of: call),
      message: "no \(call.kind.callWord) calls \(call.path)\(call.wildcard ? "/*" : "")",
      cause: isSharing ? call.loss + "; \(order)" : call.loss, location: mainLocation,
      fix: Finding.Fix("add the line \(place): \(line)", edits: edits ?? []),
      witness: leavingExample)
  }

  /// The lack of translation stops VMs; of the others only something around it.
  private func severity(of call: ExpectedCall) -> Finding.Severity {
    guard call.path == SharingService.anchor else {
      return call.kind == .dummynet ? .note : .warning
    }
    if call.kind == .nat { return options.loadsAfterVM ? .error : .warning }
    return options.loadsAfterVM ? .warning : .note
  }

  private var order: String {
    options.loadsAfterVM
      ? "the load while a VM runs has taken the call away"
      : "macOS adds the call when a VM network starts, and a later load takes it away"
  }

  private func droppedFinding() -> [Finding] {
    let dropped = droppedCalls
    guard !dropped.isEmpty else { return [] }
    return [
      Finding(
        code: LintCode.loadDropsCalls.rawValue, severity: options.loadsAfterVM ? .warning : .note,
        message: "pfctl -f of this file while a VM runs drops \(dropped.count) anchor calls",
        cause: "the load replaces the main ruleset; nothing puts the calls back until the VM "
          + "network starts anew",
        location: mainLocation,
        fix: Finding.Fix(
          "add these calls to the file, in this order and in front of its own rules of the kind; or "
            + "start the VM network after each load"),
        notes: dropped.map { Finding.Note("drops: \($0)") }, witness: leavingExample)
    ]
  }

  /// The anchor calls of the ruleset in force that the file does not make.
  private var droppedCalls: [String] {
    guard let current = options.current?.anchors.first else {
      return ExpectedCall.all.filter { !isCalled($0) }.sorted { $0.rank < $1.rank }.map {
        "\($0.kind.callWord) \"\($0.path)\($0.wildcard ? "/*" : "")\" all"
      }
    }
    return RuleKind.allCases.flatMap { kind in
      current[kind].compactMap { rule in
        guard let call = rule.anchorCall, let main else { return nil }
        let isKept = main[kind].contains {
          $0.anchorCall?.path == call.path && $0.anchorCall?.wildcard == call.wildcard
        }
        return isKept ? nil : rule.text()
      }
    }
  }
}

/// A call that the main ruleset of a Mac with VMs makes.
private struct ExpectedCall {
  var kind: RuleKind
  var path: String
  var wildcard: Bool
  /// What does not work without it.
  var loss: String

  static let all = comApple + sharing

  /// The place among the calls in the order that pf.conf must keep.
  var rank: Int {
    let kinds: [RuleKind] = [.scrub, .nat, .rdr, .binat, .dummynet, .filter]
    return (kinds.firstIndex(of: kind) ?? 0) * 2 + (path == SharingService.anchor ? 1 : 0)
  }

  private static let comApple: [ExpectedCall] = [
    apple(.scrub, "normalisation rules below com.apple are not evaluated"),
    apple(.nat, "translation rules below com.apple are not evaluated"),
    apple(.rdr, "redirections below com.apple are not evaluated"),
    apple(.dummynet, "traffic shaping of macOS (Network Link Conditioner) has no effect"),
    apple(.filter, "filter rules below com.apple (AirDrop, the firewall) are not evaluated"),
  ]

  private static let sharing: [ExpectedCall] = [
    shared(.scrub, "packets of VMs are not normalised (no-df)"),
    shared(
      .nat, "packets of VMs leave untranslated, with a private source, and no reply returns"),
    shared(.rdr, "exposed ports of VMs (--net-softnet-expose) are not redirected"),
    shared(.filter, "the sharing service's pass rules do not count"),
  ]

  private static func apple(_ kind: RuleKind, _ loss: String) -> ExpectedCall {
    ExpectedCall(kind: kind, path: "com.apple", wildcard: true, loss: loss)
  }

  private static func shared(_ kind: RuleKind, _ loss: String) -> ExpectedCall {
    ExpectedCall(kind: kind, path: SharingService.anchor, wildcard: false, loss: loss)
  }
}

extension Rule {
  /// Whether the rule has no criteria at all, as the calls of a stock ruleset.
  var acceptsEverything: Bool {
    interface == nil && direction == .any && family == .unspecified && proto == .any
      && source == RuleHost() && destination == RuleHost() && tagged.isEmpty
      && probability == 0 && flagMask == 0 && user == nil && group == nil && tos == nil
  }
}

extension RuleKind {
  /// The word that calls an anchor of the list.
  var callWord: String {
    switch self {
    case .scrub: "scrub-anchor"
    case .filter: "anchor"
    case .nat: "nat-anchor"
    case .binat: "binat-anchor"
    case .rdr: "rdr-anchor"
    case .dummynet: "dummynet-anchor"
    }
  }

  /// The list's name in front of "rule".
  var ruleWord: String {
    switch self {
    case .scrub: "scrub"
    case .filter: "filter"
    case .nat: "nat"
    case .binat: "binat"
    case .rdr: "rdr"
    case .dummynet: "dummynet"
    }
  }
}
