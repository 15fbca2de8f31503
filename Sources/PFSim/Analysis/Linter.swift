/// Checks a ruleset for what is most likely not meant.
///
/// Every claim is proved with sets of packets (``RuleSets``); claims about rules hold for any
/// contents of tables and interfaces that can change. What cannot be decided is said to be so.
public struct Linter: Sendable {
  /// What is checked.
  public let ruleset: Ruleset
  /// What is known besides.
  public let options: LintOptions
  let tables: KnownTables
  /// The filter rules with their sets.
  let filter: RuleSets
  /// The filter rules as they are while a VM network runs.
  let filterWithVM: RuleSets
  /// The main ruleset and the sharing service's anchors while a VM network runs.
  let withVM: Ruleset
  /// The places of every statement of the main file's rules.
  let expansions: [Provenance.Location: Int]

  /// Prepares a check.
  /// - Parameter ruleset: The rules as written (not optimised), all loaded anchors among them.
  public init(_ ruleset: Ruleset, options: LintOptions = LintOptions()) {
    self.ruleset = ruleset
    self.options = options
    tables = KnownTables(ruleset)
    let unseen = Self.unseen(ruleset)
    let names = options.interfaces.map(\.name) + [options.bridge]
    filter = RuleSets(
      Self.walk(ruleset, .filter, options), test: .filter, tables: tables, interfaces: names,
      unseen: unseen)
    withVM = SharedNetworkRules.added(to: ruleset, options)
    let queries = Self.queries(ruleset, options)
    filterWithVM = RuleSets(
      Self.walk(withVM, .filter, options), test: .filter, tables: tables,
      queries: queries.count <= options.largestWalk ? queries : [], interfaces: names,
      unseen: unseen)
    var expansions: [Provenance.Location: Int] = [:]
    for rule in ruleset.anchors.flatMap({ $0.rules.joined() }) {
      if let location = rule.provenance.location { expansions[location, default: 0] += 1 }
    }
    self.expansions = expansions
  }

  /// Everything there is to say, in the order of files, lines and columns.
  /// - Complexity: The square of the number of rules, up to ``LintOptions/largestWalk`` and within
  ///   ``LintOptions/steps``; linear beyond. A finding says where the check ended early.
  public func findings() -> [Finding] {
    var budget = AnalysisBudget(steps: options.steps)
    var findings: [Finding] = []
    findings += interfaceFindings()
    findings += reachabilityFindings(&budget)
    findings += negatedListFindings()
    findings += rangeFindings()
    findings += tagFindings()
    findings += anchorFindings()
    findings += missingCallFindings(&budget)
    findings += sharingFindings(&budget)
    findings += vmTrafficFindings(&budget)
    findings += loopbackFindings(&budget)
    findings += redirectFindings(&budget)
    findings += natFindings()
    findings += ipv6Findings()
    findings += tableFindings()
    findings += limitFindings()
    findings += kernelFindings()
    findings += macroFindings()
    findings += boundFindings(budget)
    return Self.sorted(findings)
  }

  /// The rules of a list in order; none where there are too many to compare.
  static func walk(_ ruleset: Ruleset, _ kind: RuleKind, _ options: LintOptions) -> RuleWalk {
    let walk = RuleWalk(ruleset, kind)
    return isAnalysed(walk, options) ? walk : .empty(kind)
  }

  private static func isAnalysed(_ walk: RuleWalk, _ options: LintOptions) -> Bool {
    walk.isComplete && walk.steps.count <= options.largestWalk
  }

  /// Whether the sets of packets of a list are compared.
  func isAnalysed(_ walk: RuleWalk) -> Bool { Self.isAnalysed(walk, options) }

  /// Orders by place, then by weight; findings without a place come first.
  static func sorted(_ findings: [Finding]) -> [Finding] {
    findings.enumerated().sorted { left, right in
      let a = left.element
      let b = right.element
      let keyA = (a.file ?? "", a.line ?? 0, a.column ?? 0, 2 - Int(a.severity.rawValue))
      let keyB = (b.file ?? "", b.line ?? 0, b.column ?? 0, 2 - Int(b.severity.rawValue))
      return keyA == keyB ? left.offset < right.offset : keyA < keyB
    }.map(\.element)
  }

  /// The interfaces on which pf sees no packet: skipped ones, VM ports and names of no interface.
  static func unseen(_ ruleset: Ruleset) -> Set<String> {
    var names = Set(ruleset.options.skipInterfaces)
    for rule in ruleset.anchors.flatMap({ $0.rules.joined() }) {
      guard let name = rule.interface else { continue }
      if name.isVMPort || name.isInterfaceGroup { names.insert(name) }
    }
    return names
  }

  /// The main ruleset; nil where the check is of an anchor's file.
  var main: Ruleset.Anchor? { ruleset.anchors.first.flatMap { $0.path.isEmpty ? $0 : nil } }

  /// The part of the budget that one question may take.
  func question(_ budget: inout AnalysisBudget) -> AnalysisBudget {
    let steps = min(options.stepsPerQuestion, budget.steps)
    return AnalysisBudget(steps: steps)
  }

  /// Takes what a question took from the budget.
  func settle(_ question: AnalysisBudget, from start: Int, _ budget: inout AnalysisBudget) {
    _ = budget.spend(start - question.steps)
  }
}

extension String {
  /// Whether the interface is a VM's port of a bridge, where pf sees nothing.
  var isVMPort: Bool { hasPrefix("vmenet") && dropFirst(6).allSatisfy(\.isNumber) }

  /// Whether the name lacks the number that every interface of macOS ends with.
  var isInterfaceGroup: Bool { last.map { !$0.isNumber } ?? false }

  /// Whether the interface is a bridge that macOS makes for VMs.
  var isVMBridge: Bool {
    guard hasPrefix("bridge"), let number = Int(dropFirst(6)) else { return false }
    return number >= 100
  }
}
