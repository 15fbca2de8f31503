/// Turns the words that stand for addresses into addresses, as pfctl's `host` does.
///
/// Nothing is looked up over the network: interfaces and host names come from the options.
struct HostResolver {
  private let interfaces: [Interface]
  private let names: Set<String>
  private let hosts: [String: [IPAddress]]

  init(interfaces: [Interface], hosts: [String: [IPAddress]]) {
    self.interfaces = interfaces
    self.hosts = hosts
    names = Set(interfaces.map(\.name))
  }

  /// The addresses of a word, or none, and what pfctl says on the way.
  func resolve(_ text: String, _ say: (String) -> Void) -> [HostItem] {
    if let item = IPv4Text.plain(text) { return [item] }
    var name = text
    var length: Int?
    if let slash = text.utf8.lastIndex(of: 47) {
      let digits = text[text.utf8.index(after: slash)...]
      guard let value = Self.prefixLength(String(digits)), value <= 128 else {
        say("invalid netmask '\(text[slash...])'")
        return []
      }
      length = value
      name = String(text[..<slash])
    }
    var items = addresses(ofInterface: name, length, say)
    if items.isEmpty, length != nil, let item = IPv4Text.network(text) { items = [item] }
    if items.isEmpty, let item = literal6(name, length) { items = [item] }
    if items.isEmpty { items = lookUp(name, length) }
    if items.isEmpty { say("no IP address found for \(text)") }
    return items
  }

  /// A length as `strtol(…, 0)` reads it.
  private static func prefixLength(_ digits: String) -> Int? {
    guard let value = CNumber.unsigned(digits) else { return nil }
    return Int(Int64(bitPattern: value))
  }

  private func addresses(
    ofInterface text: String, _ length: Int?, _ say: (String) -> Void
  ) -> [HostItem] {
    var modifiers: InterfaceModifiers = []
    var name = Substring(text)
    while let colon = name.utf8.lastIndex(of: 58) {
      guard let modifier = InterfaceModifiers(word: name[colon...].dropFirst()) else { return [] }
      modifiers.insert(modifier)
      name = name[..<colon]
    }
    if modifiers.isContradictory {
      say("illegal combination of interface modifiers")
      return []
    }
    if !modifiers.isDisjoint(with: [.network, .broadcast]), let length, length > -1 {
      say("network or broadcast lookup, but extra netmask given")
      return []
    }
    let key = String(name)
    guard key == "self" || names.contains(key) else { return [] }
    var items = lookUp(interface: key, modifiers)
    if let length, length > -1 {
      for index in items.indices { items[index].setPrefixLength(length) }
    }
    return items
  }

  /// The addresses of the interfaces that a name covers: one, all of a kind (`en`), or `self`.
  func lookUp(interface name: String, _ modifiers: InterfaceModifiers) -> [HostItem] {
    var items: [HostItem] = []
    for interface in interfaces where name == "self" || interface.isCovered(by: name) {
      append(interface, modifiers, to: &items)
    }
    return items
  }

  private func append(
    _ interface: Interface, _ modifiers: InterfaceModifiers, to items: inout [HostItem]
  ) {
    var hasInet = false
    var hasInet6 = false
    for own in interface.addresses {
      let family = own.address.family
      let isLinkLocal = own.address.isLinkLocal6
      if modifiers.contains(.broadcast), family != .inet || !interface.isBroadcast { continue }
      if modifiers.contains(.peer), !interface.isPointToPoint { continue }
      if modifiers.contains(.network), isLinkLocal { continue }
      if modifiers.contains(.noAlias) {
        if family == .inet ? hasInet : hasInet6 { continue }
      }
      if family == .inet { hasInet = true } else { hasInet6 = true }
      items.append(item(for: own, of: interface, modifiers, isLinkLocal))
    }
  }

  private func item(
    for own: Interface.Address, of interface: Interface, _ modifiers: InterfaceModifiers,
    _ isLinkLocal: Bool
  ) -> HostItem {
    let family = own.address.family
    var item = HostItem(family: family, address: own.address.bits, isResolved: true)
    let networkMask = AddressBits(prefixLength: Int(own.prefixLength))
    if modifiers.contains(.broadcast) {
      let hostBits = ~networkMask & AddressBits(prefixLength: 32)
      item.address = own.address.bits | hostBits
    } else if modifiers.contains(.peer) {
      item.address = own.peer?.bits ?? .zero
    }
    item.setPrefixLength(
      modifiers.contains(.network) ? Int(own.prefixLength) : family.addressBits)
    if isLinkLocal { item.scope = interface.name }
    return item
  }

  /// An IPv6 literal, perhaps with a scope behind `%`.
  private func literal6(_ text: String, _ length: Int?) -> HostItem? {
    guard text.utf8.contains(58) else { return nil }
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parts[0]), address.family == .inet6 else { return nil }
    var item = HostItem(family: .inet6, address: address.bits)
    if parts.count == 2 {
      let scope = String(parts[1])
      if let number = UInt32(scope) {
        let index = Int(number) - 1
        item.scope = interfaces.indices.contains(index) ? interfaces[index].name : nil
      } else {
        guard names.contains(scope), address.isLinkLocal6 || address.isLinkLocalMulticast6 else {
          return nil
        }
        item.scope = scope
      }
    }
    item.setPrefixLength(length ?? 128)
    return item
  }

  /// What `getaddrinfo` answers: numbers in the old forms, and the names of the options.
  private func lookUp(_ text: String, _ length: Int?) -> [HostItem] {
    var name = text
    var firstOnly = false
    if let colon = text.utf8.lastIndex(of: 58), text[colon...].utf8.dropFirst().first == 48 {
      firstOnly = true
      name = String(text[..<colon])
    }
    if let address = IPv4Text.loose(name) {
      var item = HostItem(family: .inet, address: AddressBits(ipv4: address))
      item.setPrefixLength(length ?? 32)
      return [item]
    }
    var items: [HostItem] = []
    for address in hosts[name] ?? [] {
      if firstOnly, items.contains(where: { $0.family == address.family }) { continue }
      var item = HostItem(family: address.family, address: address.bits, isResolved: true)
      item.setPrefixLength(length ?? address.family.addressBits)
      items.append(item)
    }
    return items
  }
}

extension Interface {
  /// Whether a name in a rule covers this interface: its own, or that of its kind (`en` for `en0`).
  func isCovered(by pattern: String) -> Bool {
    if name == pattern { return true }
    guard let last = pattern.utf8.last, !(48...57).contains(last), name.hasPrefix(pattern),
      let next = name.utf8.dropFirst(pattern.utf8.count).first
    else { return false }
    return (48...57).contains(next)
  }
}

extension IPAddress {
  /// Whether the address is in fe80::/10.
  var isLinkLocal6: Bool { family == .inet6 && bits.high >> 54 == 0x3fa }

  /// Whether the address is in ff02::/16.
  var isLinkLocalMulticast6: Bool { family == .inet6 && bits.high >> 48 == 0xff02 }
}

extension HostItem {
  /// Sets the mask, of which a C byte of the length counts, and masks the address.
  mutating func setPrefixLength(_ length: Int) {
    mask = AddressBits(prefixLength: Int(UInt8(truncatingIfNeeded: length)))
    if kind == .network { address = address & mask }
  }
}
