/// A network interface of the host, as pf and pfctl see it.
public struct Interface: Sendable, Hashable {
  /// One address of an interface.
  public struct Address: Sendable, Hashable {
    /// The address.
    public var address: IPAddress
    /// The length of the interface's prefix, 0…32 or 0…128.
    public var prefixLength: UInt8
    /// The other end of a point-to-point link; nil for others.
    public var peer: IPAddress?

    /// Makes an address.
    public init(address: IPAddress, prefixLength: UInt8, peer: IPAddress? = nil) {
      self.address = address
      self.prefixLength = prefixLength
      self.peer = peer
    }
  }
  /// The name.
  public var name: String
  /// The addresses in the order the system lists them.
  public var addresses: [Address]
  /// The largest IP packet, in bytes.
  public var mtu: Int = 1500

  /// Makes an interface.
  public init(name: String, addresses: [Address] = []) {
    self.name = name
    self.addresses = addresses
  }

  /// Whether the name is that of a loopback interface.
  public var isLoopback: Bool { name.hasPrefix("lo") }

  /// Whether the interface is a point-to-point link (tunnels).
  public var isPointToPoint: Bool {
    ["utun", "tun", "gif", "ppp", "ipsec"].contains { name.hasPrefix($0) }
  }

  /// Whether the interface can broadcast.
  public var isBroadcast: Bool { !isLoopback && !isPointToPoint }
}

/// An error in a list of interfaces.
public struct InterfaceListError: Error, Sendable, Hashable {
  /// The part of the text that could not be read.
  public var text: String
  /// What is wrong with it.
  public var reason: String
}

extension [Interface] {
  /// Reads the short form `name=addr/len,addr/len;name=…`.
  ///
  /// A point-to-point peer stands behind `->` or `>`; an interface without addresses is `name=`.
  /// - Throws: ``InterfaceListError`` naming the part that could not be read.
  public init(parsing text: some StringProtocol) throws(InterfaceListError) {
    self.init()
    for part in text.split(separator: ";") {
      let trimmed = part.drop { $0 == " " }
      if trimmed.isEmpty { continue }
      guard let equals = trimmed.firstIndex(of: "="), equals > trimmed.startIndex else {
        throw InterfaceListError(text: String(part), reason: "expected name=address/length,…")
      }
      var interface = Interface(name: String(trimmed[..<equals]))
      for address in trimmed[trimmed.index(after: equals)...].split(separator: ",") {
        interface.addresses.append(try Interface.Address(parsing: address))
      }
      append(interface)
    }
  }
}

extension Interface.Address {
  /// Reads `addr`, `addr/len` or `addr/len->peer`.
  /// - Throws: ``InterfaceListError`` naming the text.
  public init(parsing text: some StringProtocol) throws(InterfaceListError) {
    func failure(_ reason: String) -> InterfaceListError {
      InterfaceListError(text: String(text), reason: reason)
    }
    let ends = text.split(separator: ">", maxSplits: 1)
    guard let own = ends.first else { throw failure("expected an address") }
    let parts = (own.hasSuffix("-") ? own.dropLast() : own).split(separator: "/", maxSplits: 1)
    guard let first = parts.first, let address = IPAddress(first) else {
      throw failure("not an IPv4 or IPv6 address")
    }
    var length = UInt8(address.family.addressBits)
    if parts.count == 2 {
      guard let given = UInt8(parts[1]), given <= length else {
        throw failure("prefix length out of range")
      }
      length = given
    }
    var peer: IPAddress?
    if ends.count == 2 {
      let text = ends[1].split(separator: "/", maxSplits: 1).first ?? ends[1]
      guard let other = IPAddress(text), other.family == address.family else {
        throw failure("the peer is not an address of the same family")
      }
      peer = other
    }
    self.init(address: address, prefixLength: length, peer: peer)
  }
}
