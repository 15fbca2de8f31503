extension Host {
  /// Reads a file of rules as pfctl would now, with the interfaces that are there.
  ///
  /// Puts pfctl's messages into the report; nil where the file is refused.
  func parse(_ file: RulesFile, _ report: inout EventReport) -> Ruleset? {
    var options = ParseOptions(interfaces: presentInterfaces)
    options.hosts = configuration.hostNames
    options.services = configuration.services
    options.macros = file.macros.map { (name: $0.name, value: $0.value) }
    options.anchorPath = file.anchor
    options.isDryRun = false
    options.recordsOrigin = true
    options.parts = file.parts
    options.optimization = file.options.optimization
    options.verbosity = file.options.verbosity
    let readFile = configuration.readFile
    let files = file.files
    options.readFile = { path in
      if let text = files[path] { return .success(Array(text.utf8)) }
      let contents = readFile(path)
      if case .failure = contents, let stock = StockRules.text(ofFile: path) {
        return .success(Array(stock.utf8))
      }
      return contents
    }
    let parsed = parseRuleset(Array(file.text.utf8), file: file.name, options: options)
    let lines = parsed.standardError.split(separator: "\n", omittingEmptySubsequences: false)
    report.messages += (lines.last?.isEmpty == true ? lines.dropLast() : lines[...])
      .map(String.init)
    report.output += parsed.standardOutput
    return parsed.hasErrors ? nil : parsed.ruleset
  }

  /// What words such as interfaces' names stand for now.
  var resolver: HostResolver {
    HostResolver(interfaces: presentInterfaces, hosts: configuration.hostNames)
  }

  /// The interfaces that are there now, in the order the system lists them.
  var presentInterfaces: [Interface] {
    interfaces.indices.filter { isPresent[$0] }.map { interfaces[$0] }
  }

  /// Loads a text that a service writes.
  func loadService(path: String, _ text: String, _ report: inout EventReport) {
    var options = ParseOptions(interfaces: presentInterfaces)
    options.anchorPath = path
    options.optimization = OptimizationLevel.none
    let parsed = parseRuleset(Array(text.utf8), file: path, options: options)
    guard !parsed.hasErrors else {
      report.messages.append(parsed.standardError)
      return
    }
    do { try filter.load(parsed.ruleset.withoutPlaces) } catch {
      report.messages.append(error.message)
    }
  }

  /// The rules of one list of a ruleset as they are now.
  func rules(of kind: RuleKind, in path: String) -> [Rule] {
    filter.rules(kind, anchor: path).map(\.rule)
  }

  /// Inserts a rule by its priority into the main ruleset; false where a call of the same anchor is
  /// there already (kernel: `DIOCINSERTRULE` gives EEXIST).
  func insert(_ rule: Rule, _ kind: RuleKind) -> Bool {
    let isThere = rules(of: kind, in: "").contains {
      $0.anchorCall?.path == rule.anchorCall?.path && !($0.anchorCall?.wildcard ?? false)
    }
    guard !isThere else { return false }
    do {
      try filter.insertRule(rule, kind: kind, anchor: "")
      return true
    } catch {
      return false
    }
  }
}

extension RulesFile {
  /// The parts of the file that count where it is loaded.
  var parts: LoadParts {
    anchor.isEmpty ? options.parts : options.parts.intersection(.anchor)
  }
}

extension Ruleset {
  /// The ruleset without places in files: no file holds a service's rules.
  fileprivate var withoutPlaces: Ruleset {
    var result = self
    for anchor in result.anchors.indices {
      for kind in RuleKind.allCases {
        for index in result.anchors[anchor][kind].indices {
          result.anchors[anchor][kind][index].provenance = Provenance()
        }
      }
    }
    return result
  }
}
