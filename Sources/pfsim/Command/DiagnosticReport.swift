import Foundation
import PFSim

/// The forms in which diagnostics are written.
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
        text += "\(Self.head(fix.location))fix-it: \(fix.message): insert '\(fix.replacement)'\n"
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

  /// GitHub's workflow annotations.
  var github: String {
    diagnostics.map { diagnostic in
      let kind = diagnostic.severity == .note ? "notice" : diagnostic.severity.name
      let place = diagnostic.location.map {
        " file=\($0.file),line=\($0.line),col=\($0.column)"
      }
      let message = diagnostic.message.replacingOccurrences(of: "%", with: "%25")
        .replacingOccurrences(of: "\n", with: "%0A")
      return "::\(kind)\(place ?? "")::\(message)\n"
    }.joined()
  }

  /// One JSON document.
  var json: String {
    let findings = diagnostics.map { diagnostic -> [String: Any] in
      var finding: [String: Any] = [
        "code": diagnostic.code, "severity": diagnostic.severity.name,
        "message": diagnostic.message,
        "notes": diagnostic.notes.map {
          ["message": $0.message].merging(Self.place($0.location)) { $1 }
        },
      ]
      finding.merge(Self.place(diagnostic.location)) { $1 }
      if let fix = diagnostic.fixIt {
        finding["fix"] = [
          "message": fix.message, "replacement": fix.replacement, "length": fix.length,
        ].merging(Self.place(fix.location)) { $1 }
      }
      return finding
    }
    return Self.encode([
      "schema": "pfsim.check/1", "pfsim": PFSimCommand.configuration.version,
      "kernel": "xnu-11417.101.15", "assumptions": [String](), "findings": findings,
    ])
  }

  /// SARIF 2.1.0 for code scanning.
  var sarif: String {
    let results = diagnostics.map { diagnostic -> [String: Any] in
      var result: [String: Any] = [
        "ruleId": diagnostic.code, "level": diagnostic.severity.name,
        "message": ["text": diagnostic.message],
      ]
      if let location = diagnostic.location {
        result["locations"] = [
          [
            "physicalLocation": [
              "artifactLocation": ["uri": location.file],
              "region": ["startLine": location.line, "startColumn": location.column],
            ]
          ]
        ]
      }
      return result
    }
    let rules = Set(diagnostics.map(\.code)).sorted().map { ["id": $0] }
    return Self.encode([
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [
        ["tool": ["driver": ["name": "pfsim", "rules": rules]], "results": results]
      ],
    ])
  }

  private static func place(_ location: Provenance.Location?) -> [String: Any] {
    guard let location else { return [:] }
    return ["file": location.file, "line": location.line, "column": location.column]
  }

  private static func encode(_ object: [String: Any]) -> String {
    let data = try? JSONSerialization.data(
      withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data ?? Data(), as: UTF8.self) + "\n"
  }
}

/// Rules with the places, list items and macros that they come from.
struct OriginListing {
  /// One rule a line, its origin behind `#`.
  let text: String

  init(_ ruleset: Ruleset) {
    var text = ""
    for anchor in ruleset.anchors {
      let scope = anchor.path.isEmpty ? "" : " [\(anchor.path)]"
      for kind in [RuleKind.scrub, .nat, .rdr, .binat, .filter, .dummynet] {
        for rule in anchor[kind] {
          text += rule.text() + "  #\(scope)"
          if let location = rule.provenance.location {
            text += " \(location.file):\(location.line)"
          }
          for part in rule.provenance.parts {
            text += part.kind == .macro ? " $\(part.text)" : " {\(part.text)}"
          }
          text += "\n"
        }
      }
    }
    self.text = text
  }
}
