/// Writes pf.conf texts at random that the grammar accepts, with every kind of statement.
///
/// Equal seeds give equal texts. Many of the rules contradict themselves (a port without a
/// protocol, families that do not fit), so that pfctl would refuse them: ``isCareful`` avoids the
/// usual contradictions.
public struct PFConfGenerator: Sendable {
  /// Whether to avoid what pfctl refuses, as far as that is easy.
  public var isCareful = false
  var random: SplitMix64
  /// The macros defined so far.
  var macros: [String] = []

  /// A generator of a seed.
  public init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// A text of statements in pfctl's order.
  public mutating func text() -> String {
    macros = []
    var text = ""
    add(0...3, to: &text) { $0.macro() }
    add(0...3, to: &text) { $0.option() }
    add(0...2, to: &text) { $0.table() }
    add(0...2, to: &text) { $0.scrub() }
    add(0...3, to: &text) { $0.translation() }
    add(0...6, to: &text) { $0.filtering(depth: 0) }
    return text
  }

  private mutating func add(
    _ counts: ClosedRange<Int>, to text: inout String, _ line: (inout Self) -> String
  ) {
    let count = counts.lowerBound + random.below(counts.count)
    for _ in 0..<count { text += line(&self) + "\n" }
  }
}

// MARK: - Choices

extension PFConfGenerator {
  /// True with a probability of one in `n`.
  mutating func chance(_ n: Int) -> Bool { random.below(n) == 0 }

  mutating func one(of choices: [String]) -> String { choices[random.below(choices.count)] }

  /// A word in front of a blank, or nothing.
  mutating func maybe(_ n: Int, _ part: (inout Self) -> String) -> String {
    chance(n) ? part(&self) + " " : ""
  }

  /// One item or a list of several, with commas or without.
  mutating func list(_ item: (inout Self) -> String) -> String {
    if !chance(3) { return item(&self) }
    let items = (0...random.below(3)).map { _ in item(&self) }
    return "{ " + items.joined(separator: one(of: [", ", " ", ",", " , "])) + " }"
  }

  mutating func number(_ bound: Int) -> String { "\(random.below(bound))" }
}

// MARK: - Statements

extension PFConfGenerator {
  mutating func macro() -> String {
    let name = "m\(macros.count)"
    macros.append(name)
    return "\(name) = \"" + one(of: ["en0", "{ en0 en1 }", "utun0"]) + "\""
  }

  mutating func option() -> String {
    "set "
      + one(of: [
        "skip on lo0", "skip on { lo0 utun0 }", "block-policy drop", "block-policy return",
        "state-policy if-bound", "state-policy floating", "optimization aggressive",
        "limit states \(1 + random.below(100_000))", "limit { frags 10, src-nodes 20 }",
        "timeout interval \(1 + random.below(100))", "timeout { tcp.first 9, frag 3 }",
        "loginterface en0", "loginterface none", "debug loud", "hostid \(1 + random.below(99))",
        "require-order yes", "ruleset-optimization none",
      ])
  }

  mutating func table() -> String {
    "table <\(one(of: ["t", "bad", "priv"]))> "
      + one(of: ["", "const ", "persist ", "const persist "])
      + one(of: ["", "{ }", "{ 10.0.0.1, !10.0.0.2 2001:db8::/32 }", "{ 10/8 192.168.0.1 }"])
  }

  mutating func scrub() -> String {
    if chance(6) { return "scrub-anchor \"s\(random.below(3))/*\"" }
    let isNo = chance(8)
    var options = ["no-df", "random-id", "min-ttl \(number(256))", "max-mss \(number(1500))"]
    options += ["fragment " + one(of: ["reassemble", "crop", "drop-ovl"]), "reassemble tcp"]
    if isNo { options = ["no-df"] }
    options = options.filter { _ in chance(4) }
    let isBoth = options.contains("reassemble tcp")
    return (isNo ? "no " : "") + "scrub " + (isBoth ? "" : direction()) + scope() + proto()
      + hosts(ports: false) + options.joined(separator: " ")
  }

  mutating func translation() -> String {
    switch random.below(8) {
    case 0: return one(of: ["nat", "rdr", "binat"]) + "-anchor \"a\(random.below(3))/*\""
    case 1, 2: return redirect()
    case 3: return "binat on en0 inet from 10.1.1.1 to any -> 198.51.100.\(number(256))"
    case 4: return "no " + one(of: ["nat ", "rdr "]) + interface() + proto() + hosts(ports: false)
    default: return sourceTranslation()
    }
  }

  private mutating func sourceTranslation() -> String {
    let target = one(of: [
      "(en0)", "(en0:0)", "198.51.100.1", "{ 198.51.100.1, 198.51.100.2 }", "198.51.100.0/28",
      "<t>", "en0",
    ])
    let isPlain = target == "198.51.100.1" || target == "(en0:0)"
    var tail = one(of: ["", " port 1024:2048", " static-port", " extfilter ei"])
    if target == "198.51.100.0/28" {
      tail += one(of: ["", " bitmask", " random", " source-hash 0x\(key)", " round-robin"])
    } else if !isPlain {
      tail += one(of: ["", " round-robin", " round-robin sticky-address"])
    }
    return "nat " + maybe(4) { $0.one(of: ["pass", "pass log"]) } + interface() + "inet "
      + proto() + hosts(ports: false) + tagged() + "-> " + target + tail
  }

  private var key: String { String(repeating: "0123456789abcdef", count: 2) }

  private mutating func redirect() -> String {
    let port = one(of: ["80", "1000:2000", "ssh"])
    let target = one(of: ["127.0.0.1", "{ 10.1.1.2, 10.1.1.3 }", "<t>"])
    return "rdr " + maybe(4) { $0.one(of: ["pass", "pass log"]) } + interface()
      + "inet proto \(one(of: ["tcp", "udp", "{ tcp udp }"])) from any to \(address(.inet)) "
      + "port \(port) \(tagged())-> \(target)" + one(of: ["", " port 8080", " port 9000:*"])
  }

  /// A line of the filtering section; anchors may hold more of them.
  mutating func filtering(depth: Int) -> String {
    switch random.below(12) {
    case 0:
      return "antispoof " + maybe(3) { _ in "log" } + maybe(3) { _ in "quick" }
        + "for \(list { $0.one(of: ["en0", "lo0", "(en1)", "bridge100"]) })"
    case 1: return "anchor \"f\(random.below(4))/*\" " + direction() + interface() + family()
    case 2 where depth < 3:
      var text = "anchor " + maybe(2) { "\"i\($0.random.below(4))\"" } + direction() + "{\n"
      for _ in 0...random.below(3) { text += filtering(depth: depth + 1) + "\n" }
      return text + "}"
    case 3 where depth == 0:
      return "dummynet " + direction() + maybe(3) { _ in "quick" } + scope() + hosts(ports: false)
        + "pipe \(1 + random.below(100))"
    default: return filter()
    }
  }
}
