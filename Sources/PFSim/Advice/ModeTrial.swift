/// Tries one mode: starts a host with two VMs and makes the connections that questions stand for.
struct ModeTrial {
  private let mode: NetworkMode
  private var deployment: Deployment
  private let needs: [DeploymentNeed]
  private let places: Places

  /// The addresses that take part.
  private struct Places {
    var vm: IPAddress
    var sibling: IPAddress
    /// The VMs' gateway: the bridge, or the local network's router.
    var gateway: IPAddress
    /// The Mac as the VM reaches it.
    var host: IPAddress
    /// The Mac on the local network.
    var lanHost: IPAddress
    /// Another machine of the local network.
    var neighbour: IPAddress
  }

  /// Finds the addresses by starting the VM once.
  /// - Throws: ``DeploymentError`` where the rules are refused.
  init(
    _ mode: NetworkMode, _ deployment: Deployment, softnet: SoftnetOptions,
    needs: [DeploymentNeed]
  ) throws(DeploymentError) {
    self.mode = mode
    self.needs = needs
    var first = deployment
    first.machines = [VirtualMachine(name: "vm", mode: mode)]
    let host = try first.makeHost()
    places = Self.places(mode, host)
    self.deployment = deployment
    self.deployment.machines = [places.vm, places.sibling].enumerated().map { index, address in
      var machine = VirtualMachine(
        name: "vm\(index + 1)", mode: mode,
        mac: MACAddress(bits: 0x5254_0000_0005 + UInt64(index)), address: address)
      machine.softnet = softnet
      machine.softnet.assumesLease = true
      return machine
    }
  }

  private static func places(_ mode: NetworkMode, _ host: Host) -> Places {
    let own = host.uplink.flatMap { index in
      host.interfaces[index].addresses.first { $0.address.family == .inet && $0.peer == nil }
    }
    let lanHost = own?.address ?? IPAddress(ipv4: 0xc0a8_0114)
    let length = own?.prefixLength ?? 24
    let lan = lanHost.bits.ipv4 & AddressBits(prefixLength: Int(length)).ipv4
    let room = length >= 32 ? 0 : ~UInt32(0) >> UInt32(length)
    func station(_ number: UInt32, of base: UInt32) -> IPAddress {
      IPAddress(ipv4: base | (number & room))
    }
    let router =
      host.routes.first { $0.prefixLength == 0 && $0.family == .inet && !$0.isScoped }?.gateway
    // Addresses from the end of the network, which routers and the Mac seldom have.
    let neighbour = station(0xfffffffa, of: lan)
    guard mode != .bridged, let network = host.networks.last, let gateway = network.gateway else {
      return Places(
        vm: station(0xfffffff5, of: lan), sibling: station(0xfffffff6, of: lan),
        gateway: router ?? station(1, of: lan), host: lanHost, lanHost: lanHost,
        neighbour: neighbour)
    }
    let base = gateway.bits.ipv4 & AddressBits(prefixLength: Int(network.prefixLength)).ipv4
    return Places(
      vm: IPAddress(ipv4: base | 5), sibling: IPAddress(ipv4: base | 6), gateway: gateway,
      host: gateway, lanHost: lanHost, neighbour: neighbour)
  }

  // MARK: Options

  /// Tart's options for the mode and the needs.
  private var options: [String] {
    let softnet = deployment.machines[0].softnet
    switch mode {
    case .nat: return []
    case .bridged: return ["--net-bridged=\(uplinkName)"]
    case .host: return ["--net-host"]
    case .softnet:
      let given = [
        ("allow", softnet.allow), ("block", softnet.block), ("expose", softnet.expose),
      ].compactMap { name, value in value.map { "--net-softnet-\(name)=\($0)" } }
      return given.isEmpty ? ["--net-softnet"] : given
    }
  }

  private var uplinkName: String { deployment.host.uplinkName ?? "en0" }

  // MARK: Questions

