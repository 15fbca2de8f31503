/// A pfctl command line, taken apart into what pfctl does and in which order.
public struct PfctlCommandLine: Sendable, Hashable {
  /// One thing that pfctl does.
  public enum Step: Sendable, Hashable {
    /// It changes the host.
    case change(HostEvent)
    /// It prints a view, named by its word in full.
    case view(String)
    /// It looks into a table.
    case table(TableCommand)
  }
  /// The words behind `pfctl`.
  public let words: [String]
  /// The words as pfctl reads them.
  public let arguments: PfctlArguments
  /// What it does, in pfctl's order.
  public private(set) var steps: [Step] = []

  /// The changes among the steps.
  public var events: [HostEvent] {
    steps.compactMap { if case .change(let event) = $0 { event } else { nil } }
  }

  /// Reads the words behind `pfctl`.
  /// - Parameters:
  ///   - words: The words.
  ///   - files: The texts of files that rules name, as far as they are known by now.
  ///   - file: The text of a file that `-f` names, nil where there is none.
  /// - Throws: ``PfctlUsageError`` where pfctl would refuse the line, or a file is not there.
  public init(
    _ words: [String], files: [String: String] = [:], file: (String) -> String?
  ) throws(PfctlUsageError) {
    self.words = words
    do {
      arguments = try PfctlArguments(words)
    } catch {
      let line = error.text.split(separator: "\n").first.map(String.init) ?? "pfctl's usage"
      throw PfctlUsageError(line.hasPrefix("pfctl: ") ? String(line.dropFirst(7)) : line)
    }
    steps = try Self.steps(arguments, files, file)
  }

  /// The steps in the order of pfctl's `main`.
  private static func steps(
    _ arguments: PfctlArguments, _ files: [String: String], _ file: (String) -> String?
  ) throws(PfctlUsageError) -> [Step] {
    var steps: [Step] = []
    let anchor = arguments.anchorPath.path
    if arguments.disables { steps.append(.change(.disable)) }
    if let view = arguments.view { steps.append(.view(view)) }
    if arguments.clearsCounters, arguments.view == nil {
      steps.append(.change(.clearCounters(anchor: anchor)))
    }
    if let target = arguments.flush {
      steps.append(.change(.flush(target, anchor: anchor, interface: arguments.interface)))
    }
    for (hosts, kind) in [
      (arguments.killed, KillRequest.Kind.states),
      (arguments.killedSources, .sourceNodes),
    ] where !hosts.isEmpty {
      steps.append(.change(.kill(KillRequest(kind, hosts, interface: arguments.interface))))
    }
    if let verb = arguments.tableCommand {
      steps.append(try table(verb, arguments, anchor, file))
    } else if let name = arguments.rulesFile {
      steps.append(.change(.load(try rules(name, arguments, anchor, files, file))))
    }
    if arguments.enables { steps.append(.change(.enable)) }
    if arguments.takesToken { steps.append(.change(.enableWithToken(holder: "pfctl"))) }
    if let token = arguments.releasedToken { steps.append(.change(.release(token: token))) }
    if arguments.releasesNewest { steps.append(.change(.releaseTokens(holder: "pfctl"))) }
    if let level = arguments.debug { steps.append(.change(.setDebug(level))) }
    return steps
  }

  private static func rules(
    _ name: String, _ arguments: PfctlArguments, _ anchor: String, _ files: [String: String],
    _ file: (String) -> String?
  ) throws(PfctlUsageError) -> RulesFile {
    guard let text = file(name) else {
      throw PfctlUsageError("no file \(name) is described; add it under files")
    }
    var rules = RulesFile(
      name: name == "-" ? "stdin" : name, text: text, anchor: anchor, macros: arguments.macros)
    rules.files = files
    rules.options.optimization = arguments.optimization
    if !arguments.parts.isEmpty { rules.options.parts = arguments.parts }
    rules.options.merges = arguments.merges
    rules.options.verbosity = min(arguments.verbosity, 2)
    return rules
  }

  private static func table(
    _ verb: TableCommand.Verb, _ arguments: PfctlArguments, _ anchor: String,
    _ file: (String) -> String?
  ) throws(PfctlUsageError) -> Step {
    guard let name = arguments.table else { throw PfctlUsageError("-T wants a table (-t)") }
    var command = TableCommand(
      verb, table: name, anchor: anchor, operands: arguments.operands,
      verbosity: arguments.verbosity)
    if let path = arguments.rulesFile {
      guard let text = file(path) else { throw PfctlUsageError("no file \(path) is described") }
      command.operands += TableCommand.words(of: text)
    }
    return verb.isQuery ? .table(command) : .change(.table(command))
  }
}

/// What is wrong with a pfctl command line.
public struct PfctlUsageError: Error, Sendable, Hashable {
  /// What is wrong.
  public var message: String

  /// Makes an error.
  public init(_ message: String) { self.message = message }
}

/// `pfctl -k` and `-K`.
public struct KillRequest: Sendable, Hashable {
  /// What is killed.
  public enum Kind: Sendable, Hashable {
    /// States.
    case states
    /// Source nodes.
    case sourceNodes
  }
  /// What is killed.
  public var kind: Kind
  /// One or two hosts or networks, or `label` and a rule's label.
  public var hosts: [String]
  /// The interface of `-i`; nil for all.
  public var interface: String?

  /// Makes a request.
  public init(_ kind: Kind, _ hosts: [String], interface: String? = nil) {
    self.kind = kind
    self.hosts = hosts
    self.interface = interface
  }
}
