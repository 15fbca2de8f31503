import ArgumentParser
import Foundation
import PFSim

<<<<<<< HEAD
/// `pfsim check RULES…`: parse, expand and lint rulesets.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Parse, expand and lint rulesets.",
    discussion: """
      Says what pfctl would refuse, and what is most likely not meant: each finding with a code, \
      its cause, a fix, and a packet for pfsim explain. Exits with 1 for a finding at or above \
      --fail-on (default: error), with 65 for a file that pfctl refuses.
      """)

  @Argument(help: ArgumentHelp("The rulesets; - is standard input.", valueName: "rules"))
  var files: [String] = []

  @Flag(help: "Print what pfctl -o none -nvf prints, without findings.")
  var print = false
=======
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
>>>>>>> main

  @OptionGroup var rules: RulesOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
<<<<<<< HEAD
    let paths = files.isEmpty ? rules.rules.map { [$0] } ?? [] : files
    guard !paths.isEmpty else { throw CommandFailure.usage("name a ruleset to check") }
    var findings: [Finding] = []
    var isRefused = false
    let format = try output.format(among: [.text, .json, .sarif, .github])
    let file = try output.open()
    for path in paths {
      let parsed = try parse(path)
      isRefused = isRefused || parsed.hasErrors
      if print {
        try file.write(parsed.standardOutput)
        FileHandle.standardError.write(Data(parsed.standardError.utf8))
      }
      findings += parsed.diagnostics.filter { !$0.isConsequence }.map(Finding.init)
      if !parsed.hasErrors, !print { findings += try lint(parsed.ruleset) }
    }
    if !print { try file.write(report(FindingsReport(findings), format)) }
    try file.finish()
    if isRefused { throw ExitStatus.badInput.exitCode }
    let fails = FindingsReport(findings).fails(at: Finding.Severity(output.failOn))
    if !print, fails { throw ExitStatus.negative.exitCode }
  }

  private func report(_ report: FindingsReport, _ format: OutputFormat) -> String {
    switch format {
    case .json:
      return ReportDocument.make(
        assumptions: [],
        [
          .init("findings", .array(report.findings.map(\.json)))
        ]
      ).text(indented: true) + "\n"
    case .sarif: return report.sarif.text(indented: true) + "\n"
    case .github: return report.github
    default: return report.text()
    }
  }

  private func parse(_ path: String) throws(CommandFailure) -> ParsedRuleset {
    let text = try InputFile.bytes(of: path)
    return parseRuleset(text, file: path == "-" ? "stdin" : path, options: parseOptions)
  }

  /// The interfaces given, or the default host's with a VM's bridge.
  private var interfaces: [Interface] {
    if let list = rules.interfaces { return list.interfaces }
    let bridge = Interface(
      name: "bridge100",
      addresses: [Interface.Address(address: LintOptions().gateway, prefixLength: 24)])
    return HostConfiguration.defaultInterfaces + [bridge]
  }

  private var parseOptions: ParseOptions {
    var options = ParseOptions(interfaces: interfaces)
    options.hosts = rules.hosts.addresses
    options.macros = rules.macros.map { ($0.name, $0.value) }
    options.optimization = OptimizationLevel.none
    options.verbosity = print ? 1 : 0
    options.recordsOrigin = true
    let files = rules.files
    options.readFile = { path in
      do throws(CommandFailure) {
        return .success(try files.bytes(named: path))
      } catch {
        // Away from a Mac the stock files stand in for themselves.
        if let stock = StockRules.text(ofFile: path) { return .success(Array(stock.utf8)) }
        let prefix = path + ": "
        return .failure(
          error.message.hasPrefix(prefix)
            ? String(error.message.dropFirst(prefix.count)) : error.message)
      }
    }
    return options
  }

  /// The findings about a ruleset together with the anchors given beside it.
  private func lint(_ ruleset: Ruleset) throws(CommandFailure) -> [Finding] {
    var ruleset = ruleset
    for anchor in rules.anchors {
      var options = parseOptions
      options.anchorPath = anchor.name
      let text = try InputFile.bytes(of: anchor.value)
      let parsed = parseRuleset(text, file: anchor.value, options: options)
      if parsed.hasErrors { throw .badInput(parsed.standardError) }
      ruleset.anchors += parsed.ruleset.anchors
    }
    var options = LintOptions()
    options.interfaces = interfaces
    options.loadsAfterVM = rules.loadOrder == .afterVM
    return Linter(ruleset, options: options).findings()
  }
}

extension Finding.Severity {
  /// The severity from which on a finding fails a check; nil for none.
  fileprivate init?(_ threshold: FailureThreshold) {
    switch threshold {
    case .note: self = .note
    case .warning: self = .warning
    case .error: self = .error
    case .none: return nil
=======
    let format = try output.format(among: [.text, .json, .sarif, .github])
    var diagnostics: [Diagnostic] = []
    var printed = ""
    var hasErrors = false
    for file in files {
      let parsed = try parse(file)
      diagnostics += parsed.diagnostics
      hasErrors = hasErrors || parsed.hasErrors
      if origin {
        printed += OriginListing(parsed.ruleset).text
      } else if printRules {
        printed += parsed.standardOutput
      }
    }
    let out = try output.open()
    switch format {
    case .json: try out.write(DiagnosticReport(diagnostics).json)
    case .sarif: try out.write(DiagnosticReport(diagnostics).sarif)
    case .github: try out.write(DiagnosticReport(diagnostics).github)
    default:
      try out.write(printed)
      FileHandle.standardError.write(Data(DiagnosticReport(diagnostics).text.utf8))
    }
    try out.finish()
    if hasErrors { throw ExitStatus.badInput.exitCode }
    if isSevere(diagnostics) { throw ExitStatus.negative.exitCode }
  }

  private func parse(_ file: String) throws -> ParsedRuleset {
    var options = ParseOptions(interfaces: rules.interfaces?.interfaces ?? Self.defaultInterfaces)
    options.hosts = rules.hosts.addresses
    options.macros = rules.macros.map { ($0.name, $0.value) }
    options.optimization = OptimizationLevel.none
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
  /// The contents. Every Mac has a list of fingerprints, so its absence here is no error.
  static func contents(_ name: String, _ files: InputFile) -> FileContents {
    do {
      return .success(try files.bytes(named: name))
    } catch {
      if name == "/etc/pf.os" { return .success([]) }
      let reason =
        error.message.hasPrefix("\(name): ")
        ? String(error.message.dropFirst(name.count + 2)) : error.message
      return .failure(reason)
>>>>>>> main
    }
  }
}
