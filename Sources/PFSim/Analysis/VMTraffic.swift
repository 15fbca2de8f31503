/// A kind of packets that a VM in NAT mode cannot do without.
struct VMTraffic {
  /// What breaks, as the end of "a VM cannot …".
  var purpose: String
  /// The packets, all of which are needed.
  var queries: [PacketCriteria]
  /// The line that lets them pass.
  var line: String

  /// The kinds, in the order in which a VM needs them.
  static func all(_ options: LintOptions) -> [VMTraffic] {
    let network = AddressCriterion.network(
      options.gateway, length: Int(options.gatewayPrefixLength))
    let base = IPAddress(
      family: .inet,
      bits: options.gateway.bits
        & AddressBits(prefixLength: Int(options.gatewayPrefixLength)))
    let networkText = "\(base)/\(options.gatewayPrefixLength)"
    var dhcp = packets(.udp, .in, options.bridge)
    dhcp.source = .host(IPAddress(ipv4: 0))
    dhcp.destination = .host(IPAddress(ipv4: .max))
    dhcp.sourcePorts = PortMatch(.equal, 68)
    dhcp.destinationPorts = PortMatch(.equal, 67)
    var dns = packets(.udp, .in, options.bridge)
    dns.source = network
    dns.destination = .host(options.gateway)
    dns.destinationPorts = PortMatch(.equal, 53)
    var out = packets(.tcp, .in, options.bridge)
    out.source = network
    let bridge = options.bridge
    var result = [
      VMTraffic(
        purpose: "get an address by DHCP", queries: [dhcp],
        line: "pass in quick on \(bridge) inet proto udp from any port 68 to any port 67"),
      VMTraffic(
        purpose: "ask the Mac's DNS", queries: [dns],
        line: "pass in quick on \(bridge) inet proto { udp tcp } from \(networkText) "
          + "to \(options.gateway) port 53"),
      VMTraffic(
        purpose: "open connections: its packets are dropped on \(bridge)", queries: [out],
        line: "pass in quick on \(bridge) inet from \(networkText) to any"),
    ]
    result += options.uplinks.compactMap { leaving($0, options) }
    return result
  }

  /// Connections leaving by an uplink with its address.
  private static func leaving(_ uplink: String, _ options: LintOptions) -> VMTraffic? {
    let interface = options.interfaces.first { $0.name == uplink }
    let address = interface?.addresses.lazy.map(\.address).first { $0.family == .inet }
    guard let address else { return nil }
    var query = packets(.tcp, .out, uplink)
    query.source = .host(address)
    return VMTraffic(
      purpose: "open connections: its translated packets are dropped on \(uplink)",
      queries: [query], line: "pass out quick on \(uplink) inet from (\(uplink)) to any")
  }

  /// New connections or datagrams of a protocol.
  private static func packets(
    _ proto: IPProtocol, _ direction: Direction, _ interface: String
  ) -> PacketCriteria {
    var criteria = PacketCriteria()
    criteria.interface = interface
    criteria.direction = direction
    criteria.family = .inet
    criteria.proto = proto
    criteria.wholeness = .whole
    if proto == .tcp {
      criteria.flags = TCPFlags.syn.rawValue
      criteria.flagMask = 0xff
    }
    return criteria
  }
}

extension Linter {
  /// Kinds of a VM's packets that are blocked altogether.
  func vmTrafficFindings(_ budget: inout AnalysisBudget) -> [Finding] {
    guard main != nil else { return [] }
    var findings: [Finding] = []
    for traffic in VMTraffic.all(options) {
      for query in traffic.queries {
        guard let blocker = blocker(of: query, in: filterWithVM, &budget) else { continue }
        findings.append(vmTrafficFinding(traffic, blocker))
      }
    }
    return findings
  }

  private func vmTrafficFinding(_ traffic: VMTraffic, _ blocker: Blocker) -> Finding {
    let place = blocker.rule.provenance.location
    var edits: [Finding.Edit] = []
    if let place, place.file == mainLocation?.file, let first = firstLine(of: .filter) {
      edits = [Finding.Edit(file: place.file, line: first, inserted: [traffic.line], rank: 100)]
    }
    return Finding(
      code: LintCode.vmTrafficBlocked.rawValue, severity: .warning,
      message: "a VM in NAT mode cannot \(traffic.purpose)",
      cause: "every such packet is blocked by: \(blocker.rule.text())", location: place,
      fix: Finding.Fix("add the line: \(traffic.line)", edits: edits), witness: blocker.witness)
  }

  /// The first line of the main file with a rule of a list or of a later one in pf.conf's order;
  /// nil where there is none.
  func firstLine(of kind: RuleKind) -> Int? {
    guard let main, let file = mainLocation?.file else { return nil }
    let places = RuleKind.allCases.filter { $0.fileOrder >= kind.fileOrder }.flatMap { main[$0] }
      .compactMap(\.provenance.location).filter { $0.file == file }
    return places.map(\.line).min()
  }
}
