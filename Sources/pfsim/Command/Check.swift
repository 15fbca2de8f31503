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

  @Flag(help: "Write the certain changes that findings offer into the files.")
  var fix = false

  @Flag(help: "Only show those changes, as a unified diff.")
  var diff = false

  @OptionGroup var rules: RulesOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let result = try check()
    let out = try output.open()
    try out.write(result.output)
    FileHandle.standardError.write(Data(result.error.utf8))
    try out.finish()
    if result.status != .success { throw result.status.exitCode }
  }

  /// What the command writes, and how it exits.
  struct Result {
    var output = ""
    var error = ""
    var status = ExitStatus.success
  }

  /// Checks the files, and mends them where that was asked for.
  func check() throws -> Result {
    let format = try output.format(among: [.text, .json, .sarif, .github])
    var diagnostics: [Diagnostic] = []
    var printed = ""
    var hasErrors = false
    var lints: [Finding] = []
    for file in files {
      if fix || diff { printed += try mend(file) }
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
    var result = try report(diagnostics, lints, printed, format)
    if hasErrors {
      result.status = .badInput
    } else if isSevere(diagnostics) || FindingsReport(lints).fails(at: output.failOn.severity) {
      result.status = .negative
    }
    return result
  }

  private func report(
    _ diagnostics: [Diagnostic], _ lints: [Finding], _ printed: String, _ format: OutputFormat
  ) throws -> Result {
    let all = FindingsReport(
      diagnostics.filter { !$0.isConsequence }.map(Finding.init) + lints)
    switch format {
    case .json:
      let members = [JSONValue.Member("findings", .array(all.findings.map(\.json)))]
      return Result(
        output: ReportDocument.make(assumptions: [], members).text(indented: true) + "\n")
    case .sarif: return Result(output: all.sarif.text(indented: true) + "\n")
    case .github: return Result(output: all.github)
    default:
      return Result(
        output: printed + FindingsReport(lints).text(), error: DiagnosticReport(diagnostics).text)
    }
  }

  /// Carries out the changes that findings offer, or shows them as a diff.
  ///
  /// A change can bring out the next finding, so that several rounds may be needed.
  private func mend(_ file: String) throws -> String {
    let original = try InputFile.text(of: file)
    var text = original
    for _ in 0..<Self.mostRounds {
      let parsed = try parse(text: Array(text.utf8), file: file)
      var findings = parsed.diagnostics.map(Finding.init)
      if !parsed.hasErrors { findings += lint(parsed) }
      let fixes = RuleFixes(findings, file: Self.name(of: file), text: text)
      if fixes.isEmpty { break }
      if diff { return fixes.diff(file: Self.name(of: file)) }
      text = fixes.text
    }
    guard text != original else { return "" }
    let output = try OutputFile(file)
    try output.write(text)
    try output.finish()
    return ""
  }

  private static let mostRounds = 20

  /// The name of a file in messages.
  private static func name(of file: String) -> String { file == "-" ? "stdin" : file }

  /// What the lints say about a ruleset that loads.
  private func lint(_ parsed: ParsedRuleset) -> [Finding] {
    var options = LintOptions()
    options.unusedMacros = parsed.unusedMacros
    options.interfaces = rules.interfaces?.interfaces ?? Self.defaultInterfaces
    options.loadsAfterVM = rules.loadOrder == .afterVM
    return Linter(parsed.ruleset, options: options).findings()
  }

  private func parseOptions() throws -> ParseOptions {
    var options = ParseOptions(interfaces: rules.interfaces?.interfaces ?? Self.defaultInterfaces)
    options.hosts = rules.hosts.addresses
    options.services = try rules.loadServices()
    options.macros = rules.macros.map { ($0.name, $0.value) }
    options.optimization = OptimizationLevel.none
    options.recordsOrigin = true
    options.verbosity = printRules && !origin ? 1 : 0
    options.readFile = { [files = rules.files] name in RuleFiles.contents(name, files) }
    return options
  }

  private func parse(text: [UInt8], file: String) throws -> ParsedRuleset {
    parseRuleset(text, file: Self.name(of: file), options: try parseOptions())
  }

  private func parse(_ file: String) throws -> ParsedRuleset {
    var parsed = try parse(text: try InputFile.bytes(of: file), file: file)
    var options = try parseOptions()
    let anchors = Dictionary(
      rules.anchors.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
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
