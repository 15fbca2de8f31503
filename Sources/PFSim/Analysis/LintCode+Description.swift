extension LintCode {
  /// A code in words.
  struct Description {
    var title: String
    var explanation: String

    init(_ title: String, _ explanation: String) {
      self.title = title
      self.explanation = explanation
    }
  }

  var description: Description {
    switch self {
    case .ruleUnreachable, .ruleOverridden, .ruleDuplicate, .ruleNeverMatches, .notDecided,
      .negatedList, .rangeByteOrder, .tagNeverSet:
      rules
    case .interfaceGroup, .vmenetInterface, .bridgeNeedsVM, .bridgeAddressAtLoad,
      .skippedInterface, .loopbackSkippedByVM, .loopbackBlocked:
      interfaces
    case .anchorNotCalled, .comAppleCallMissing, .sharingCallMissing, .loadDropsCalls,
      .blockOverriddenBySharing, .vmTrafficBlocked:
      anchors
    case .rdrWithoutPass, .natFixedAddress, .natMissing, .ipv4Only, .stickyRedirect,
      .poolWithoutFamily:
      translation
    case .tableUnused, .tableEmpty, .tableUndefined, .tableOverlap, .tableNegatedOnly,
      .macroUnused:
      definitions
    case .stateLimit, .synproxyBroken, .scrubPanic: kernel
    }
  }

  private var rules: Description {
    switch self {
    case .ruleUnreachable:
      Description(
        "rule never reached",
        "Earlier quick rules (for translation: earlier rules) take every packet that it fits.")
    case .ruleOverridden:
      Description(
        "rule fully overridden",
        "The last matching rule decides, and later rules match every packet that it fits.")
    case .ruleDuplicate:
      Description("duplicate rule", "Another rule is the same; one of the two has no effect.")
    case .negatedList:
      Description(
        "list of negated items",
        "A list becomes one rule per item; each item's rule matches what the others exclude.")
    case .rangeByteOrder:
      Description(
        "address range in byte order",
        "The kernel compares ranges with the bytes of an address reversed; write networks.")
    case .tagNeverSet:
      Description("tag never set", "No rule of the ruleset sets the tag that the rule asks for.")
    case .notDecided:
      Description(
        "not decided",
        "Whether the rule ever decides depends on something that no file shows.")
    default:
      Description("rule never matches", "No packet fits all of the rule's own criteria.")
    }
  }

  private var interfaces: Description {
    switch self {
    case .interfaceGroup:
      Description(
        "interface group", "macOS has no interface groups; the name fits no interface.")
    case .vmenetInterface:
      Description(
        "rule on vmenet", "pf sees a VM's packets on the bridge, never on its port vmenetN.")
    case .bridgeNeedsVM:
      Description(
        "rule on a VM's bridge",
        "The bridge exists only while a VM network runs, and its number can change.")
    case .bridgeAddressAtLoad:
      Description(
        "bridge's address needed at load",
        "Without a running VM the address cannot be found, and the whole file is refused.")
    case .skippedInterface:
      Description("rule on a skipped interface", "set skip lets its packets pass by all rules.")
    case .loopbackSkippedByVM:
      Description(
        "lo0 skipped by VM networking",
        "Starting a VM network marks lo0 as skipped; a load of the main ruleset clears that.")
    default:
      Description(
        "loopback blocked", "Programs on the Mac that talk to each other over lo0 break.")
    }
  }

  private var anchors: Description {
    switch self {
    case .anchorNotCalled:
      Description(
        "anchor not called", "Rules of an anchor count only where a rule of its kind calls it.")
    case .comAppleCallMissing:
      Description(
        "com.apple not called",
        "Rules of macOS and of tools below com.apple are not evaluated without the call.")
    case .sharingCallMissing:
      Description(
        "com.apple.internet-sharing not called",
        "Loading the file while a VM runs cuts the VM off; the calls are not put back.")
    case .loadDropsCalls:
      Description(
        "what a load drops", "pfctl -f replaces the main ruleset with all calls inserted before.")
    case .vmTrafficBlocked:
      Description("VM's traffic blocked", "No packet of this kind from a VM gets through.")
    default:
      Description(
        "block overridden by sharing",
        "While a VM network runs, its anchor passes everything on the uplinks, and it is last.")
    }
  }

  private var translation: Description {
    switch self {
    case .rdrWithoutPass:
      Description(
        "redirected packets blocked",
        "Filter rules see the new destination; a rule must pass it, or the rdr say pass.")
    case .natFixedAddress:
      Description(
        "nat to a fixed address",
        "After a change of the interface's address packets leave with an address of the past.")
    case .natMissing:
      Description(
        "nat line missing", "Packets leave the interface with a private source; no reply returns.")
    case .stickyRedirect:
      Description(
        "sticky-address in rdr",
        "macOS stores the wrong address: the second connection goes back to its sender.")
    case .poolWithoutFamily:
      Description(
        "pool without a family",
        "macOS copies a pool's addresses by the rule's family; without one packets keep theirs.")
    default:
      Description(
        "IPv4-only protection", "The same service is open over IPv6, which no rule blocks there.")
    }
  }

  private var definitions: Description {
    switch self {
    case .tableUnused: Description("table unused", "No rule names the table.")
    case .tableEmpty: Description("table empty", "A rule over an empty table fits no packet.")
    case .tableUndefined:
      Description("table not defined", "pf makes it empty; nothing of this ruleset fills it.")
    case .tableOverlap:
      Description("useless table entry", "Another entry of the table covers it with equal effect.")
    case .tableNegatedOnly:
      Description("table of exceptions only", "Exceptions without a larger entry fit nothing.")
    default: Description("macro unused", "No statement uses the macro.")
    }
  }

  private var kernel: Description {
    switch self {
    case .stateLimit: Description("void limit", "Another limit or timeout takes effect first.")
    case .synproxyBroken:
      Description(
        "synproxy on macOS", "macOS's SYN proxy does not hand over connections; use keep state.")
    default:
      Description(
        "fragment handling that can panic",
        "Overlapping IPv6 fragments stop the kernel under fragment crop.")
    }
  }
}
