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
  /// The texts of files that the rules name, as they were when the rules were loaded; other names
  /// are looked up by the host.
  public var files: [String: String] = [:]
  /// How pfctl was told to load the file.
  public var options = LoadOptions()

  /// pfctl's options beside `-f`.
  public struct LoadOptions: Sendable, Hashable {
    /// `-o`; nil for the file's choice, or pfctl's default.
    public var optimization: OptimizationLevel?
    /// `-N`, `-R`, `-O`, `-A`, `-T load`.
    public var parts = LoadParts.all
    /// `-m`: options that the file does not set stay as they are.
    public var merges = false
    /// The number of `-v`: the rules are printed as they are loaded.
    public var verbosity = 0

    /// What `pfctl -f FILE` alone does.
    public init() {}
  }

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
