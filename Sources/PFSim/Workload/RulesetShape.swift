/// The kinds of rulesets that ``RulesetGenerator`` makes.
public enum RulesetShape: String, Sendable, Hashable, CaseIterable {
  /// Access lists: exact hosts and services, sources without ports (ClassBench's `acl`).
  case acl
  /// Firewalls: many wildcards on either side (ClassBench's `fw`).
  case fw
  /// Between the two, as `ipchains` sets were (ClassBench's `ipc`).
  case ipc
  /// Short prefixes and wide port ranges at random, so that very many rules overlap.
  case random
  /// Runs of 64 rules with the same interface, direction and protocol, where skip steps help.
  case grouped
  /// The rules of `acl` in anchors of sixteen.
  case anchors
  /// The rules of `acl` with sources in tables.
  case tables
}

/// Which rule decides.
public enum MatchOrder: String, Sendable, Hashable, CaseIterable {
  /// The last one that matches: no rule is quick.
  case last
  /// The first one that matches: every rule is quick.
  case quick
}

/// The address families of a generated ruleset.
public enum FamilyMix: String, Sendable, Hashable, CaseIterable {
  /// IPv4 only.
  case inet
  /// IPv6 only.
  case inet6
  /// Either, rule by rule.
  case mixed
}
