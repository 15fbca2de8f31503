extension FindingsReport {
  /// The findings as a SARIF 2.1.0 log with one run.
  public var sarif: JSONValue {
    var codes: [String] = []
    for finding in findings where !codes.contains(finding.code) { codes.append(finding.code) }
    let driver: JSONValue = [
      "name": "pfsim", "version": .string(ReportDocument.version),
      "rules": .array(codes.map(Self.rule)),
    ]
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [
        [
          "tool": ["driver": driver], "columnKind": "utf16CodeUnits",
          "results": .array(findings.map { Self.result($0, codes) }),
        ]
      ],
    ]
  }

  private static func rule(_ code: String) -> JSONValue {
    guard let known = LintCode(rawValue: code) else { return ["id": .string(code)] }
    return [
      "id": .string(code), "shortDescription": ["text": .string(known.title)],
      "fullDescription": ["text": .string(known.explanation)],
    ]
  }

  private static func result(_ finding: Finding, _ codes: [String]) -> JSONValue {
    var message = finding.message
    if !finding.cause.isEmpty { message += "\n" + finding.cause }
    if let fix = finding.fix { message += "\n" + fix.text }
    var members: [JSONValue.Member] = [
      .init("ruleId", .string(finding.code)),
      .init("ruleIndex", .integer(Int64(codes.firstIndex(of: finding.code) ?? 0))),
      .init("level", .string(finding.severity.name)),
      .init("message", ["text": .string(message)]),
    ]
    if let place = finding.location {
      members.append(.init("locations", [location(place, nil)]))
    }
    let related = finding.notes.compactMap { note in
      note.location.map { location($0, note.text) }
    }
    if !related.isEmpty { members.append(.init("relatedLocations", .array(related))) }
    if let edits = finding.fix?.edits, !edits.isEmpty {
      members.append(.init("fixes", [fix(finding.fix?.text ?? "", edits)]))
    }
    return .object(members)
  }

  private static func location(
    _ place: Provenance.Location, _ text: String?
  ) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init(
        "physicalLocation",
        [
          "artifactLocation": artifact(place.file),
          "region": [
            "startLine": .integer(Int64(max(1, place.line))),
            "startColumn": .integer(Int64(max(1, place.column))),
          ],
        ])
    ]
    if let text { members.append(.init("message", ["text": .string(text)])) }
    return .object(members)
  }

  private static func artifact(_ file: String) -> JSONValue { ["uri": .string(uri(file))] }

  /// A file's name as a relative or absolute URI reference.
  private static func uri(_ file: String) -> String {
    var text = file.hasPrefix("/") ? "file://" : ""
    for byte in file.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x2f, 0x5f, 0x7e:
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }

  private static func fix(_ text: String, _ edits: [Finding.Edit]) -> JSONValue {
    let inserted = edits.filter { $0.line != Finding.Edit.endOfFile }
    let changes = inserted.map { edit -> JSONValue in
      let lines = edit.inserted.map { $0 + "\n" }.joined()
      let end = Int64(edit.line + edit.removed)
      return [
        "artifactLocation": artifact(edit.file),
        "replacements": [
          [
            "deletedRegion": [
              "startLine": .integer(Int64(edit.line)), "startColumn": 1,
              "endLine": .integer(end), "endColumn": 1,
            ],
            "insertedContent": ["text": .string(lines)],
          ]
        ],
      ]
    }
    return ["description": ["text": .string(text)], "artifactChanges": .array(changes)]
  }
}
