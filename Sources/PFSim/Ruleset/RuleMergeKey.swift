/// The fields of a rule in a superblock except its addresses.
///
/// Names and rare fields are numbered, so that a key takes little memory.
struct RuleMergeKey: Hashable {
  var family: AddressFamily
  var direction: Direction
  var proto: IPProtocol
  var flags: UInt8
  var flagMask: UInt8
  var sourcePorts: PortMatch?
  var destinationPorts: PortMatch?
  let sourceNegated: Bool
  let destinationNegated: Bool
  /// The number of the interface's name, nil for any.
  var interface: Int32?
  var interfaceResidue: UInt32
  /// The number of the fields in which no rule covers another.
  let fixed: Int32

  /// Numbers names and rare fields in the order in which they occur.
  struct Numbering {
    private var names: [String: Int32] = [:]
    private var fixed: [Fixed: Int32] = [:]

    fileprivate mutating func number(of name: String) -> Int32 {
      if let known = names[name] { return known }
      let number = Int32(truncatingIfNeeded: names.count)
      names[name] = number
      return number
    }

    fileprivate mutating func number(of fields: Fixed) -> Int32 {
      if let known = fixed[fields] { return known }
      let number = Int32(truncatingIfNeeded: fixed.count)
      fixed[fields] = number
      return number
    }
  }

  /// The fields in which no rule covers another.
  fileprivate struct Fixed: Hashable {
    let interfaceNegated: Bool
    let tagged: String
    let taggedNegated: Bool
    let fingerprint: String?
    let timeouts: TimeoutValues
    let icmp: UInt16
    let icmp6: UInt16
    let user: IDMatch?
    let group: IDMatch?
    let icmpType: UInt8?
    let icmpCode: UInt8?
    let tos: UInt8?
  }

  init(_ rule: Rule, _ numbering: inout Numbering) {
    family = rule.family
    direction = rule.direction
    proto = rule.proto
    flags = rule.flags
    flagMask = rule.flagMask
    sourcePorts = rule.source.ports
    destinationPorts = rule.destination.ports
    sourceNegated = rule.source.negated
    destinationNegated = rule.destination.negated
    interface = rule.interface.map { numbering.number(of: $0) }
    interfaceResidue = rule.interfaceResidue
    fixed = numbering.number(
      of: Fixed(
        interfaceNegated: rule.interfaceNegated, tagged: rule.tagged,
        taggedNegated: rule.taggedNegated, fingerprint: rule.fingerprint,
        timeouts: rule.stateOptions.timeouts, icmp: rule.blockReturn.icmp,
        icmp6: rule.blockReturn.icmp6, user: rule.user, group: rule.group,
        icmpType: rule.icmpType, icmpCode: rule.icmpCode, tos: rule.tos))
  }
}
