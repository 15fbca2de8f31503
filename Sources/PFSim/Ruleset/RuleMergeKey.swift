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
  /// The number of the interface's name, -1 for any.
  var interface: Int32
  var interfaceResidue: UInt32
  /// The number of the fields in which no rule covers another.
  let fixed: Int32

  /// The key of a rule with the numbers of its names.
  init(_ rule: UnsafePointer<Rule>, _ numbers: Numbers) {
    family = rule.pointee.family
    direction = rule.pointee.direction
    proto = rule.pointee.proto
    flags = rule.pointee.flags
    flagMask = rule.pointee.flagMask
    sourcePorts = rule.pointee.source.ports
    destinationPorts = rule.pointee.destination.ports
    sourceNegated = rule.pointee.source.negated
    destinationNegated = rule.pointee.destination.negated
    interface = numbers.interface
    interfaceResidue = rule.pointee.interfaceResidue
    fixed = numbers.fixed
  }

  /// What stands for a rule's names and rare fields.
  struct Numbers {
    /// The number of the interface's name, -1 for any.
    var interface: Int32
    /// The number of the fields in which no rule covers another.
    var fixed: Int32
  }

  /// Numbers names and rare fields in the order in which they occur.
  struct Numbering {
    private var names: [String: Int32] = [:]
    private var fixed: [Fixed: Int32] = [:]

    /// The numbers of one rule.
    mutating func numbers(of rule: UnsafePointer<Rule>) -> Numbers {
      var interface: Int32 = -1
      if let name = rule.pointee.interface {
        interface = names[name, default: Int32(truncatingIfNeeded: names.count)]
        names[name] = interface
      }
      let fields = Fixed(rule)
      let number = fixed[fields, default: Int32(truncatingIfNeeded: fixed.count)]
      fixed[fields] = number
      return Numbers(interface: interface, fixed: number)
    }
  }

  /// The fields in which no rule covers another.
  private struct Fixed: Hashable {
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

    init(_ rule: UnsafePointer<Rule>) {
      interfaceNegated = rule.pointee.interfaceNegated
      tagged = rule.pointee.tagged
      taggedNegated = rule.pointee.taggedNegated
      fingerprint = rule.pointee.fingerprint
      timeouts = rule.pointee.stateOptions.timeouts
      icmp = rule.pointee.blockReturn.icmp
      icmp6 = rule.pointee.blockReturn.icmp6
      user = rule.pointee.user
      group = rule.pointee.group
      icmpType = rule.pointee.icmpType
      icmpCode = rule.pointee.icmpCode
      tos = rule.pointee.tos
    }
  }
}
