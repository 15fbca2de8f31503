import PFSim

/// The tables, status and interfaces at the end of a vector.
extension KernelReport {
  /// The active tables.
  var tables: [[String: Any]] {
    filter.tables.filter { $0.flags.contains(.active) }.map { table in
      [
        "name": table.name, "anchor": table.anchor, "flags": Int(table.flags.rawValue),
        "match": table.matches, "nomatch": table.misses,
        "in": [
          "block": table.blocked.packetsIn, "pass": table.passed.packetsIn,
          "xpass": table.crossed.packetsIn,
        ],
        "out": [
          "block": table.blocked.packetsOut, "pass": table.passed.packetsOut,
          "xpass": table.crossed.packetsOut,
        ],
        "addrs": table.entries.map { Self.text($0.entry) },
      ]
    }
  }

  private static func text(_ entry: TableDefinition.Entry) -> String {
    let address = IPAddress(family: entry.family, bits: entry.address).description
    return (entry.negated ? "!" : "") + address + "/\(entry.prefixLength)"
  }

  /// The status and its counters.
  var info: [String: Any] {
    let status = filter.statusInfo
    var reasons: [String: Any] = [:]
    for reason in Reason.allCases where status.reasons[Int(reason.rawValue)] != 0 {
      reasons[reason.name] = status.reasons[Int(reason.rawValue)]
    }
    var limits: [String: Any] = [:]
    for limit in LimitCounter.allCases where status.limitCounters[Int(limit.rawValue)] != 0 {
      limits[limit.name] = status.limitCounters[Int(limit.rawValue)]
    }
    let all = status.defaultRule
    return [
      "running": status.isEnabled, "states": status.states, "src_nodes": status.sourceNodes,
      "counters": reasons, "lcounters": limits,
      "fcounters": [
        "search": status.stateSearches, "insert": status.stateInsertions,
        "removals": status.stateRemovals,
      ],
      "scounters": [
        "search": status.sourceSearches, "insert": status.sourceInsertions,
        "removals": status.sourceRemovals,
      ],
      "default_rule": [
        "evaluations": all.evaluations,
        "packets": [all.traffic.packetsIn, all.traffic.packetsOut],
        "bytes": [all.traffic.bytesIn, all.traffic.bytesOut], "states": all.states,
      ],
    ]
  }

  /// The interfaces whose counters moved.
  var interfaces: [[String: Any]] {
    filter.interfaceSnapshots.compactMap { interface in
      var counters: [String: Any] = [:]
      func add(_ name: String, _ packets: UInt64, _ bytes: UInt64) {
        if packets > 0 { counters[name] = [packets, bytes] }
      }
      let all = [
        ("4_pass", interface.passed4), ("4_block", interface.blocked4),
        ("6_pass", interface.passed6), ("6_block", interface.blocked6),
      ]
      for (name, counts) in all {
        add("in" + name, counts.packetsIn, counts.bytesIn)
        add("out" + name, counts.packetsOut, counts.bytesOut)
      }
      guard !counters.isEmpty else { return nil }
      return [
        "name": interface.name, "flags": interface.isSkipped ? 0x100 : 0, "counters": counters,
      ]
    }
  }
}
