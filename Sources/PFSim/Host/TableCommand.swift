/// `pfctl -t TABLE -T COMMAND [ADDRESS …]`.
public struct TableCommand: Sendable, Hashable {
  /// What is done to the table; the raw values are pfctl's words.
  public enum Verb: String, Sendable, Hashable, CaseIterable {
    /// Deletes the table.
    case kill
    /// Empties it.
    case flush
    /// Adds addresses; the table is made where there is none.
    case add
    /// Deletes addresses.
    case delete
    /// Makes it hold exactly these addresses.
    case replace
    /// Lists the addresses.
    case show
    /// Tells which addresses are in it.
    case test
    /// Clears its counters.
    case zero
    /// Deletes addresses whose counters were cleared long ago.
    case expire

    /// Whether the verb only looks.
    public var isQuery: Bool { self == .show || self == .test }
  }
  /// What is done.
  public var verb: Verb
  /// The table's name.
  public var table: String
  /// The anchor's path, empty for the main ruleset.
  public var anchor: String
  /// The addresses as typed or read from a file; for ``Verb/expire`` the age in seconds.
  public var operands: [String]
  /// The number of `-v`: addresses that were changed are listed.
  public var verbosity: Int

  /// Makes a command.
  public init(
    _ verb: Verb, table: String, anchor: String = "", operands: [String] = [], verbosity: Int = 0
  ) {
    self.verb = verb
    self.table = table
    self.anchor = anchor
    self.operands = operands
    self.verbosity = verbosity
  }

  /// The addresses in the text of a file of `-T add -f FILE`: words, comments behind `#`.
  public static func words(of text: String) -> [String] {
    text.split(separator: "\n").flatMap { line in
      line.prefix { $0 != "#" && $0 != ";" }.split { $0 == " " || $0 == "\t" || $0 == "," }
        .map(String.init)
    }
  }
}
