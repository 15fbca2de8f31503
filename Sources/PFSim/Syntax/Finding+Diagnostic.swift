extension Finding {
  /// A remark of the parser as a finding, so that one report holds both.
  public init(_ diagnostic: Diagnostic) {
    self.init(
      code: diagnostic.code, severity: Severity(diagnostic.severity),
      message: diagnostic.message, location: diagnostic.location,
      fix: diagnostic.fixIt.map { Fix($0) },
      notes: diagnostic.notes.map { Note($0.message, at: $0.location) })
  }
}

extension Finding.Fix {
  /// A change that the parser offers, as an edit of its line.
  public init(_ fixIt: Diagnostic.FixIt) {
    let lines = fixIt.changedLine.split(separator: "\n", omittingEmptySubsequences: false)
    self.init(
      fixIt.message,
      edits: [
        Finding.Edit(
          file: fixIt.location.file, line: fixIt.location.line, removed: 1,
          inserted: lines.map(String.init))
      ])
  }
}

extension Finding.Severity {
  /// The same severity of a remark of the parser.
  public init(_ severity: Diagnostic.Severity) {
    switch severity {
    case .note: self = .note
    case .warning: self = .warning
    case .error: self = .error
    }
  }
}
