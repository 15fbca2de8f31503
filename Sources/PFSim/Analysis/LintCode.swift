/// The kinds of finding that a check of rules knows; the raw values are stable.
public enum LintCode: String, Sendable, Hashable, CaseIterable {
  /// Earlier quick rules take every packet of a rule.
  case ruleUnreachable = "rule-unreachable"
  /// Later rules decide every packet of a rule.
  case ruleOverridden = "rule-overridden"
  /// A rule stands twice.
  case ruleDuplicate = "rule-duplicate"
  /// A rule's own criteria fit no packet.
  case ruleNeverMatches = "rule-never-matches"
  /// A question about a rule has no certain answer.
  case notDecided = "not-decided"
  /// A list of negated items matches everything.
  case negatedList = "negated-list"
  /// An address range does not mean what it says.
  case rangeByteOrder = "range-byte-order"
  /// A name that would be a group of interfaces elsewhere.
  case interfaceGroup = "interface-group"
  /// A rule on a VM's port of the bridge.
  case vmenetInterface = "vmenet-interface"
  /// A rule on a bridge that exists only with a VM.
  case bridgeNeedsVM = "bridge-needs-vm"
  /// A bridge's addresses are asked for while the file is read.
  case bridgeAddressAtLoad = "bridge-address-at-load"
  /// A rule on an interface that pf skips.
  case skippedInterface = "skipped-interface"
  /// Rules on lo0, which the sharing service marks as skipped.
  case loopbackSkippedByVM = "loopback-skipped-by-vm"
  /// The Mac cannot talk to itself.
  case loopbackBlocked = "loopback-blocked"
  /// Rules of an anchor that nothing calls.
  case anchorNotCalled = "anchor-not-called"
  /// A call of Apple's anchors is missing.
  case comAppleCallMissing = "com-apple-call-missing"
  /// A call of the sharing service's anchor is missing.
  case sharingCallMissing = "sharing-call-missing"
  /// What a load of the file takes away.
  case loadDropsCalls = "load-drops-calls"
  /// The sharing service's pass decides instead of a block.
  case blockOverriddenBySharing = "block-overridden-by-sharing"
  /// A VM's packets are blocked altogether.
  case vmTrafficBlocked = "vm-traffic-blocked"
  /// Redirected packets are blocked.
  case rdrWithoutPass = "rdr-without-pass"
  /// Translation to an address that may change.
  case natFixedAddress = "nat-fixed-address"
  /// An uplink without translation for a VM's network.
  case natMissing = "nat-missing"
  /// A block that IPv6 walks around.
  case ipv4Only = "ipv4-only"
  /// A table that no rule names.
  case tableUnused = "table-unused"
  /// A table without addresses.
  case tableEmpty = "table-empty"
  /// A table that is used but not defined.
  case tableUndefined = "table-undefined"
  /// Entries of a table that change nothing.
  case tableOverlap = "table-overlap"
  /// A table of exceptions only.
  case tableNegatedOnly = "table-negated-only"
  /// A limit on states that another one makes void.
  case stateLimit = "state-limit"
  /// A tag that no rule sets.
  case tagNeverSet = "tag-never-set"
  /// The SYN proxy, which does not work on macOS.
  case synproxyBroken = "synproxy-broken"
  /// `sticky-address` in rdr rules, which does not work on macOS.
  case stickyRedirect = "sticky-redirect"
  /// A pool whose addresses reach no packet, as the rule has no family.
  case poolWithoutFamily = "pool-without-family"
  /// Fragment handling that can stop the kernel.
  case scrubPanic = "scrub-panic"
  /// A macro that nothing uses.
  case macroUnused = "macro-unused"

  /// The kind in a few words.
  public var title: String { description.title }

  /// Why it matters and what to do, for reports that explain their codes.
  public var explanation: String { description.explanation }
}
