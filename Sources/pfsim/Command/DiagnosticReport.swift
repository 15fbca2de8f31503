import PFSim

/// Diagnostics for people, with the lines that they are about.
struct DiagnosticReport {
  /// The diagnostics, without those that only follow from others.
  let diagnostics: [Diagnostic]

  init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics.filter { !$0.isConsequence }
  }

  /// For people: `file:line:column: severity: message`, the line of the source and a caret.
  var text: String {
    var text = ""
    for diagnostic in diagnostics {
      text += Self.head(diagnostic.location)
      text += "\(diagnostic.severity.name): \(diagnostic.message) [\(diagnostic.code)]\n"
      text += Self.caret(diagnostic)
      for note in diagnostic.notes { text += "\(Self.head(note.location))note: \(note.message)\n" }
      if let fix = diagnostic.fixIt {
        text += "\(Self.head(fix.location))fix-it: \(fix.message)"
        text += fix.replacement.isEmpty ? "\n" : ": insert '\(fix.replacement)'\n"
      }
    }
    return text
  }

  private static func head(_ location: Provenance.Location?) -> String {
    location.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
  }

  private static func caret(_ diagnostic: Diagnostic) -> String {
    guard let location = diagnostic.location, !diagnostic.excerpt.isEmpty else { return "" }
    let offset = max(0, location.column - diagnostic.excerptColumn)
    // A tab in the source is a tab before the caret, so that both line up in any terminal.
    let lead = String(
      decoding: diagnostic.excerpt.utf8.prefix(offset).map { $0 == 9 ? 9 : 32 }, as: UTF8.self)
    let width = min(diagnostic.length, max(1, diagnostic.excerpt.utf8.count - offset))
    return
      "  \(diagnostic.excerpt)\n  \(lead)^\(String(repeating: "~", count: max(0, width - 1)))\n"
  }
}
