/// A replay's result as text for people.
public struct ReplayText {
  let result: ReplayResult
  let isVerbose: Bool
  let style: (String, Style) -> String
  private let title: String

  /// The styles that parts of the text carry; never the only sign of anything.
  public enum Style: Sendable {
    /// A heading.
    case heading
    /// Something is fine.
    case good
    /// Something is wrong.
    case bad
    /// Something deserves a look.
    case doubtful
    /// Less important.
    case minor
  }

  /// Prepares a report.
  /// - Parameters:
  ///   - title: What was replayed and with which rules, in a line or several.
  ///   - isVerbose: Whether every flow is listed with its hooks.
  ///   - style: Puts a style on a text; the default leaves it.
  public init(
    _ result: ReplayResult, title: String, isVerbose: Bool,
    style: @escaping (String, Style) -> String = { text, _ in text }
  ) {
    self.result = result
    self.title = title
    self.isVerbose = isVerbose
    self.style = style
  }

  /// The whole report.
  public var text: String {
    var text = title + "\n" + summary + "\n\n" + overview
    text += "\n" + style("pf", .heading) + "\n" + filterLines
    if !result.findings.isEmpty {
      text += "\n" + style("findings", .heading) + "\n" + findingLines
    }
    text += countersSection + flowsSection
    text += "\n" + style("assumptions", .heading) + "\n"
    for assumption in result.assumptions {
      text += Self.wrapped("\(assumption.code): \(assumption.text)", indent: 2)
    }
    return text
  }

  var summary: String {
    var parts = ["\(result.frames) frames, \(result.packets) IP packets"]
    if let period = result.period {
      let seconds = period.last.seconds(since: period.first)
      parts.append("\(Self.rounded(seconds)) s")
    }
    let place =
      switch result.vantage {
      case .vm: "taken on the VM's side"
      case .uplink: "taken on the host's uplink"
      case nil: "taken at an unknown place"
      }
    parts.append(place + (result.vantageIsDetected ? " (detected)" : " (as told)"))
    return parts.joined(separator: ", ")
  }

  private static func rounded(_ seconds: Double) -> String {
    max(0, min(seconds, 1e12)).oneDecimal
  }

  /// Values that several modes may share: each once, with the modes in front where not all do.
  func grouped(_ values: [(mode: NetworkMode, value: String)]) -> [String] {
    var order: [String] = []
    var modes: [String: [String]] = [:]
    for (mode, value) in values {
      if modes[value] == nil { order.append(value) }
      modes[value, default: []].append(mode.rawValue)
    }
    return order.map { value in
      let names = modes[value] ?? []
      return names.count == result.modes.count
        ? value : "\(names.joined(separator: ", ")): \(value)"
    }
  }

  // MARK: pf itself

  /// What happened to pf itself.
  var filterLines: String {
    var text = ""
    let lines = [Self.switching, Self.order, Self.insertions]
    for line in lines {
      let values = result.modes.compactMap { mode in line(mode).map { (mode.mode, $0) } }
      for value in grouped(values) { text += Self.wrapped(value, indent: 2) }
    }
    guard isVerbose else { return text }
    for mode in result.modes {
      text += "  what happened" + (result.modes.count > 1 ? " in mode \(mode.mode.rawValue)" : "")
      text += "\n"
      for event in mode.timeline {
        text += "    \(event.time.oneDecimal) s  \(event.title)\n"
        for effect in event.effects { text += "           \(effect)\n" }
      }
    }
    return text
  }

  private static func switching(_ mode: ReplayResult.Mode) -> String? {
    guard mode.isEnabled else { return "off" }
    return mode.holders.isEmpty
      ? "on, without a token" : "on, switched on by \(mode.holders.joined(separator: ", "))"
  }

  private static func order(_ mode: ReplayResult.Mode) -> String? {
    mode.loadOrder.map { "load order: \($0.rawValue) (\(mode.orderText))" }
      ?? "order: \(mode.orderText)"
  }

  /// The inserted calls, those of one anchor together.
  private static func insertions(_ mode: ReplayResult.Mode) -> String? {
    guard !mode.insertedAnchors.isEmpty else { return nil }
    var order: [Substring] = []
    var kinds: [Substring: [Substring]] = [:]
    for call in mode.insertedAnchors {
      let words = call.split(separator: " ")
      guard words.count >= 2 else { continue }
      if kinds[words[1]] == nil { order.append(words[1]) }
      kinds[words[1], default: []].append(words[0])
    }
    return "the sharing service inserted "
      + order.map { "\((kinds[$0] ?? []).joined(separator: ", ")) \($0)" }.joined(separator: "; ")
  }

  /// The rules' counters against those of a real Mac, where they were asked for.
  private var countersSection: String {
    result.modes.filter { !$0.counters.isEmpty }.map { mode in
      let name = result.modes.count > 1 ? " in mode \(mode.mode.rawValue)" : ""
      return "\n" + style("counters\(name)", .heading) + "\n"
        + CounterReport(rows: mode.counters).lines.map { "  \($0)\n" }.joined()
    }.joined()
  }

  // MARK: Findings

  /// The findings, each with its modes.
  var findingLines: String {
    let distinct = result.findings
    var text = ""
    for (index, finding) in distinct.enumerated() {
      text += "  " + heading(of: finding) + "\n" + Self.wrapped(finding.message, indent: 4)
      // Findings of one cause stand together; it is said behind the last.
      let next = index + 1 < distinct.count ? distinct[index + 1] : nil
      guard next?.cause != finding.cause || next?.fix != finding.fix else { continue }
      if !finding.cause.isEmpty {
        text += Self.wrapped("because: \(finding.cause)", indent: 4)
      }
      if let fix = finding.fix { text += Self.wrapped("fix: \(fix.text)", indent: 4) }
    }
    return text
  }

  /// The finding's severity and place, and its modes where it is not of all.
  private func heading(of finding: Finding) -> String {
    let severity = finding.severity
    let mark: Style = severity == .error ? .bad : severity == .warning ? .doubtful : .minor
    var text = style("\(severity.name):", mark)
    if let location = finding.location { text += " \(location.file):\(location.line)" }
    let modes = result.modes.filter { $0.findings.contains(finding) }
    if modes.count < result.modes.count {
      text += " (\(modes.map(\.mode.rawValue).joined(separator: ", ")))"
    }
    return text + " [\(finding.code)]"
  }

  /// A sentence on lines of up to 96 columns; those behind the first stand two columns further in.
  static func wrapped(_ sentence: String, indent: Int) -> String {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in sentence.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > 96 {
        lines.append(line)
        line = String(repeating: " ", count: indent + 2)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }
}
