/// What the reading of a ruleset needs to know besides the text.
public struct ParseOptions: Sendable {
  /// The host's interfaces, in the order the system lists them.
  public var interfaces: [Interface] = []
  /// The only host names that resolve, with their addresses in the order of the answer.
  public var hosts: [String: [IPAddress]] = [:]
  /// Macros of the command line (`-D`); they win over those of the file.
  public var macros: [(name: String, value: String)] = []
  /// The anchor that the file is loaded into, without a leading slash; empty for the main ruleset.
  public var anchorPath = ""
  /// Which parts of the file count (`-N`, `-R`, `-O`, `-T load`).
  public var parts = LoadParts.all
  /// The optimiser's level (`-o`); nil for the file's choice, or pfctl's default `basic`.
  public var optimization: OptimizationLevel?
  /// How much to print as pfctl does: 0 nothing, 1 what `-v` prints, 2 what `-vv` prints.
  public var verbosity = 0
  /// Whether the file is only read, as with pfctl's `-n`: no fingerprints are loaded.
  public var isDryRun = true
  /// Whether rules remember the list items and macros they came from.
  public var recordsOrigin = true
  /// The contents of a file named by the rules, or the reason why it cannot be read.
  public var readFile: @Sendable (String) -> FileContents = { _ in
    .failure("No such file or directory")
  }
  /// The services whose names stand for ports; nil for a built-in list.
  public var services: ServiceFile?
  /// The id of a user, nil for an unknown one.
  public var userID: @Sendable (String) -> UInt32? = { AccountNames.user($0) }
  /// The id of a group, nil for an unknown one.
  public var groupID: @Sendable (String) -> UInt32? = { AccountNames.group($0) }

  /// The contents of a file that rules include or load (`pushfile`): `-` stands for standard input
  /// on the command line only.
  func readRules(_ name: String) -> FileContents {
    name == "-" ? .failure("No such file or directory") : readFile(name)
  }

  /// No interfaces, no hosts, no files.
  public init(interfaces: [Interface] = []) { self.interfaces = interfaces }
}
