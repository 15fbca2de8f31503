extension Host {
  /// Sends a written packet on its way and records the path.
  /// - Parameters:
  ///   - packet: The packet, from its IP header on.
  ///   - place: Where it meets the host; found out from the addresses where it is not said.
  ///   - link: The Ethernet header, nil for one that fits.
  ///   - vm: The VM that ``PacketNotation/Place/fromVM(_:)`` without a name means.
  /// - Throws: ``HostError`` where the interface or VM named is not there.
  public func walk(
    _ packet: PacketBuffer, from place: PacketNotation.Place, link: LinkHeader? = nil,
    vm: Int = 0
  ) throws(HostError) -> Disposition {
    recordsPath = true
    guard let header = RoutedHeader(packet.bytes) else { throw .notIP }
    let link =
      link
      ?? LinkHeader(etherType: header.family == .inet ? EtherType.ipv4 : EtherType.ipv6)
    switch place {
    case .unspecified: return try walk(packet, from: likelyPlace(of: header), link: link, vm: vm)
    case .hook(let direction, let name):
      guard let index = index(ofInterface: name), isPresent[index] else {
        throw .noSuchInterface(name)
      }
      return hook(packet, direction, on: index)
    case .fromVM(let name):
      guard let name else {
        guard machines.indices.contains(vm) else { throw .noSuchVM("") }
        return packetFromVM(packet, link: link, vm: vm)
      }
      guard let index = index(ofVM: name) else { throw .noSuchVM(name) }
      return packetFromVM(packet, link: link, vm: index)
    case .fromUplink:
      guard let uplink else { throw .noUplink }
      return packetArriving(packet, link: link, on: uplink)
    case .fromHost: return packetFromHost(packet)
    }
  }

  /// Where a packet with such addresses comes from, most likely.
  private func likelyPlace(of header: RoutedHeader) -> PacketNotation.Place {
    if routing.owner(of: header.source, header.family) >= 0 { return .fromHost }
    let isVM = machines.contains { machine in
      machine.isRunning
        && (machine.address?.bits == header.source
          || networks[machine.network].contains(header.source, header.family)
          || header.source.isZero)
    }
    let isBridged = machines.contains {
      $0.isRunning && networks[$0.network].mode == .bridged
        && $0.address == nil && $0.description.mode == .bridged
    }
    if isVM { return .fromVM(nil) }
    if isBridged, routing.owner(of: header.destination, header.family) < 0 { return .fromVM(nil) }
    return .fromUplink
  }
}

/// What a packet's notation names and the host has not.
public enum HostError: Error, Sendable, Hashable {
  /// The bytes are not an IP packet.
  case notIP
  /// No interface of this name is there.
  case noSuchInterface(String)
  /// No VM of this name runs; empty for any VM.
  case noSuchVM(String)
  /// There is no default route.
  case noUplink
}

extension HostError: CustomStringConvertible {
  /// The error in a sentence without a full stop.
  public var description: String {
    switch self {
    case .notIP: "not an IPv4 or IPv6 packet"
    case .noSuchInterface(let name): "the host has no interface \(name)"
    case .noSuchVM(let name): name.isEmpty ? "no VM runs" : "no VM named \(name) runs"
    case .noUplink: "the host has no default route"
    }
  }
}
