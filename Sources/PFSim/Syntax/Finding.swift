/// Something that a check of rules, or a replay, has to say to the user.
///
/// A finding states what can be proved; where a question stays open its code says so.
public struct Finding: Sendable, Hashable {
  /// How much a finding matters.
  public enum Severity: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// Good to know.
    case note
    /// Most likely not what was meant.
    case warning
    /// Does harm, or has no effect at all.
    case error

    /// The word in reports and in `--fail-on`.
    public var name: String {
      switch self {
      case .note: "note"
      case .warning: "warning"
      case .error: "error"
      }
    }

    /// Orders by weight.
    public static func < (left: Severity, right: Severity) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// Another place that belongs to the finding, with what it has to do with it.
  public struct Note: Sendable, Hashable {
    /// The place's part in the finding, for example "decides instead: pass in all".
    public var text: String
    /// The place; nil for none.
    public var location: Provenance.Location?

    /// Makes a note.
    public init(_ text: String, at location: Provenance.Location? = nil) {
      self.text = text
      self.location = location
    }
  }

  /// What to do about it.
  public struct Fix: Sendable, Hashable {
    /// The advice in words, with the lines to write where there are some.
    public var text: String
    /// The edits that carry it out, where they are certain; empty where a person must decide.
    public var edits: [Edit]

    /// Makes a fix.
    public init(_ text: String, edits: [Edit] = []) {
      self.text = text
      self.edits = edits
    }
  }

  /// A change of whole lines of a file.
  public struct Edit: Sendable, Hashable {
    /// The file as the user named it.
    public var file: String
    /// The first line concerned, counted from 1; ``endOfFile`` appends.
    public var line: Int
    /// How many lines go.
    public var removed: Int
    /// The lines that come in their place, without line feeds.
    public var inserted: [String]

    /// The place among edits of several findings that insert in front of the same line: the lower
    /// comes first, so that the order that pf.conf must keep is kept.
    public var rank: Int

    /// The ``line`` that appends.
    public static let endOfFile = Int.max

    /// Makes an edit.
    public init(file: String, line: Int, removed: Int = 0, inserted: [String], rank: Int = 0) {
      self.file = file
      self.line = line
      self.removed = removed
      self.inserted = inserted
      self.rank = rank
    }
  }

  /// The stable name of the kind of finding, for example `rule-overridden`.
  public var code: String
  /// How much it matters.
  public var severity: Severity
  /// What is the case, in one plain sentence.
  public var message: String
  /// Why it is so, or what it leads to; empty where the message says it all.
  public var cause: String
  /// Where it is; nil for findings about a run or a whole host.
  public var location: Provenance.Location?
  /// What to do about it; nil where there is nothing to do.
  public var fix: Fix?
  /// Other places that belong to it, such as the rules that decide instead.
  public var notes: [Note]
  /// A packet that shows it, in the notation of `pfsim explain`; empty for none.
  public var witness: String

  /// Makes a finding.
  public init(
    code: String, severity: Severity, message: String, cause: String = "",
    location: Provenance.Location? = nil, fix: Fix? = nil, notes: [Note] = [],
    witness: String = ""
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.cause = cause
    self.location = location
    self.fix = fix
    self.notes = notes
    self.witness = witness
  }

  /// The file, nil where the finding has no place.
  public var file: String? { location?.file }
  /// The line from 1, nil where the finding has no place.
  public var line: Int? { location?.line }
  /// The column from 1, nil where the finding has no place.
  public var column: Int? { location?.column }
}
