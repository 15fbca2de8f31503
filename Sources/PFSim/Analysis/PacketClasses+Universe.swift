extension PacketClasses {
  /// What the transport part of a packet is, as far as rules look at it.
  private enum Shape: CaseIterable {
    case tcp, udp, icmp, other, tcpFragment, otherFragment
  }

  /// The packets that there are, split by family and shape.
  func shapes(unseen: Set<String>) -> [PacketSet] {
    var result: [PacketSet] = []
    for family in [AddressFamily.inet, .inet6] {
      for shape in Shape.allCases {
        var set = layout.everything
        keep(.interface, in: &set) { index in
          interfaces[index].map { !unseen.contains($0) } ?? true
        }
        restrict(&set, to: family)
        restrict(&set, to: shape, family)
        if !layout.isEmpty(set) { result.append(set) }
      }
    }
    return result
  }

  private func restrict(_ set: inout PacketSet, to family: AddressFamily) {
    let isIPv4 = family == .inet
    keep(.source, in: &set) { ($0 < sources[0].count) == isIPv4 }
    keep(.destination, in: &set) { ($0 < destinations[0].count) == isIPv4 }
    // KERNEL: pf_test6 takes the type of service as 0.
    if !isIPv4 { keep(.tos, in: &set) { tos.representative(of: $0) == 0 } }
  }

  private func restrict(_ set: inout PacketSet, to shape: Shape, _ family: AddressFamily) {
    let isFragment = shape == .tcpFragment || shape == .otherFragment
    keep(.wholeness, in: &set) { $0 == (isFragment ? 1 : 0) }
    let hasPorts = shape == .tcp || shape == .udp
    // KERNEL: pf_test drops TCP and UDP packets with port 0 before any rule.
    keep(.sourcePort, in: &set) { hasPorts ? $0 > 1 : $0 == 0 }
    keep(.destinationPort, in: &set) { hasPorts ? $0 > 1 : $0 == 0 }
    keep(.icmp, in: &set) { index in
      shape == .icmp ? index > 0 && icmp.classes[index - 1].family == family : index == 0
    }
    keep(.tcpFlags, in: &set) { index in
      switch shape {
      case .tcp: index > 1
      case .tcpFragment: index == 1
      default: index == 0
      }
    }
    keep(.proto, in: &set) { fits(protos.representative(of: $0), shape, family) }
  }

  private func fits(_ proto: UInt8, _ shape: Shape, _ family: AddressFamily) -> Bool {
    if family == .inet6, Self.isExtensionHeader(proto) { return false }
    let icmp: IPProtocol = family == .inet ? .icmp : .icmpv6
    switch IPProtocol(rawValue: proto) {
    case .tcp: return shape == .tcp || shape == .tcpFragment
    case .udp: return shape == .udp || shape == .otherFragment
    case icmp: return shape == .icmp || shape == .otherFragment
    default: return shape == .other || shape == .otherFragment
    }
  }
}
