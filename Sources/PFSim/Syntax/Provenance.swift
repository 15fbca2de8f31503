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
  /// A list item that this rule took out of a list, or a macro that supplied text.
  public struct Part: Sendable, Hashable {
    /// What supplied the text.
    public enum Kind: UInt8, Sendable, Hashable {
      /// An item of a list in braces.
      case listItem
      /// A macro.
      case macro
      /// An interface name that stood for its addresses, or a host name.
      case resolved
    }
    /// What supplied the text.
    public var kind: Kind
    /// The item's or macro's text.
    public var text: String
    /// Where it stands (macros: their definition).
    public var location: Location?

    /// Makes a part.
    public init(kind: Kind, text: String, location: Location? = nil) {
      self.kind = kind
      self.text = text
      self.location = location
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
