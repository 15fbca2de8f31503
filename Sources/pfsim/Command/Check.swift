import ArgumentParser
import Foundation
import PFSim

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

  @OptionGroup var rules: RulesOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
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
    }
  }
}
