/// A split of ICMP types and codes into the classes that rules tell apart.
struct ICMPClasses: Sendable, Hashable {
  /// Types and codes of one family that no rule tells apart.
  struct Class: Sendable, Hashable {
    var family: AddressFamily
    /// One type of the class.
    var type: UInt8
    /// Whether rules name the type.
    var isNamedType: Bool
    /// One code of the class.
    var code: UInt8
    /// Whether rules name the code.
    var isNamedCode: Bool
  }

  /// The classes.
  private(set) var classes: [Class] = []

  /// Makes the classes for criteria; those without a type are left out of the count.
  init(_ criteria: [PacketCriteria]) {
    for family in [AddressFamily.inet, .inet6] {
      let proto: IPProtocol = family == .inet ? .icmp : .icmpv6
      var codes: [UInt8: Set<UInt8>] = [:]
      for one in criteria where one.proto == proto {
        guard let type = one.icmpType else { continue }
        codes[type, default: []].formUnion(one.icmpCode.map { [$0] } ?? [])
      }
      for (type, named) in codes.sorted(by: { $0.key < $1.key }) {
        addCodes(family, type, isNamedType: true, named)
      }
      let echo: UInt8 = family == .inet ? 8 : 128
      if let other = Self.unnamed(first: echo, Set(codes.keys)) {
        addCodes(family, other, isNamedType: false, [])
      }
    }
  }

  private mutating func addCodes(
    _ family: AddressFamily, _ type: UInt8, isNamedType: Bool, _ named: Set<UInt8>
  ) {
    for code in named.sorted() {
      classes.append(
        Class(
          family: family, type: type, isNamedType: isNamedType, code: code, isNamedCode: true))
    }
    guard let other = Self.unnamed(first: 0, named) else { return }
    classes.append(
      Class(
        family: family, type: type, isNamedType: isNamedType, code: other, isNamedCode: false))
  }

  private static func unnamed(first: UInt8, _ named: Set<UInt8>) -> UInt8? {
    named.contains(first) ? (0...255).first { !named.contains($0) } : first
  }
}
