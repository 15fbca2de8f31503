/// A list of findings in the forms that people and programs read.
public struct FindingsReport: Sendable {
  /// The findings in the order of the report.
  public var findings: [Finding]

  /// Makes a report.
  public init(_ findings: [Finding]) { self.findings = findings }

  /// Whether a finding is at least as severe as `threshold`; nil for a threshold that nothing
  /// reaches.
  public func fails(at threshold: Finding.Severity?) -> Bool {
    guard let threshold else { return false }
    return findings.contains { $0.severity >= threshold }
  }

  /// The findings for people: one block each, with the cause, the fix and other places.
  /// - Parameter style: Gives a word its colour by severity; the identity for none.
  public func text(style: (String, Finding.Severity) -> String = { word, _ in word }) -> String {
    var text = ""
    for finding in findings {
      text += Self.prefix(finding.location)
      text += style(finding.severity.name + ":", finding.severity)
      text += " \(finding.message) [\(finding.code)]\n"
      if !finding.cause.isEmpty { text += "    because: \(finding.cause)\n" }
      for note in finding.notes { text += "    note: \(Self.prefix(note.location))\(note.text)\n" }
      if let fix = finding.fix { text += "    fix: \(fix.text)\n" }
      if !finding.witness.isEmpty { text += "    packet: \(finding.witness)\n" }
    }
    return text + summary
  }

  /// The number of findings by severity, as a line; empty where there are none.
  private var summary: String {
    guard !findings.isEmpty else { return "" }
    let parts = Finding.Severity.allCases.reversed().compactMap { severity -> String? in
      let count = findings.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.name)\(count == 1 ? "" : "s")"
    }
    return parts.joined(separator: ", ") + "\n"
  }

  private static func prefix(_ location: Provenance.Location?) -> String {
    location.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
  }

  /// The findings as workflow commands that GitHub shows beside the lines.
  public var github: String {
    findings.map { finding in
      let kind = finding.severity == .note ? "notice" : finding.severity.name
      var properties: [String] = []
      if let place = finding.location {
        properties.append("file=" + Self.escaped(place.file, isProperty: true))
        properties += ["line=\(place.line)", "col=\(place.column)"]
      }
      properties.append("title=" + Self.escaped(finding.code, isProperty: true))
      var message = finding.message
      if !finding.cause.isEmpty { message += "\nbecause: " + finding.cause }
      if let fix = finding.fix { message += "\nfix: " + fix.text }
      let list = properties.joined(separator: ",")
      return "::\(kind) \(list)::\(Self.escaped(message, isProperty: false))\n"
    }.joined()
  }

  /// Escapes what ends a workflow command or one of its properties.
  private static func escaped(_ text: String, isProperty: Bool) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where isProperty: result += "%3A"
      case "," where isProperty: result += "%2C"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
