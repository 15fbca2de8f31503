import ArgumentParser
import PFSim

/// Whether the main ruleset was loaded before or after the VM started.
enum LoadOrder: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// At boot, then the VM started.
  case beforeVM = "before-vm"
  /// The VM started, then the ruleset was loaded.
  case afterVM = "after-vm"
}

/// The options that name rules and what they depend on; shared by all verbs that load rules.
struct RulesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The main ruleset; - is standard input (default: macOS's stock pf.conf).",
      valueName: "file"))
  var rules: String?

  @Option(
    name: .customLong("anchor"),
    help: ArgumentHelp("Load FILE into the anchor NAME; repeatable.", valueName: "name=file"))
  var anchors: [NamedValue] = []

  @Option(
    name: .customShort("D"),
    help: ArgumentHelp("Define a macro; repeatable.", valueName: "name=value"))
  var macros: [NamedValue] = []

  @Option(
    help: ArgumentHelp(
      "Whether the main ruleset was loaded at boot or after the VM started (default: before-vm, or "
        + "what the host description says).",
      valueName: "before-vm|after-vm"))
  var loadOrder: LoadOrder?

  @Option(
    help: ArgumentHelp(
      "The host's interfaces: 'name=addr/len,addr/len->peer;name=…'.", valueName: "list"))
  var interfaces: InterfaceList?

  @Option(
    help: ArgumentHelp("The only host names that resolve: 'name=addr,…;…'.", valueName: "list"))
  var hosts = HostTable()

  @Option(
    help: ArgumentHelp(
      "The services that rules may name, such as /etc/services (default: a built-in list).",
      valueName: "file"))
  var services: String?

  @Option(
    help: ArgumentHelp(
      "Operating system fingerprints in pf.os format (default: a few of today).",
      valueName: "file"))
  var fingerprints: String?

  @Option(
    help: ArgumentHelp("The folder that files named by rules must lie in.", valueName: "dir"))
  var root: String?

  /// The fingerprints of `--fingerprints`, nil where none are given.
  /// - Throws: ``CommandFailure`` for a file that cannot be read, or a line in it.
  func loadFingerprints() throws(CommandFailure) -> FingerprintList? {
    guard let fingerprints else { return nil }
    let list = FingerprintList(parsing: try InputFile.bytes(of: fingerprints))
    if let problem = list.problems.first {
      throw .badInput("\(fingerprints):\(problem.line): \(problem.message)")
    }
    return list
  }

  /// The services of `--services`, nil where none are given.
  /// - Throws: ``CommandFailure`` for a file that cannot be read.
  func loadServices() throws(CommandFailure) -> ServiceFile? {
    guard let services else { return nil }
    return ServiceFile(parsing: try InputFile.bytes(of: services))
  }

  /// The reader for files that rules name.
  var files: InputFile { InputFile(root: root) }
}

/// A `name=value` pair on the command line.
struct NamedValue: ExpressibleByArgument, Sendable, Hashable {
  /// What stands before the first equals sign; never empty.
  var name: String
  /// What stands behind it.
  var value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      return nil
    }
    name = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }
}

/// The value of `--interfaces`.
struct InterfaceList: ExpressibleByArgument, Sendable {
  /// The interfaces in the order given.
  var interfaces: [Interface]

  init?(argument: String) {
    guard let list = try? [Interface](parsing: argument) else { return nil }
    interfaces = list
  }
}

/// The value of `--hosts`: the names that resolve.
struct HostTable: ExpressibleByArgument, Sendable {
  /// The addresses of each name, in the order given.
  var addresses: [String: [IPAddress]] = [:]

  /// No name resolves.
  init() {}

  init?(argument: String) {
    for part in argument.split(separator: ";") {
      guard let entry = NamedValue(argument: part.trimmingSpaces) else { return nil }
      let items = entry.value.split(separator: ",")
      let parsed = items.compactMap { IPAddress($0.trimmingSpaces) }
      guard !parsed.isEmpty, parsed.count == items.count else { return nil }
      addresses[entry.name, default: []] += parsed
    }
  }

  var defaultValueDescription: String { "no name resolves" }
}

extension Substring {
  /// The text without spaces at either end.
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
