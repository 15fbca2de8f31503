extension Linter {
  /// Calls of Apple's anchors that the main ruleset lacks, and what a load takes away.
  func missingCallFindings(_ budget: inout AnalysisBudget) -> [Finding] {
    guard main != nil else { return [] }
    var findings = AppleCall.sharing.filter { !isCalled($0) }.map { missingSharing($0, &budget) }
    let missing = AppleCall.comApple.filter { !isCalled($0) }
    if !missing.isEmpty { findings.insert(missingComApple(missing), at: 0) }
    return findings + droppedFinding()
  }

  private func isCalled(_ call: AppleCall) -> Bool {
    main?[call.kind].contains { rule in
      guard let made = rule.anchorCall, rule.acceptsEverything else { return false }
      return made.path == call.path && made.wildcard == call.wildcard
    } ?? false
  }

  /// One finding for all calls of com.apple, which usually lack together.
  private func missingComApple(_ calls: [AppleCall]) -> Finding {
    let words = calls.map(\.kind.callWord).joined(separator: ", ")
    return Finding(
      code: LintCode.comAppleCallMissing.rawValue,
      severity: calls.allSatisfy { $0.kind == .dummynet } ? .note : .warning,
      message: "no \(words) calls com.apple/*",
      cause: calls.map(\.loss).joined(separator: "; "), location: mainLocation,
      fix: added(calls), witness: leavingExample)
  }

  private func missingSharing(_ call: AppleCall, _ budget: inout AnalysisBudget) -> Finding {
    var loss = call.loss
    var severity = severity(of: call)
    if call.kind == .nat {
      let own = ownTranslation(&budget)
      loss = own.loss
      if case .complete = own { severity = .note }
    }
    return Finding(
      code: LintCode.sharingCallMissing.rawValue, severity: severity,
      message: "no \(call.kind.callWord) calls \(call.path)", cause: loss + "; \(order)",
      location: mainLocation, fix: added([call]), witness: leavingExample)
  }

  /// The lines that make calls, each in front of the file's own rules of the kind.
  private func added(_ calls: [AppleCall]) -> Finding.Fix {
    let placed = calls.map { (line: firstLine(of: $0.kind), call: $0) }
    var lines: [(line: Int?, texts: [String])] = []
    for (line, call) in placed {
      if let last = lines.indices.last, lines[last].line == line {
        lines[last].texts.append(call.text)
      } else {
        lines.append((line, [call.text]))
      }
    }
    let text = lines.map { place in
      (place.line.map { "in front of line \($0): " } ?? "at the end: ")
        + place.texts.joined(separator: ", ")
    }.joined(separator: "; ")
    let edits = mainLocation.map { main in
      placed.map { line, call in
        Finding.Edit(
          file: main.file, line: line ?? Finding.Edit.endOfFile, inserted: [call.text],
          rank: call.rank)
      }
    }
    let word = calls.count == 1 ? "line" : "lines"
    return Finding.Fix("add the \(word) \(text)", edits: edits ?? [])
  }

  /// The lack of translation stops VMs; of the others only something around it.
  private func severity(of call: AppleCall) -> Finding.Severity {
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
      return (AppleCall.comApple + AppleCall.sharing).filter { !isCalled($0) }
        .sorted { $0.rank < $1.rank }.map { $0.text + " all" }
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

extension Rule {
  /// Whether the rule has no criteria at all, as the calls of a stock ruleset.
  var acceptsEverything: Bool {
    interface == nil && direction == .any && family == .unspecified && proto == .any
      && source == RuleHost() && destination == RuleHost() && tagged.isEmpty
      && probability == 0 && flagMask == 0 && user == nil && group == nil && tos == nil
  }
}
