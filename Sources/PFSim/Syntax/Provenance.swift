/// Where an expanded rule comes from.
public struct Provenance: Sendable, Hashable {
  /// A place in a text.
  public struct Location: Sendable, Hashable {
    /// The file as the user named it; `-` or `stdin` for standard input.
    public var file: String
    /// The line, counted from 1.
    public var line: Int
    /// The column in UTF-8 bytes, counted from 1.
    public var column: Int

    /// Makes a location.
    public init(file: String, line: Int, column: Int) {
      self.file = file
      self.line = line
      self.column = column
    }
  }
  /// The first token of the statement; nil for rules that no text holds.
  public var location: Location?
  /// The list items and macros, in the order of the text.
  public var parts: [Part] = []

  /// No known origin.
  public init() {}

  /// Makes a provenance.
  public init(location: Location?, parts: [Part] = []) {
    self.location = location
    self.parts = parts
  }
}
