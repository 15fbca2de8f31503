extension Host {
  /// `pfctl -e`.
  func enable(_ report: inout EventReport) {
    switch references.enable() {
    case .switched:
      switchOn(&report, by: "pfctl -e")
      report.say("pf enabled")
    default:
      report.fail("pfctl: pf already enabled")
      report.effects.append("pf was on; a nameless reference keeps it on")
    }
  }

  /// `pfctl -E`.
  func enable(holder: String, _ report: inout EventReport) {
    let token = takeToken(holder: holder, &report)
    report.say("pf enabled")
    report.messages.append("Token : \(token)")
  }

  /// Takes a token for a process and switches pf on when it is off.
  @discardableResult
  func takeToken(holder: String, _ report: inout EventReport) -> UInt64 {
    let process = Int32(4000 + references.tokens.count + timeline.count)
    let (token, switched) = references.enable(holder: holder, process: process, at: filter.now)
    if switched {
      switchOn(&report, by: holder)
    } else {
      report.effects.append("\(holder) takes a token; pf was on already")
    }
    return token.value
  }

  private func switchOn(_ report: inout EventReport, by holder: String) {
    filter.setEnabled(true)
    enabledBy = holder
    statusChanged = filter.now
    report.effects.append("\(holder) switches pf on")
  }

  private func switchOff(_ report: inout EventReport, by holder: String) {
    filter.setEnabled(false)
    enabledBy = nil
    statusChanged = filter.now
    report.effects.append("\(holder) switches pf off")
    if hasSharedNetwork {
      report.effects.append(
        "NAT for the VMs ends with it: their packets leave with private addresses")
    }
  }

  /// `pfctl -d`.
  func disable(_ report: inout EventReport) {
    let tokens = references.tokens
    guard case .switched = references.disable() else {
      report.fail("pfctl: pf not enabled")
      return
    }
    switchOff(&report, by: "pfctl -d")
    if configuration.profile == .macOS26, tokens.contains(where: { $0.value == sharing.token }) {
      use(.pfdExit)
    }
    if settings.pfdExit == .endsSharing, tokens.contains(where: { $0.value == sharing.token }) {
      killSharing(&report)
    }
    for token in tokens {
      report.effects.append("the token of \(token.holder) is destroyed")
    }
    report.say("pf disabled")
  }

  /// `pfctl -X`.
  func release(_ token: UInt64, _ report: inout EventReport) {
    let holder = references.tokens.first { $0.value == token }?.holder ?? "pfctl"
    switch references.release(token) {
    case .switched:
      switchOff(&report, by: "\(holder)'s last reference")
      report.say("pf disabled")
    case .counted(let remaining):
      report.effects.append("\(holder) gives its token back; pf stays on")
      report.say(
        "disable request successful. \(remaining) more pf enable reference(s) remaining, "
          + "pf still enabled.")
    case .unknownToken: report.fail("pfctl: pf: token invalid")
    case .notOn, .alreadyOn: report.fail("pfctl: pf not enabled")
    }
  }

  /// `pfctl -X` with the newest token of a process.
  func releaseTokens(of holder: String, _ report: inout EventReport) {
    guard let token = references.tokens.last(where: { $0.holder == holder }) else {
      report.fail(
        references.isOn ? "pfctl: pf: token invalid" : "pfctl: pf not enabled")
      return
    }
    release(token.value, &report)
  }
}
