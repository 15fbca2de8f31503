extension Finding {
  /// A remark of the parser as a finding, so that one report holds both.
  public init(_ diagnostic: Diagnostic) {
    self.init(
      code: diagnostic.code, severity: Severity(diagnostic.severity),
      message: diagnostic.message, location: diagnostic.location,
      fix: diagnostic.fixIt.map { Fix($0.message) },
      notes: diagnostic.notes.map { Note($0.message, at: $0.location) })
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
