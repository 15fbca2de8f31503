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
  init(_ rule: UnsafePointer<Rule>, _ numbers: RuleNumbering.Numbers) {
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
}
