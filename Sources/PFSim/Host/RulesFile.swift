/// A file of rules as a user hands it to pfctl.
public struct RulesFile: Sendable, Hashable {
  /// The name that messages quote.
  public var name: String
  /// The text.
  public var text: String
  /// The anchor it is loaded into; empty for the main ruleset.
  public var anchor: String
  /// The macros given beside the file (`-D name=value`), in order.
  public var macros: [Macro]

  /// A macro given on the command line.
  public struct Macro: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// Makes a macro.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Makes a file.
  public init(name: String, text: String, anchor: String = "", macros: [Macro] = []) {
    self.name = name
    self.text = text
    self.anchor = anchor
    self.macros = macros
  }
}
