/// The names of IP protocols as macOS's `/etc/protocols` has them.
enum ProtocolNames {
  /// The number of a name or alias.
  static func number(of name: String) -> UInt8? { numbers[name] }

  /// The name of a number, nil where it has none.
  static func name(of number: UInt8) -> String? { names[number] }

  private static let names: [UInt8: String] = Dictionary(
    entries.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })

  private static let numbers: [String: UInt8] = {
    var numbers: [String: UInt8] = [:]
    for entry in entries {
      numbers[entry.name] = entry.number
      for alias in entry.aliases { numbers[alias] = entry.number }
    }
    return numbers
  }()

  private static let entries: [(number: UInt8, name: String, aliases: [String])] = [
    (0, "ip", ["IP"]), (1, "icmp", ["ICMP"]), (2, "igmp", ["IGMP"]), (3, "ggp", ["GGP"]),
    (4, "ipencap", ["IP-ENCAP"]), (5, "st", ["ST"]), (6, "tcp", ["TCP"]), (8, "egp", ["EGP"]),
    (9, "igp", ["IGP"]), (12, "pup", ["PUP"]), (17, "udp", ["UDP"]), (20, "hmp", ["HMP"]),
    (22, "xns-idp", ["XNS-IDP"]), (27, "rdp", ["RDP"]), (29, "iso-tp4", ["ISO-TP4"]),
    (33, "dccp", ["DCCP"]), (36, "xtp", ["XTP"]), (37, "ddp", ["DDP"]),
    (38, "idpr-cmtp", ["IDPR-CMTP"]), (41, "ipv6", ["IPv6"]), (43, "ipv6-route", ["IPv6-Route"]),
    (44, "ipv6-frag", ["IPv6-Frag"]), (45, "idrp", ["IDRP"]), (46, "rsvp", ["RSVP"]),
    (47, "gre", ["GRE"]), (50, "esp", ["IPSEC-ESP"]), (51, "ah", ["IPSEC-AH"]),
    (57, "skip", ["SKIP"]), (58, "ipv6-icmp", ["IPv6-ICMP", "icmp6"]),
    (59, "ipv6-nonxt", ["IPv6-NoNxt"]), (60, "ipv6-opts", ["IPv6-Opts"]),
    (73, "rspf", ["RSPF", "CPHB"]), (81, "vmtp", ["VMTP"]), (88, "eigrp", ["EIGRP"]),
    (89, "ospf", ["OSPFIGP"]), (93, "ax.25", ["AX.25"]), (94, "ipip", ["IPIP"]),
    (97, "etherip", ["ETHERIP"]), (98, "encap", ["ENCAP"]), (103, "pim", ["PIM"]),
    (108, "ipcomp", ["IPCOMP"]), (112, "vrrp", ["carp", "VRRP", "CARP"]), (115, "l2tp", ["L2TP"]),
    (124, "isis", ["ISIS"]), (132, "sctp", ["SCTP"]), (133, "fc", ["FC"]),
    (136, "udplite", ["UDPLite"]), (137, "mpls-in-ip", ["MPLS-in-IP"]), (138, "manet", []),
    (139, "hip", ["HIP"]), (240, "pfsync", ["PFSYNC"]),
  ]
}
