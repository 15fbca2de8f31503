import Foundation

@testable import PFSim

/// Random numbers from a seed, for tests.
struct RandomChoices {
  private var source: RandomSource

  init(seed: UInt64) { source = RandomSource(seed: seed) }

  /// A number below a bound.
  mutating func below(_ bound: Int) -> Int { Int(source.next()) % max(1, bound) }

  /// Whether something of this chance in percent happens.
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of a list.
  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  /// A number of 32 bits.
  mutating func word() -> UInt32 { source.next() }

  /// How many random pairs of ruleset and packets a test runs: a few, or `PFSIM_RANDOM_PAIRS`.
  static var pairs: Int {
    ProcessInfo.processInfo.environment["PFSIM_RANDOM_PAIRS"].flatMap(Int.init) ?? 400
  }

  /// The seed of the first pair: 1, or `PFSIM_RANDOM_SEED`.
  static var firstSeed: UInt64 {
    ProcessInfo.processInfo.environment["PFSIM_RANDOM_SEED"].flatMap(UInt64.init) ?? 1
  }
}

/// Writes small rulesets over few addresses and ports, so that rules and packets often meet.
struct RandomRuleset {
  private(set) var random: RandomChoices
  /// The addresses behind the host.
  static let inside = ["192.168.64.2", "192.168.64.3", "192.168.64.77"]
  /// The addresses of others.
  static let outside = ["198.51.100.9", "198.51.100.10", "203.0.113.80"]
  /// The host's own address outside.
  static let own = "203.0.113.5"
  static let ports = [22, 53, 80, 443, 8080]

  init(seed: UInt64) { random = RandomChoices(seed: seed) }

  /// The networks that rules and tables name.
  private mutating func network() -> String {
    if random.chance(30) { return "any" }
    return random.pick(
      [
        "192.168.64.0/24", "192.168.64.0/26", "198.51.100.8/30", "203.0.113.0/24",
        "198.51.100.0/24", "! 192.168.64.2", "! 198.51.100.0/29", "<a>", "<b>", "! <a>", Self.own,
      ] + Self.inside + Self.outside)
  }

  private mutating func entry() -> String {
    (random.chance(25) ? "!" : "")
      + random.pick(
        [
          "192.168.64.0/24", "192.168.64.0/25", "198.51.100.0/24", "198.51.100.8/31",
          "203.0.113.80/28", "0.0.0.0/0",
        ] + Self.inside + Self.outside)
  }

  private mutating func port() -> String {
    guard random.chance(50) else { return "" }
    let (one, other) = (random.pick(Self.ports), random.pick(Self.ports))
    return " port "
      + random.pick([
        "\(one)", "!= \(one)", "< \(one)", ">= \(one)", "\(one):\(other)",
        "\(one) >< \(other)", "\(one) <> \(other)",
      ])
  }

  private mutating func table(_ name: String) -> String {
    let entries = (0..<random.below(5)).map { _ in entry() }
    // pfctl refuses the same network with both senses.
    var seen: Set<Substring> = []
    let kept = entries.filter { seen.insert($0.drop { $0 == "!" }).inserted }
    return "table <\(name)> { \(kept.joined(separator: " ")) }\n"
  }

  private mutating func sides(_ proto: String) -> String {
    let hasPorts = proto == "tcp" || proto == "udp"
    let from = network() + (hasPorts && random.chance(30) ? port() : "")
    let to = network() + (hasPorts ? port() : "")
    return " from \(from) to \(to)"
  }

  /// A filter rule.
  mutating func filterRule(_ state: [String]) -> String {
    let proto = random.pick(["tcp", "udp", "icmp", ""])
    let isPass = random.chance(60)
    var text = isPass ? "pass" : random.pick(["block", "block return"])
    text += random.pick(["", " in", " out"])
    if random.chance(25) { text += " quick" }
    text += random.pick(["", " on en0", " on bridge100", " on ! en0"]) + " inet"
    if !proto.isEmpty { text += " proto \(proto)" }
    text += sides(proto)
    if proto == "tcp" || proto.isEmpty, random.chance(50) { text += " flags any" }
    return isPass ? text + " " + random.pick(state) : text
  }

  /// Filter rules and tables alone.
  mutating func filterText(state: [String] = ["no state", "keep state"]) -> String {
    let rules = (0..<1 + random.below(8)).map { _ in filterRule(state) }
    let first = random.chance(60) ? "pass all \(random.pick(state))\n" : ""
    return table("a") + table("b") + first + rules.joined(separator: "\n") + "\n"
  }

  /// Translation rules in front of filter rules.
  mutating func translationText() -> String {
    var text = table("a") + table("b")
    for _ in 0..<1 + random.below(3) { text += translationRule() + "\n" }
    text += "pass all\n"
    for _ in 0..<random.below(3) {
      text += filterRule(["keep state", "keep state (if-bound)", "modulate state"]) + "\n"
    }
    return text
  }

  private mutating func translationRule() -> String {
    let proto = random.pick(["tcp", "udp", "{ tcp udp }"])
    switch random.below(3) {
    case 0:
      let pool = random.pick([
        Self.own, "203.0.113.5 port 40000:40009", "203.0.113.5 static-port",
        "{ 203.0.113.5 203.0.113.6 } round-robin", "203.0.113.64/28 random",
        "203.0.113.64/28 source-hash", "203.0.113.0/24 bitmask",
      ])
      return "nat on en0 inet from 192.168.64.0/24 to any -> \(pool)"
    case 1:
      let port = random.pick([" port 8080", "", " port 2000:2003"])
      return "rdr on en0 inet proto \(proto) from any to \(Self.own) port 80 -> "
        + "\(random.pick(Self.inside))\(port)"
    default:
      return "binat on en0 inet from \(random.pick(Self.inside)) to any -> 203.0.113.99"
    }
  }
}
