/// The output of `ifconfig -a`, line by line.
enum IfconfigText {
  /// What is wrong with a line.
  struct Failure: Error {
    var reason: String
  }

  /// Takes a line: a new interface, or something about the last one.
  static func take(
    _ line: Substring, _ interfaces: inout [Interface], _ members: inout [HostSnapshot.Member]
  ) throws(Failure) {
    guard let first = line.first else { return }
    if first != "\t", first != " " {
      guard let colon = line.firstIndex(of: ":") else { return }
      var interface = Interface(name: String(line[..<colon]))
      let words = line.split(separator: " ")
      if let mtu = words.firstIndex(of: "mtu"), mtu + 1 < words.count {
        interface.mtu = Int(words[mtu + 1]) ?? 1500
      }
      interfaces.append(interface)
      return
    }
    guard let last = interfaces.indices.last else { return }
    let words = line.split { $0 == " " || $0 == "\t" }
    switch words.first {
    case "inet": interfaces[last].addresses.append(try inet(words))
    case "inet6": interfaces[last].addresses.append(try inet6(words))
    case "member:" where words.count > 1:
      members.append(
        HostSnapshot.Member(
          bridge: interfaces[last].name, name: String(words[1]),
          isIsolated: line.contains("PRIVATE")))
    default: break
    }
  }

  private static func value(_ name: String, _ words: [Substring]) -> Substring? {
    guard let index = words.firstIndex(where: { $0 == name }), index + 1 < words.count else {
      return nil
    }
    return words[index + 1]
  }

  private static func inet(_ words: [Substring]) throws(Failure) -> Interface.Address {
    guard words.count > 1, let address = IPAddress(words[1]), address.family == .inet else {
      throw Failure(reason: "expected an IPv4 address behind inet")
    }
    var length: UInt8 = 32
    if let mask = value("netmask", words) {
      guard mask.hasPrefix("0x"), let bits = UInt32(mask.dropFirst(2), radix: 16),
        ~bits & (~bits &+ 1) == 0
      else { throw Failure(reason: "expected a netmask such as 0xffffff00") }
      length = UInt8((~bits).leadingZeroBitCount)
    }
    let peer = value("-->", words).flatMap { IPAddress($0) }
    return Interface.Address(
      address: address, prefixLength: length, peer: peer == address ? nil : peer)
  }

  private static func inet6(_ words: [Substring]) throws(Failure) -> Interface.Address {
    guard words.count > 1, let text = words[1].split(separator: "%").first,
      let address = IPAddress(text), address.family == .inet6
    else { throw Failure(reason: "expected an IPv6 address behind inet6") }
    let length = value("prefixlen", words).flatMap { UInt8($0) } ?? 128
    let peer = value("-->", words)?.split(separator: "%").first.flatMap { IPAddress($0) }
    return Interface.Address(address: address, prefixLength: min(length, 128), peer: peer)
  }

  /// The lines of `ifconfig -a` for an interface and the ports of a bridge.
  static func text(
    _ interface: Interface, number: Int, members: [HostSnapshot.Member]
  ) -> String {
    let flags =
      interface.isLoopback
      ? "8049<UP,LOOPBACK,RUNNING,MULTICAST>"
      : interface.isPointToPoint
        ? "8051<UP,POINTOPOINT,RUNNING,MULTICAST>"
        : "8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST>"
    var text = "\(interface.name): flags=\(flags) mtu \(interface.mtu)\n"
    for address in interface.addresses {
      text += "\t" + line(address, interface, number: number) + "\n"
    }
    if !members.isEmpty { text += "\t\tipfilter disabled flags 0x0\n" }
    for member in members {
      let flags =
        member.isIsolated ? "10803<LEARNING,DISCOVER,PRIVATE,CSUM>" : "3<LEARNING,DISCOVER>"
      text += "\tmember: \(member.name) flags=\(flags)\n"
    }
    return text
  }

  private static func line(
    _ own: Interface.Address, _ interface: Interface, number: Int
  ) -> String {
    let mask = AddressBits(prefixLength: Int(own.prefixLength))
    let peer = own.peer.map { " --> \($0)" } ?? ""
    guard own.address.family == .inet else {
      let isLocal = own.address.isLinkLocal6
      let scope = isLocal ? "%\(interface.name)" : ""
      let end = isLocal ? " scopeid 0x\(String(number, radix: 16))" : ""
      return "inet6 \(own.address)\(scope)\(peer) prefixlen \(own.prefixLength)\(end)"
    }
    let digits = String(mask.ipv4, radix: 16)
    let netmask = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    guard interface.isBroadcast else { return "inet \(own.address)\(peer) netmask \(netmask)" }
    let broadcast = IPAddress(ipv4: own.address.bits.ipv4 | ~mask.ipv4)
    return "inet \(own.address) netmask \(netmask) broadcast \(broadcast)"
  }
}

/// The output of `netstat -rn`, line by line.
enum NetstatText {
  /// The route of a line; nil for headings, addresses of neighbours and what an interface's own
  /// network brings anyway.
  static func route(_ line: Substring, _ family: AddressFamily) -> Route? {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard words.count >= 4, words[2].contains("U") else { return nil }
    let flags = words[2]
    // L, W: neighbours; H without G: a host on the link; m, b: multicast and broadcast.
    guard !flags.contains(where: { "LWmb".contains($0) }) else { return nil }
    let gateway = words[1].split(separator: "%").first.flatMap { IPAddress($0) }
    let isGateway = flags.contains("G") && gateway != nil
    let interface = String(words[3])
    let isScoped = flags.contains("I")
    if words[0] == "default" {
      return .default(
        family, via: isGateway ? gateway : nil, on: interface, isScoped: isScoped)
    }
    let isTunnel = Interface(name: interface).isPointToPoint
    guard isGateway || isTunnel, let (address, length) = destination(words[0], family) else {
      return nil
    }
    return Route(
      to: address, prefixLength: length, via: isGateway ? gateway : nil, on: interface,
      isScoped: isScoped)
  }

  /// netstat leaves out zeros at the end: `10.1/16`, `192.168.64`, `127`.
  private static func destination(
    _ word: Substring, _ family: AddressFamily
  ) -> (IPAddress, UInt8)? {
    let parts = word.split(separator: "/", maxSplits: 1)
    guard let text = parts.first?.split(separator: "%").first else { return nil }
    let given = parts.count > 1 ? UInt8(parts[1]) : nil
    if family == .inet6 {
      return IPAddress(text).map { ($0, min(given ?? 128, 128)) }
    }
    var octets = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (1...4).contains(octets.count) else { return nil }
    let length = given ?? UInt8(octets.count * 8)
    while octets.count < 4 { octets.append("0") }
    return IPAddress(octets.joined(separator: ".")).map { ($0, min(length, 32)) }
  }

  /// A route as a line of netstat.
  static func text(_ route: Route) -> String {
    let target =
      route.prefixLength == 0
      ? "default"
      : "\(IPAddress(family: route.family, bits: route.destination))/\(route.prefixLength)"
    let flags = "U" + (route.gateway == nil ? "C" : "G") + "S" + (route.isScoped ? "I" : "")
    let gateway = route.gateway?.description ?? "link#1"
    return "\(target) \(gateway) \(flags) \(route.interface)\n"
  }
}
