import ArgumentParser
import Foundation
import PFSim

/// `pfsim check RULES…`: parses and expands rulesets and says what is wrong with them.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Parse and expand rulesets, and say what is wrong with them.")

  @Argument(help: ArgumentHelp("The rulesets; - is standard input.", valueName: "rules"))
  var files: [String]

  @Flag(name: .customLong("print"), help: "Print what macOS's 'pfctl -o none -nvf RULES' prints.")
  var printRules = false

  @Flag(help: "With the rules, where each comes from: file, line, list items and macros.")
  var origin = false

  @OptionGroup var rules: RulesOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let format = try output.format(among: [.text, .json, .sarif, .github])
    var diagnostics: [Diagnostic] = []
    var printed = ""
    var hasErrors = false
    var lints: [Finding] = []
    for file in files {
      let parsed = try parse(file)
      diagnostics += parsed.diagnostics
      hasErrors = hasErrors || parsed.hasErrors
      if !parsed.hasErrors, !printRules, !origin { lints += lint(parsed) }
      if origin {
        printed += OriginListing(parsed.ruleset).text
      } else if printRules {
        printed += parsed.standardOutput
      }
    }
    let out = try output.open()
    let all = FindingsReport(
      diagnostics.filter { !$0.isConsequence }.map(Finding.init) + lints)
    switch format {
    case .json:
      let members = [JSONValue.Member("findings", .array(all.findings.map(\.json)))]
      try out.write(ReportDocument.make(assumptions: [], members).text(indented: true) + "\n")
    case .sarif: try out.write(all.sarif.text(indented: true) + "\n")
    case .github: try out.write(all.github)
    default:
      try out.write(printed + FindingsReport(lints).text())
      FileHandle.standardError.write(Data(DiagnosticReport(diagnostics).text.utf8))
    }
    try out.finish()
    if hasErrors { throw ExitStatus.badInput.exitCode }
    if isSevere(diagnostics) || FindingsReport(lints).fails(at: output.failOn.severity) {
      throw ExitStatus.negative.exitCode
    }
  }

  /// What the lints say about a ruleset that loads.
  private func lint(_ parsed: ParsedRuleset) -> [Finding] {
    var options = LintOptions()
    options.unusedMacros = parsed.unusedMacros
    options.interfaces = rules.interfaces?.interfaces ?? Self.defaultInterfaces
    options.loadsAfterVM = rules.loadOrder == .afterVM
    return Linter(parsed.ruleset, options: options).findings()
  }

  private func parse(_ file: String) throws -> ParsedRuleset {
    var options = ParseOptions(interfaces: rules.interfaces?.interfaces ?? Self.defaultInterfaces)
    options.hosts = rules.hosts.addresses
    options.macros = rules.macros.map { ($0.name, $0.value) }
    options.optimization = OptimizationLevel.none
    options.recordsOrigin = true
    options.verbosity = printRules && !origin ? 1 : 0
    let anchors = Dictionary(
      rules.anchors.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    options.readFile = { [files = rules.files] name in RuleFiles.contents(name, files) }
    let bytes = try InputFile.bytes(of: file)
    var parsed = parseRuleset(bytes, file: file == "-" ? "stdin" : file, options: options)
    for (name, path) in anchors.sorted(by: { $0.key < $1.key }) {
      options.anchorPath = name
      options.parts = .anchor
      let inner = parseRuleset(try InputFile.bytes(of: path), file: path, options: options)
      parsed.diagnostics += inner.diagnostics
      parsed.output += inner.output
      parsed.ruleset.anchors += inner.ruleset.anchors
      parsed.unusedMacros += inner.unusedMacros
      parsed.hasErrors = parsed.hasErrors || inner.hasErrors
    }
    return parsed
  }

  private func isSevere(_ diagnostics: [Diagnostic]) -> Bool {
    let least: Diagnostic.Severity
    switch output.failOn {
    case .note: least = .note
    case .warning: least = .warning
    case .error: least = .error
    case .none: return false
    }
    return diagnostics.contains { $0.severity >= least }
  }

  /// The host that rules are read for where none is given.
  static let defaultInterfaces =
    (try? [Interface](
      parsing: "lo0=127.0.0.1/8,::1/128,fe80::1/64;en0=192.168.1.20/24;bridge100=192.168.64.1/24"))
    ?? []
}

/// The files that rules name.
enum RuleFiles {
  /// The contents.
  ///
  /// Every Mac has a list of fingerprints, so its absence here is no error.
  static func contents(_ name: String, _ files: InputFile) -> FileContents {
    do {
      return .success(try files.bytes(named: name))
    } catch {
      if name == "/etc/pf.os" { return .success([]) }
      let reason =
        error.message.hasPrefix("\(name): ")
        ? String(error.message.dropFirst(name.count + 2)) : error.message
      return .failure(reason)
    }
  }
}
