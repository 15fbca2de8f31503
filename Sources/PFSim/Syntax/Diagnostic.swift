/// Something to say about a ruleset: what, how bad, where, and what may help.
public struct Diagnostic: Sendable, Hashable {
  /// How bad it is.
  public enum Severity: Int, Sendable, Hashable, Comparable {
    /// An explanation of another diagnostic.
    case note
    /// The ruleset loads, but perhaps not as meant.
    case warning
    /// The ruleset does not load.
    case error

    /// Orders from note to error.
    public static func < (left: Severity, right: Severity) -> Bool {
      left.rawValue < right.rawValue
    }

    /// The word in output.
    public var name: String {
      switch self {
      case .note: "note"
      case .warning: "warning"
      case .error: "error"
      }
    }
  }

  /// A remark beside a diagnostic.
  public struct Note: Sendable, Hashable {
    /// The remark.
    public var message: String
    /// Where it points; nil for nowhere.
    public var location: Provenance.Location?

    /// Makes a remark.
    public init(message: String, location: Provenance.Location? = nil) {
      self.message = message
      self.location = location
    }
  }

  /// A change of the text that certainly mends it.
  public struct FixIt: Sendable, Hashable {
    /// What it does.
    public var message: String
    /// The text to put in.
    public var replacement: String
    /// Where the replaced text starts.
    public var location: Provenance.Location
    /// How many bytes are replaced; 0 inserts.
    public var length: Int
    /// The whole line that ``location`` names, without its line feed.
    public var line: String

    /// Makes a change.
    public init(
      message: String, replacement: String, location: Provenance.Location, length: Int,
      line: String
    ) {
      self.message = message
      self.replacement = replacement
      self.location = location
      self.length = length
      self.line = line
    }

    /// The line as it is after the change.
    public var changedLine: String {
      var bytes = Array(line.utf8)
      let start = min(max(0, location.column - 1), bytes.count)
      bytes.replaceSubrange(start..<min(bytes.count, start + length), with: replacement.utf8)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// A stable identifier in kebab-case, such as `syntax` or `port-without-protocol`.
  public var code: String
  /// How bad it is.
  public var severity: Severity
  /// The sentence in pfsim's own words.
  public var message: String
  /// The line that pfctl writes for this, without its end; nil where pfctl says nothing.
  public var pfctlLine: String?
  /// Where; nil where it has no place.
  public var location: Provenance.Location?
  /// The number of bytes meant, from ``location`` on; at least 1 where there is a location.
  public var length = 1
  /// The line of the source that ``location`` names, at most some 200 bytes of it.
  public var excerpt = ""
  /// The column of the first byte of ``excerpt``, from 1.
  public var excerptColumn = 1
  /// Remarks.
  public var notes: [Note] = []
  /// A mending change, where one is certain.
  public var fixIt: FixIt?
  /// Whether it only follows from another error ("skipping rule due to errors").
  public var isConsequence = false

  /// Makes a diagnostic.
  public init(
    code: String, severity: Severity, message: String, location: Provenance.Location? = nil
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.location = location
  }
}
