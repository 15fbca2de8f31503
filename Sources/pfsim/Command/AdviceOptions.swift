import ArgumentParser
import PFSim

/// The options that ask which way of attaching a VM fits what is needed.
struct AdviceOptions: ParsableArguments {
  @Flag(
    help: "Add a table of what works and what is exposed in each mode, and recommend one.")
  var advise = false

  @Option(
    name: .customLong("need"),
    help: ArgumentHelp(
      "What the VM's network must give: \(DeploymentNeed.words).", valueName: "need,…"))
  var needs: [NeedList] = []

  func validate() throws {
    if !needs.isEmpty, !advise { throw ValidationError("--need belongs to --advise") }
  }

  /// The modes to compare: those given, else the three of Tart that a VM's owner chooses among.
  func modes(_ host: HostOptions) -> [ModeName] {
    let isOpen = host.mode == nil && host.modeList == nil
    return advise && isOpen ? [.nat, .softnet, .bridged] : host.modes
  }

  /// Softnet's options with what the needs ask for; as given without advice.
  func softnetOptions(_ given: SoftnetOptions, on host: HostConfiguration) -> SoftnetOptions {
    guard advise else { return given }
    return DeploymentAdvisor.softnetOptions(given, for: needs.flatMap(\.needs), on: host)
  }

  /// The advice on what a replay found.
  /// - Throws: ``CommandFailure`` where rules are refused.
  func advice(
    on modes: [ModeSetup], _ result: ReplayResult
  ) throws(CommandFailure) -> DeploymentAdvice? {
    guard advise else { return nil }
    do {
      return try DeploymentAdvisor.advise(
        modes, needs: needs.flatMap(\.needs), recording: result.modes)
    } catch {
      throw error.failure
    }
  }
}

/// The value of `--need`: one or more needs behind commas.
struct NeedList: ExpressibleByArgument, Sendable {
  /// The needs in the order given.
  var needs: [DeploymentNeed] = []

  init?(argument: String) {
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let need = DeploymentNeed(part) else { return nil }
      needs.append(need)
    }
  }
}