  /// Asks everything.
  /// - Throws: ``DeploymentError`` where the rules are refused.
  func run(recording: ReplayResult.Mode?) throws(DeploymentError) -> DeploymentAdvice.Mode {
    var result = DeploymentAdvice.Mode(
      mode: mode, options: options, isEnabled: false, isFiltered: false, answers: [],
      flows: (0, 0), unmet: [], exposures: [])
    let ports =
      needs.inboundPorts
      + (needs.inboundPorts.contains(Self.unwantedPort) ? [] : [Self.unwantedPort])
    let questions: [DeploymentAdvice.Question] =
      [.internet, .names, .lan, .host, .sibling] + ports.map { .inbound($0) }
    for question in questions {
      let (answer, host, isSeen) = try ask(question)
      result.answers.append(answer)
      result.isEnabled = host.filter.isEnabled
      if question == .internet { result.isFiltered = isSeen }
    }
    if let recording {
      result.flows.all = recording.flows.count + recording.unlisted.values.reduce(0, +)
      result.flows.broken =
        recording.flows.count { $0.outcome.isBroken }
        + recording.unlisted.filter { $0.key.isBroken }.values.reduce(0, +)
    }
    result.unmet = needs.compactMap { need in
      unmetReason(need, result).map { DeploymentAdvice.Unmet(need: need, reason: $0) }
    }
    result.exposures = exposures(result)
    return result
  }

  /// A port that nobody asked to open, for the question what else is open.
  private static let unwantedPort: UInt16 = 5900

  private func notation(_ question: DeploymentAdvice.Question) -> String {
    let vm = "\(places.vm):50000 >"
    switch question {
    case .internet: return "tcp \(vm) 1.1.1.1:443 S from VM"
    case .names: return "udp \(vm) \(places.gateway):53 len 30 from VM"
    case .lan: return "tcp \(vm) \(places.neighbour):445 S from VM"
    case .host: return "tcp \(vm) \(places.host):22 S from VM"
    case .sibling: return "tcp \(vm) \(places.sibling):22 S from VM"
    case .inbound(let port):
      let target = mode == .bridged ? places.vm : places.lanHost
      return "tcp \(places.neighbour):50000 > \(target):\(port) S from uplink"
    }
  }

  /// Makes the connection on a host of its own.
  private func ask(
    _ question: DeploymentAdvice.Question
  ) throws(DeploymentError) -> (DeploymentAdvice.Answer, Host, isSeen: Bool) {
    let text = notation(question)
    let host = try deployment.makeHost()
    var answer = DeploymentAdvice.Answer(
      question: question, packet: text, works: false, outcome: .undetermined, reason: "")
    guard let frame = try? FrameNotation(text) else { return (answer, host, false) }
    var run = ScenarioRun(
      Scenario(name: text, deployment: deployment), on: host, ScenarioEnvironment())
    guard let flow = run.connect(frame) else { return (answer, host, false) }
    answer.outcome = flow.outcome
    answer.reason = flow.reason
    answer.works = flow.outcome == .works || flow.outcome == .notSeenByPF
    if case .inbound = question, answer.works, run.observation?.disposition.vm ?? -1 < 0 {
      answer.works = false
      answer.outcome = .lost
      answer.reason = "the Mac itself takes it; no rdr rule leads to the VM"
    }
    return (answer, host, run.observation?.disposition.isSeenByPF ?? false)
  }

  // MARK: Judgement

  private func unmetReason(_ need: DeploymentNeed, _ mode: DeploymentAdvice.Mode) -> String? {
    func failure(_ question: DeploymentAdvice.Question) -> String? {
      guard let answer = mode.answers.first(where: { $0.question == question }), !answer.works
      else { return nil }
      return "\(answer.outcome.rawValue): \(answer.reason)"
    }
    func success(_ question: DeploymentAdvice.Question) -> String? {
      failure(question) == nil ? "it is reached" : nil
    }
    switch need {
    case .internet: return failure(.internet) ?? (self.mode == .host ? nil : failure(.names))
    case .lan: return failure(.lan)
    case .host: return failure(.host)
    case .inbound(let port): return failure(.inbound(port))
    case .isolation: return success(.sibling).map { _ in "other VMs are reached" }
    case .filtered:
      return mode.isFiltered ? nil : mode.isEnabled ? "no hook of pf sees it" : "pf is off"
    case .noLAN: return success(.lan)
    case .noHost: return success(.host)
    }
  }

  private func exposures(_ mode: DeploymentAdvice.Mode) -> [String] {
    func works(_ question: DeploymentAdvice.Question) -> Bool {
      mode.answers.contains { $0.question == question && $0.works }
    }
    var list: [String] = []
    if works(.inbound(Self.unwantedPort)), !needs.contains(.inbound(Self.unwantedPort)) {
      list.append("the local network reaches every port of the VM")
    }
    if works(.lan), !needs.contains(.lan) { list.append("the VM reaches the local network") }
    if works(.host), !needs.contains(.host) { list.append("the VM reaches the Mac's services") }
    if works(.sibling) { list.append("VMs reach each other") }
    if !mode.isFiltered { list.append("no rule of pf applies to the VM") }
    return list
  }
}
