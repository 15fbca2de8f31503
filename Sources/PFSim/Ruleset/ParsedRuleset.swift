/// What reading a ruleset gave.
public struct ParsedRuleset: Sendable {
  /// The rules, tables and options; incomplete where ``hasErrors``.
  public var ruleset: Ruleset
  /// What is to say about the text, in the order of pfctl's messages.
  public var diagnostics: [Diagnostic]
  /// What pfctl prints while it loads, in order; standard output only with
  /// ``ParseOptions/verbosity``.
  public var output: [OutputEvent]

  /// The macros that the files define and do not use, in order; those of the command line never
  /// count.
  public var unusedMacros: [UnusedMacro] = []

  /// Whether pfctl refuses the text: nothing is loaded then, and it exits with status 1.
  public var hasErrors: Bool

  /// What pfctl writes to standard output.
  public var standardOutput: String { Self.text(of: output, toError: false) }

  /// What pfctl writes to standard error.
  public var standardError: String { Self.text(of: output, toError: true) }

  private static func text(of output: [OutputEvent], toError: Bool) -> String {
    var text = ""
    for event in output where event.isError == toError {
      text += event.text
    }
    return text
  }
}

/// A macro that a file defines and does not use.
public struct UnusedMacro: Sendable, Hashable {
  /// The name.
  public var name: String
  /// Where it is defined.
  public var location: Provenance.Location?

  /// Describes a macro.
  public init(name: String, location: Provenance.Location? = nil) {
    self.name = name
    self.location = location
  }
}
