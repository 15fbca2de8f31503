import ArgumentParser
import PFSim

/// Where the traffic's VM is attached, as the command line spells it.
enum ModeName: String, CaseIterable, Sendable {
  /// vmnet shared mode.
  case nat
  /// Tart's softnet.
  case softnet
  /// vmnet bridged mode.
  case bridged
  /// vmnet host mode.
  case host
}

extension ModeName: ExpressibleByArgument {
  init?(argument: String) {
    self.init(rawValue: argument == "bridge" ? "bridged" : argument)
  }
}

/// The value of `--modes`: one or more modes behind commas.
struct ModeList: Sendable {
  /// The modes in the order given, each once.
  var modes: [ModeName] = []

  /// Reads the list.
  /// - Throws: A validation error that names the known modes.
  init(_ argument: String) throws {
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let mode = ModeName(argument: String(part)) else {
        let known = ModeName.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("unknown mode '\(part)'; choose among \(known)")
      }
      if !modes.contains(mode) { modes.append(mode) }
    }
  }
}

/// The options that describe the simulated host; shared by replay, explain, show and others.
struct HostOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A host description in YAML, or a snapshot of a Mac.", valueName: "file"))
  var host: String?

  @Option(
    help: ArgumentHelp(
      "Where the VM is attached (default: nat).", valueName: "nat|softnet|bridged|host"))
  var mode: ModeName?

  @Option(
    name: .customLong("modes"),
    help: ArgumentHelp("Several modes side by side.", valueName: "mode,mode,…"),
    transform: ModeList.init)
  var modeList: ModeList?

  @Option(
    help: ArgumentHelp("The seed of every random choice.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp("How rules are evaluated (default: fast where it is exact)."))
  var evaluator: EvaluatorName?

  /// How rules are to be evaluated; by classes where it pays when nothing was said.
  var ruleEvaluator: RuleEvaluator { evaluator?.choice ?? .automatic }

  /// The modes asked for; NAT where nothing was said.
  var modes: [ModeName] { modeList?.modes ?? [mode ?? .nat] }

  func validate() throws {
    if mode != nil, modeList != nil {
      throw ValidationError("--mode and --modes exclude each other")
    }
  }
}

/// How rules are evaluated.
enum EvaluatorName: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// The walk of the kernel, rule by rule with skip steps.
  case plain
  /// By classes of header fields, with the same verdicts and counters.
  case fast

  /// What the engine is told: `fast` means from the first packet on.
  var choice: RuleEvaluator { self == .plain ? .plain : .fast }
}
