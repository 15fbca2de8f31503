/// What to say about a word that another system's pf.conf knows.
struct DialectHint {
  /// The sentence.
  var message: String

  /// Looks a token up; nil for words that no dialect explains here.
  init?(_ token: Token) {
    guard let hint = Self.hints[token.word] else { return nil }
    message = "'\(token.word)' \(hint.system.rawValue)"
    if !hint.instead.isEmpty { message += "; \(hint.instead)" }
  }

  private enum System: String {
    case openBSD = "is OpenBSD 4.7 and later syntax, which macOS's pf does not have"
    case freeBSD = "is FreeBSD syntax, which macOS's pf does not have"
    case apple = "names what macOS's kernel has, but how Apple's pfctl spells it is not published"
  }

  private static let hints: [String: (system: System, instead: String)] = [
    "match": (.openBSD, "write a scrub, nat or rdr rule, or pass without quick"),
    "nat-to": (.openBSD, "write a rule of its own: nat on IF from A to B -> ADDRESS"),
    "rdr-to": (.openBSD, "write a rule of its own: rdr on IF proto P from A to B -> ADDRESS"),
    "binat-to": (.openBSD, "write a rule of its own: binat on IF from A to B -> ADDRESS"),
    "af-to": (.openBSD, ""),
    "divert-to": (.openBSD, "use rdr to a local address"),
    "divert-reply": (.openBSD, ""),
    "divert-packet": (.openBSD, ""),
    "divert": (.openBSD, ""),
    "once": (.openBSD, ""),
    "prio": (.openBSD, ""),
    "set-prio": (.openBSD, ""),
    "received-on": (.openBSD, "tag the packets when they come in and test tagged"),
    "rdomain": (.openBSD, ""),
    "delay": (.openBSD, "use a dummynet rule with a pipe"),
    "parent": (.openBSD, "macOS has no queues; use dummynet pipes"),
    "queue": (.openBSD, "macOS has no queues; use dummynet pipes"),
    "altq": (.openBSD, "macOS has no ALTQ; use dummynet pipes"),
    "pflow": (.openBSD, ""),
    "sloppy": (.openBSD, ""),
    "state-defaults": (.openBSD, "write the options at each rule"),
    "syncookies": (.openBSD, "use synproxy state"),
    "reassemble": (.openBSD, "write scrub fragment reassemble"),
    "max-pkt-rate": (.openBSD, ""),
    "max-pkt-size": (.openBSD, ""),
    "keepcounters": (.freeBSD, ""),
    "nat64": (.apple, ""),
    "dscp": (.apple, "test tos"),
    "ether": (.freeBSD, ""),
    "bridge-to": (.freeBSD, ""),
    "dnpipe": (.freeBSD, "write a rule of its own: dummynet … pipe N"),
    "dnqueue": (.freeBSD, "write a rule of its own: dummynet … queue N"),
    "ridentifier": (.freeBSD, ""),
    "endpoint-independent": (.freeBSD, "write extfilter ei behind the pool"),
    "map-e-portset": (.freeBSD, ""),
    "fail-policy": (.freeBSD, ""),
    "prefer-ipv6-nexthop": (.freeBSD, ""),
    "limiter": (.openBSD, "use keep state (max N)"),
  ]
}
