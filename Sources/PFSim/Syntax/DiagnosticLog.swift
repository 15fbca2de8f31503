/// Collects diagnostics, and what pfctl prints, in order.
struct DiagnosticLog {
  /// The diagnostics.
  var diagnostics: [Diagnostic] = []
  /// pfctl's output.
  var output: [OutputEvent] = []
  /// Standard output text not yet turned into an event.
  private var pending = ""

  /// Appends text to standard output.
  mutating func print(_ text: String) { pending += text }

  /// Appends a line to standard error.
  mutating func printError(_ line: String) {
    flush()
    output.append(OutputEvent(line + "\n", isError: true))
  }

  /// Turns pending text into an event.
  mutating func flush() {
    guard !pending.isEmpty else { return }
    output.append(OutputEvent(pending))
    pending = ""
  }

  /// Adds a diagnostic and prints its line.
  mutating func add(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic)
    if let line = diagnostic.pfctlLine { printError(line) }
  }
}

extension Lexer {
  /// Reports an error at pfctl's current line, as `yyerror` does.
  mutating func report(
    _ code: String, _ message: String, pfctl: String, at place: Place,
    isConsequence: Bool = false, fixIt: Diagnostic.FixIt? = nil, notes: [Diagnostic.Note] = []
  ) {
    errorCount += 1
    var diagnostic = located(code, .error, message, at: place)
    diagnostic.pfctlLine = "\(fileName):\(tokenLine): \(pfctl)"
    diagnostic.isConsequence = isConsequence
    diagnostic.fixIt = fixIt
    diagnostic.notes += notes
    log.add(diagnostic)
  }

  /// Reports something for which pfctl writes a line without a place.
  mutating func reportPlain(
    _ code: String, _ message: String, line: String, at place: Place,
    severity: Diagnostic.Severity = .error
  ) {
    var diagnostic = located(code, severity, message, at: place)
    diagnostic.pfctlLine = line
    log.add(diagnostic)
  }

  /// A diagnostic at a place, with the line of the source and a note on the macro there.
  func located(
    _ code: String, _ severity: Diagnostic.Severity, _ message: String, at place: Place
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: code, severity: severity, message: message, location: location(of: place))
    diagnostic.length = Int(max(1, place.length))
    if let (text, column) = excerpt(at: place) {
      diagnostic.excerpt = text
      diagnostic.excerptColumn = column
    }
    if place.macro >= 0 {
      let macro = macros.definitions[Int(place.macro)]
      diagnostic.notes.append(
        Diagnostic.Note(
          message: "in the text of the macro '\(macro.name)'", location: location(of: macro.place)))
    }
    return diagnostic
  }

  /// The most bytes of a line that a fix-it repeats.
  private static let longestFixableLine = 10_000

  /// A change that puts text in front of a place; nil where the place is in a macro's text.
  func insertion(
    of text: String, _ message: String, at place: Place
  ) -> Diagnostic.FixIt? {
    guard place.macro < 0, let location = location(of: place) else { return nil }
    let bytes = files[Int(place.file)].bytes
    let start = min(Int(place.lineStart), bytes.count)
    let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
    if end - start > Self.longestFixableLine { return nil }
    return Diagnostic.FixIt(
      message: message, replacement: text, location: location, length: 0,
      line: String(decoding: bytes[start..<end], as: UTF8.self))
  }

  /// The place with its file's name; nil for no place.
  func location(of place: Place) -> Provenance.Location? {
    guard place.file >= 0 else { return nil }
    return Provenance.Location(
      file: files[Int(place.file)].name, line: Int(place.line), column: Int(place.column))
  }

  /// The line of the source around a place, cut to some 200 bytes, and its first column.
  private func excerpt(at place: Place) -> (String, Int)? {
    guard place.file >= 0 else { return nil }
    let bytes = files[Int(place.file)].bytes
    let start = Int(place.lineStart)
    guard start <= bytes.count else { return nil }
    let from = max(start, min(bytes.count, start + Int(place.column) - 1 - 120))
    var end = from
    while end < bytes.count, bytes[end] != 10, end - from < 200 { end += 1 }
    return (String(decoding: bytes[from..<end], as: UTF8.self), from - start + 1)
  }
}
