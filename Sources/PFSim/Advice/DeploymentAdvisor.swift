/// Compares ways of attaching a VM before it is deployed.
public enum DeploymentAdvisor {
  /// Tries every mode with the same rules.
  /// - Parameters:
  ///   - setups: The modes, each with its deployment: host, rules, load order.
  ///   - needs: What is wanted.
  ///   - recording: What a replay found in each mode; modes without a part have no flows.
  /// - Throws: ``DeploymentError`` where the rules are refused.
  public static func advise(
    _ setups: [ModeSetup], needs: [DeploymentNeed], recording: [ReplayResult.Mode] = []
  ) throws(DeploymentError) -> DeploymentAdvice {
    var advice = DeploymentAdvice(needs: needs, modes: [])
    for setup in setups {
      let softnet = softnetOptions(setup.softnet, for: needs, on: setup.deployment.host)
      let trial = try ModeTrial(
        setup.mode, setup.deployment, softnet: softnet, needs: needs)
      advice.modes.append(
        try trial.run(recording: recording.first { $0.mode == setup.mode }))
    }
    return advice
  }

  /// Softnet's options as given, with what the needs ask for beside them.
  public static func softnetOptions(
    _ given: SoftnetOptions, for needs: [DeploymentNeed], on host: HostConfiguration
  ) -> SoftnetOptions {
    func list(_ given: String?, _ more: [String]) -> String? {
      let known = given?.split(separator: ",").map(String.init) ?? []
      let all = known + more.filter { !known.contains($0) }
      return all.isEmpty ? nil : all.joined(separator: ",")
    }
    var options = given
    options.expose = list(given.expose, needs.inboundPorts.map { "\($0):\($0)" })
    // Answers to neighbours have private addresses, too.
    if needs.contains(.lan) || !needs.inboundPorts.isEmpty, let network = host.localNetwork {
      options.allow = list(given.allow, [network])
    }
    if needs.contains(.noHost) { options.block = list(given.block, ["@host"]) }
    return options
  }
}

extension [DeploymentNeed] {
  /// The ports that are to be reached.
  var inboundPorts: [UInt16] {
    compactMap { if case .inbound(let port) = $0 { port } else { nil } }
  }
}

extension HostConfiguration {
  /// The interface of the default route.
  var uplinkName: String? {
    routes.first { $0.prefixLength == 0 && $0.family == .inet && !$0.isScoped }?.interface
  }

  /// The uplink's IPv4 network, for example `192.168.1.0/24`.
  fileprivate var localNetwork: String? {
    let uplink = interfaces.first { $0.name == uplinkName }
    return uplink?.addresses.first { $0.address.family == .inet && $0.peer == nil }.map { own in
      let bits = own.address.bits & AddressBits(prefixLength: Int(own.prefixLength))
      return "\(IPAddress(family: .inet, bits: bits))/\(own.prefixLength)"
    }
  }
}
