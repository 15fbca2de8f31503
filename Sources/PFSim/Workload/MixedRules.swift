/// Draws small rulesets that mix every feature of the filter language, as texts of pf.conf.
///
/// Addresses, ports and names come from small pools, so that rules overlap and packets of a
/// ``MixedPackets`` meet them.
struct MixedRules {
  /// The names of the tables; the last one is filled by overloads.
  static let tables = ["t0", "t1", "t2", "bad"]
  /// The children of the anchor `w`, which wildcards call.
  static let children = ["w/a", "w/b", "w/c"]

  private var random: SplitMix64
  /// How often the children may still be called by their absolute path.
  private var absoluteCalls = Int.max
  /// Whether rules ask only what classes can tell, so that hardly a packet walks.
  private let asksOnlyHeaders: Bool

  /// Makes a generator; equal seeds give equal texts.
  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    asksOnlyHeaders = seed % 3 > 0
  }

  /// A main ruleset.
  mutating func mainRuleset() -> String {
    var lines: [String] = Self.tables.map { table($0) }
    if chance(2) { lines += scrubs() }
    if chance(3) {
      lines.append(
        "nat on en0 inet proto { tcp udp } from 10.0.0.0/16 to any\(tagSetting(4)) -> (en0)")
    }
    if chance(4) {
      lines.append(
        "rdr on en0 inet proto tcp from any to 10.0.1.0/24 port 80\(tagSetting(2)) -> 10.0.0.3"
          + " port 443")
    }
    if chance(8) { lines.append("rdr pass on en0 inet proto udp to any port 53 -> 10.0.0.2") }
    lines += rules(4 + random.below(28), depth: 0)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The rules of one of ``children``.
  ///
  /// The first child may call them all again, once: that is walked down to the kernel's limit of
  /// depth. Two such calls would be walked twice at every depth until the walk gives up, which takes
  /// long and leaves every verdict open.
  mutating func anchorRuleset(for child: String) -> String {
    absoluteCalls = child == Self.children[0] ? 1 : 0
    defer { absoluteCalls = .max }
    return rules(random.below(5), depth: 2).joined(separator: "\n") + "\n"
  }

  /// An address, network or exception for a table.
  mutating func tableEntry() -> String {
    let address = chance(3) ? address6() : address4()
    return (chance(5) ? "!" : "") + address
  }

  private mutating func scrubs() -> [String] {
    var lines = chance(4) ? ["scrub-anchor \"w/*\""] : []
    if chance(4) { lines.append("no scrub on bridge100 all") }
    lines.append(
      one(of: [
        "scrub in all fragment reassemble", "scrub on en0 all no-df fragment reassemble",
        "scrub all random-id", "scrub out all min-ttl 70 max-mss 1300",
        "scrub on en0 proto tcp all reassemble tcp", "scrub from 10.0.0.0/24 to any no-df",
      ]))
    return lines
  }

  private mutating func chance(_ oneIn: Int) -> Bool { random.below(oneIn) == 0 }

  private mutating func one(of list: [String]) -> String { list[random.below(list.count)] }

  private mutating func table(_ name: String) -> String {
    var seen: Set<String> = []
    let entries = (0..<random.below(6)).map { _ in tableEntry() }.filter {
      seen.insert($0.hasPrefix("!") ? String($0.dropFirst()) : $0).inserted
    }
    return "table <\(name)> persist { \(entries.joined(separator: " ")) }"
  }

  private mutating func rules(_ count: Int, depth: Int) -> [String] {
    (0..<count).map { _ in depth < 3 && chance(7) ? anchor(depth) : rule() }
  }

  private mutating func anchor(_ depth: Int) -> String {
    let scope = self.scope()
    let head = scope.direction + (!asksOnlyHeaders && chance(4) ? " quick" : "") + scope.text
    switch random.below(4) {
    case 0: return "anchor \"w/*\"" + head + criteria(scope, isAnchor: true)
    case 1: return "anchor \"w/a\"" + head + criteria(scope, isAnchor: true)
    case 2 where depth > 0 && absoluteCalls > 0:
      absoluteCalls -= 1
      return "anchor \"/w/*\"" + head
    default:
      let inner = rules(1 + random.below(3), depth: depth + 1).joined(separator: "\n")
      return "anchor" + head + criteria(scope, isAnchor: true) + " {\n\(inner)\n}"
    }
  }

  /// What a rule asks before addresses.
  private struct Scope {
    var direction = ""
    var text = ""
    var family = ""
    var proto = ""
    var hasPorts: Bool { proto == "tcp" || proto == "udp" }
  }

  private mutating func scope() -> Scope {
    var scope = Scope()
    scope.direction = one(of: ["", " in", " out"])
    scope.text += one(of: ["", "", " on en0", " on ! en0", " on bridge100", " on utun9"])
    scope.family = one(of: ["", "inet", "inet", "inet6"])
    let kinds = ["", "tcp", "tcp", "udp", "udp", "gre", "esp", "icmp", "icmp6"]
    scope.proto = one(of: kinds)
    if scope.proto == "icmp" { scope.family = "inet" }
    if scope.proto == "icmp6" { scope.family = "inet6" }
    if !scope.family.isEmpty { scope.text += " " + scope.family }
    if !scope.proto.isEmpty { scope.text += " proto " + scope.proto }
    return scope
  }

  private mutating func rule() -> String {
    let action = one(of: ["pass", "pass", "block drop", "block return"])
    let scope = self.scope()
    var text = action
    let log = chance(12) ? " log" : ""
    let quick = chance(5) ? " quick" : ""
    text += scope.direction + log + quick + scope.text
    text += criteria(scope, isAnchor: false)
    if action == "pass" { text += stateKeeping(scope) }
    return text
  }

  private mutating func criteria(_ scope: Scope, isAnchor: Bool) -> String {
    var text = ""
    let family = scope.family.isEmpty ? one(of: ["inet", "inet6"]) : scope.family
    if !chance(4) {
      text += " from " + host(family, isSource: true) + ports(scope)
      text += " to " + host(family, isSource: false) + ports(scope)
    }
    if scope.hasPorts, !asksOnlyHeaders, chance(10) {
      text += one(of: [" user 501", " user != 501", " group 20", " user unknown", " user > 100"])
    }
    if scope.proto == "tcp", chance(3) {
      text += " flags " + one(of: ["S/SA", "any", "F/FSRPAU", "/R", "SA/SA"])
    }
    if scope.proto == "icmp", chance(2) {
      text += " icmp-type " + one(of: ["echoreq", "echorep", "unreach code 1", "3"])
    }
    if scope.proto == "icmp6", chance(2) {
      text += " icmp6-type " + one(of: ["echoreq", "echorep", "unreach code 1"])
    }
    if chance(10) { text += " tos " + one(of: ["0x10", "0x08", "lowdelay"]) }
    if isAnchor || asksOnlyHeaders { return text }
    let hasOnlyAddresses = !text.contains("port") && !scope.proto.hasPrefix("icmp")
    if hasOnlyAddresses, scope.proto != "tcp", chance(8) { text += " fragment" }
    if chance(12) { text += " probability " + one(of: ["30%", "0.5", "99%"]) }
    text += tagSetting(9)
    if chance(10) { text += one(of: [" tagged blue", " ! tagged blue", " tagged red"]) }
    return text
  }

  private mutating func tagSetting(_ oneIn: Int) -> String {
    !asksOnlyHeaders && chance(oneIn) ? one(of: [" tag blue", " tag red"]) : ""
  }

  private mutating func stateKeeping(_ scope: Scope) -> String {
    if scope.proto == "tcp", chance(8) {
      return " keep state (max-src-conn-rate 2/10, overload <bad> flush global)"
    }
    guard chance(3) else { return " no state" }
    if scope.proto == "tcp", chance(5) { return " modulate state" }
    return one(of: [" keep state", " keep state", " keep state (if-bound)"])
  }

  private mutating func host(_ family: String, isSource: Bool) -> String {
    let not = chance(6) ? "! " : ""
    switch random.below(12) {
    case 0, 1, 2: return "any"
    case 3, 4: return not + "<" + one(of: Self.tables) + ">"
    case 5: return not + one(of: ["(en0)", "(bridge100)", "(en0:network)", "(bridge100:0)"])
    case 6 where family == "inet" && !asksOnlyHeaders: return not + "10.0.0.1 - 10.0.0.5"
    case 7: return isSource ? one(of: ["no-route", "urpf-failed"]) : "no-route"
    case 8: return "{ " + address(family) + " " + address(family) + " }"
    default: return not + address(family)
    }
  }

  private mutating func address(_ family: String) -> String {
    family == "inet6" ? address6() : address4()
  }

  private mutating func address4() -> String {
    one(of: [
      "10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/29", "10.0.0.4/30", "10.0.0.1",
      "10.0.0.2", "10.0.0.3", "10.0.1.7", "1.1.1.1", "192.168.64.0/24", "192.168.64.2", "0.0.0.0/1",
    ])
  }

  private mutating func address6() -> String {
    one(of: [
      "fd00::/16", "fd00::/64", "fd00::/126", "fd00::1", "fd00::2", "2001:db8::/32",
      "2001:db8::1", "fd00:0:0:1::/64",
    ])
  }

  private mutating func ports(_ scope: Scope) -> String {
    guard scope.hasPorts, chance(2) else { return "" }
    return one(of: [
      " port 80", " port 443", " port != 80", " port < 1024", " port >= 443", " port 53:80",
      " port 79 >< 81", " port 53 <> 443", " port { 53 443 }", " port > 65534", " port <= 53",
    ])
  }
}
