import ArgumentParser
import PFSim

/// The options that put a host together: rules, mode, Softnet's options, a host description.
struct DeploymentOptions: ParsableArguments {
  @OptionGroup var rules: RulesOptions
  @OptionGroup var host: HostOptions

  @Option(
    help: ArgumentHelp("Softnet's --allow, as Tart spells it.", valueName: "list"))
  var softnetAllow: String?

  @Option(
    help: ArgumentHelp("Softnet's --block, as Tart spells it.", valueName: "list"))
  var softnetBlock: String?

  @Option(
    help: ArgumentHelp("Softnet's --expose, as Tart spells it.", valueName: "ext:int,…"))
  var softnetExpose: String?

  /// The Softnet options given.
  var softnet: SoftnetOptions {
    SoftnetOptions(allow: softnetAllow, block: softnetBlock, expose: softnetExpose)
  }

  /// The deployment for one mode, with one VM unless the host description has its own.
  /// - Throws: ``CommandFailure`` for files that cannot be opened or read.
  /// - Parameter isLookedAt: Whether the host is only shown, so that a snapshot needs no VM more.
  func deployment(
    for mode: NetworkMode, isLookedAt: Bool = false
  ) throws(CommandFailure) -> Deployment {
    var deployment = try described()
    if let list = rules.interfaces { deployment.host.interfaces = list.interfaces }
    deployment.host.hostNames.merge(rules.hosts.addresses) { _, new in new }
    let files = rules.files
    let readDescribed = deployment.host.readFile
    deployment.host.readFile = { path in
      if case .success(let bytes) = readDescribed(path) { return .success(bytes) }
      return RuleFiles.contents(path, files)
    }
    deployment.host.services = try rules.loadServices() ?? deployment.host.services
    deployment.host.fingerprints = try rules.loadFingerprints() ?? deployment.host.fingerprints
    let macros = rules.macros.map { RulesFile.Macro(name: $0.name, value: $0.value) }
    if let path = rules.rules {
      deployment.rules = RulesFile(
        name: path == "-" ? "stdin" : path, text: try InputFile.text(of: path), macros: macros)
    }
    for anchor in rules.anchors {
      deployment.anchors.append(
        RulesFile(
          name: anchor.value, text: try InputFile.text(of: anchor.value), anchor: anchor.name,
          macros: macros))
    }
    if let order = rules.loadOrder {
      deployment.loadOrder = order == .afterVM ? .afterVM : .beforeVM
    }
    deployment.seed = host.seed
    deployment.evaluator = host.ruleEvaluator
    if isLookedAt, deployment.host.snapshot != nil { return deployment }
    if deployment.machines.isEmpty, !deployment.hasTimeline {
      deployment.machines = [VirtualMachine(name: "vm", mode: mode, softnet: softnet)]
    }
    return deployment
  }

  /// What the host description says; the default host without one.
  private func described() throws(CommandFailure) -> Deployment {
    guard let path = host.host else { return Deployment() }
    return try HostDescription(file: path, files: rules.files).deployment
  }

  /// Boots the host of a deployment.
  /// - Throws: ``CommandFailure`` with pfctl's messages and exit code 65 for refused rules.
  static func boot(_ deployment: Deployment) throws(CommandFailure) -> Host {
    do {
      return try deployment.makeHost()
    } catch {
      throw .badInput(error.message)
    }
  }
}

extension NetworkMode {
  /// The mode of the command line's name for it.
  init(_ name: ModeName) {
    switch name {
    case .nat: self = .nat
    case .softnet: self = .softnet
    case .bridged: self = .bridged
    case .host: self = .host
    }
  }
}
