/// The parts of rules.
extension PFConfGenerator {
  mutating func filter() -> String {
    var criteria = Criteria()
    criteria.family = random.below(3)
    criteria.proto = random.below(5)
    let isPass = !chance(3)
    let way = direction()
    return (isPass ? "pass " : "block " + blockReturn(criteria)) + way + logQuick() + interface()
      + (isPass ? route(way) : "") + family(criteria) + proto(criteria)
      + hosts(ports: !isCareful || criteria.hasPorts, criteria.addressFamily)
      + options(isPass, criteria)
  }

  /// What parts of one rule must agree on.
  struct Criteria {
    /// 0 none, 1 inet, 2 inet6.
    var family = 0
    /// 0 none, 1 tcp, 2 udp, 3 icmp, 4 another.
    var proto = 0

    var hasPorts: Bool { proto == 1 || proto == 2 }
    var addressFamily: AddressFamily {
      family == 1 ? .inet : family == 2 ? .inet6 : .unspecified
    }
  }

  mutating func direction() -> String { one(of: ["", "in ", "out "]) }

  mutating func logQuick() -> String {
    one(of: ["", "", "", "quick ", "log ", "log quick ", "quick log (all, to pflog1) "])
  }

  mutating func interface() -> String {
    if chance(2) { return "" }
    if !macros.isEmpty, chance(4) { return "on $\(one(of: macros)) " }
    return "on \(list { $0.one(of: ["en0", "! en1", "utun0", "bridge100", "lo0"]) }) "
  }

  mutating func family() -> String { one(of: ["", "", "inet ", "inet6 "]) }

  private func family(_ criteria: Criteria) -> String { ["", "inet ", "inet6 "][criteria.family] }

  mutating func scope() -> String { interface() + (isCareful ? "" : family()) }

  mutating func proto() -> String {
    maybe(3) { "proto " + $0.list { $0.one(of: ["tcp", "udp", "gre", "47", "esp"]) } }
  }

  private mutating func proto(_ criteria: Criteria) -> String {
    switch criteria.proto {
    case 0: return ""
    case 1: return "proto tcp "
    case 2: return isCareful ? "proto udp " : "proto { udp tcp } "
    case 3: return criteria.family == 2 ? "proto icmp6 " : "proto icmp "
    default: return "proto \(list { $0.one(of: ["gre", "esp", "igmp", "17", "254"]) }) "
    }
  }

  mutating func hosts(ports: Bool, _ family: AddressFamily = .unspecified) -> String {
    switch random.below(4) {
    case 0: return "all "
    case 1: return ""
    default:
      return "from \(peer(ports, family)) to \(peer(ports, family)) "
    }
  }

  private mutating func peer(_ ports: Bool, _ family: AddressFamily) -> String {
    let host = list { $0.maybe(8) { _ in "!" } + $0.address(family) }
    return ports && chance(3) ? "\(host) port \(list { $0.port() })" : host
  }

  /// An address, of a family where one is asked for.
  mutating func address(_ family: AddressFamily) -> String {
    let dynamic = ["(en0)", "(en1:network)", "<t>", "any", "no-route"]
    let four = [
      "10/8", "192.168.64.0/24", "10.1.1.\(number(256))", "224.0.0.0/4", "en1",
      "10.0.0.1 - 10.0.0.9", "en0:network", "255.255.255.255", "127.1",
    ]
    let six = ["2001:db8::/32", "2001:db8::\(number(10))", "::1", "fd00:64::1", "ff02::1"]
    switch family {
    case .inet: return one(of: dynamic + four.filter { !isCareful || !$0.hasPrefix("en") })
    case .inet6: return one(of: dynamic + six)
    case .unspecified: return one(of: isCareful ? dynamic : dynamic + four + six)
    }
  }

  mutating func port() -> String {
    let first = random.below(65536)
    return one(of: [
      "\(first)", "ssh", "= \(first)", "!= 22", "> 1024", "<= 1023", "1000:2000", "22 <> 80",
      "22 >< \(first)", "domain",
    ])
  }

  private mutating func route(_ way: String) -> String {
    guard !way.isEmpty, chance(10) else { return "" }
    let hop = one(of: ["en1", "(en1 10.1.1.9)", "{ (en0 203.0.113.1), (en1 10.1.1.9) }"])
    return one(of: ["route-to", "reply-to", "dup-to"]) + " \(hop) "
  }

  private mutating func blockReturn(_ criteria: Criteria) -> String {
    var choices = ["", "drop ", "return ", "return-icmp ", "return-icmp(net-unr, noroute-unr) "]
    if !isCareful || criteria.proto == 1 { choices += ["return-rst ", "return-rst (ttl 9) "] }
    return one(of: choices)
  }

  private mutating func options(_ isPass: Bool, _ criteria: Criteria) -> String {
    var choices = ["label \"l$nr\"", "tag T", tagged(), "probability \(1 + random.below(99))%"]
    choices += ["tos 0x\(one(of: ["10", "08", "4"]))", "queue (q, p)", "rtable 2", "user 501"]
    choices += ["group { wheel, >= 100 }"]
    if isPass { choices += ["allow-opts"] }
    if !isCareful || criteria.proto == 1 { choices += ["flags S/SA", "flags any", "flags /SF"] }
    if criteria.proto == 3, criteria.family > 0 {
      let types = criteria.family == 1 ? ["echoreq", "3 code 1"] : ["neighbrsol", "echoreq"]
      choices.append((criteria.family == 1 ? "icmp-type " : "icmp6-type ") + one(of: types))
    }
    var options = choices.filter { _ in chance(8) }
    if isPass { options.append(state()) }
    return options.joined(separator: " ")
  }

  private mutating func state() -> String {
    one(of: [
      "", "", "no state", "keep state", "modulate state", "synproxy state",
      "keep state (max \(1 + random.below(1000)), no-sync)",
      "keep state (max-src-conn 9, max-src-conn-rate 3/5, overload <bad> flush global)",
      "keep state (source-track rule, max-src-nodes 7, tcp.established 60, if-bound)",
      "keep state (max-src-states 5, floating)",
    ])
  }

  mutating func tagged() -> String { maybe(8) { $0.one(of: ["tagged T", "!tagged U"]) } }
}
