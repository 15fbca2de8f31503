@testable import PFSim

/// What pfctl prints of a text, on the host of ``PrintedRules``.
struct PfctlText {
  /// Standard output.
  let output: String
  /// Standard error.
  let error: String
  /// Whether pfctl exits with 1.
  let fails: Bool

  /// Reads a text, changing the options first.
  init(
    _ text: String, files: [String: String] = [:], _ change: (inout ParseOptions) -> Void = { _ in }
  ) {
    var options = PrintedRules.options
    options.readFile = { name in
      files[name].map { .success(Array($0.utf8)) } ?? .failure("No such file or directory")
    }
    change(&options)
    let parsed = parseRuleset(Array(text.utf8), options: options)
    output = parsed.standardOutput
    error = parsed.standardError
    fails = parsed.hasErrors
  }
}
