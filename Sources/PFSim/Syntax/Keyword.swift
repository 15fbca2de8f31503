/// The reserved words of macOS's pf.conf; a quoted string is never one.
enum Keyword: UInt8 {
  case all, allowOpts, altq, anchor, antispoof, any, bandwidth, binat, binatAnchor, bitmask, block
  case blockPolicy, cbq, code, crop, debug, drop, dropOverlap, dummynet, dummynetAnchor, dupTo
  case extFilter, extMap, fastRoute, file, fingerprints, flags, floating, flush, `for`, fragment
  case from, global, group, hfsc, hostID, icmpType, icmp6Type, ifBound, `in`, include, inet, inet6
  case keep, label, limit, linkshare, load, log, logInterface, max, maxMSS, maxSrcConn
  case maxSrcConnRate, maxSrcNodes, maxSrcStates, minTTL, modulate, nat, natAnchor, no, noDF
  case noRoute, noSync, on, optimization, os, out, overload, pass, pipe, port, priority, priq
  case probability, proto, qlimit, queue, quick, random, randomID, rdr, rdrAnchor, realtime
  case reassemble, replyTo, requireOrder, `return`, returnICMP, returnICMP6, returnRST, roundRobin
  case route, routeTo, rtable, rule, rulesetOptimization, scrub, scrubAnchor, set, skip, sourceHash
  case sourceTrack, state, statePolicy, staticPort, stickyAddress, synproxy, table, tag, tagged
  case tbrsize, timeout, to, tos, ttl, upperlimit, urpfFailed, user
}

extension Keyword {
  /// The keyword that a word's bytes spell, or nil.
  ///
  /// Case matters.
  init?(_ word: [UInt8]) {
    guard let keyword = Self.index.keyword(word) else { return nil }
    self = keyword
  }

  /// The word.
  var spelling: String { Self.index.spellings[Int(rawValue)] }

  private static let index = KeywordIndex(bySpelling)

  private static let bySpelling: [String: Keyword] = [
    "all": .all, "allow-opts": .allowOpts, "altq": .altq, "anchor": .anchor,
    "antispoof": .antispoof, "any": .any, "bandwidth": .bandwidth, "binat": .binat,
    "binat-anchor": .binatAnchor, "bitmask": .bitmask, "block": .block,
    "block-policy": .blockPolicy, "cbq": .cbq, "code": .code, "crop": .crop, "debug": .debug,
    "drop": .drop, "drop-ovl": .dropOverlap, "dummynet": .dummynet,
    "dummynet-anchor": .dummynetAnchor, "dup-to": .dupTo, "extfilter": .extFilter,
    "extmap": .extMap, "fastroute": .fastRoute, "file": .file, "fingerprints": .fingerprints,
    "flags": .flags, "floating": .floating, "flush": .flush, "for": .for, "fragment": .fragment,
    "from": .from, "global": .global, "group": .group, "hfsc": .hfsc, "hostid": .hostID,
    "icmp-type": .icmpType, "icmp6-type": .icmp6Type, "if-bound": .ifBound, "in": .in,
    "include": .include, "inet": .inet, "inet6": .inet6, "keep": .keep, "label": .label,
    "limit": .limit, "linkshare": .linkshare, "load": .load, "log": .log,
    "loginterface": .logInterface, "max": .max, "max-mss": .maxMSS, "max-src-conn": .maxSrcConn,
    "max-src-conn-rate": .maxSrcConnRate, "max-src-nodes": .maxSrcNodes,
    "max-src-states": .maxSrcStates, "min-ttl": .minTTL, "modulate": .modulate, "nat": .nat,
    "nat-anchor": .natAnchor, "no": .no, "no-df": .noDF, "no-route": .noRoute,
    "no-sync": .noSync, "on": .on, "optimization": .optimization, "os": .os, "out": .out,
    "overload": .overload, "pass": .pass, "pipe": .pipe, "port": .port, "priority": .priority,
    "priq": .priq, "probability": .probability, "proto": .proto, "qlimit": .qlimit,
    "queue": .queue, "quick": .quick, "random": .random, "random-id": .randomID, "rdr": .rdr,
    "rdr-anchor": .rdrAnchor, "realtime": .realtime, "reassemble": .reassemble,
    "reply-to": .replyTo, "require-order": .requireOrder, "return": .return,
    "return-icmp": .returnICMP, "return-icmp6": .returnICMP6, "return-rst": .returnRST,
    "round-robin": .roundRobin, "route": .route, "route-to": .routeTo, "rtable": .rtable,
    "rule": .rule, "ruleset-optimization": .rulesetOptimization, "scrub": .scrub,
    "scrub-anchor": .scrubAnchor, "set": .set, "skip": .skip, "source-hash": .sourceHash,
    "source-track": .sourceTrack, "state": .state, "state-policy": .statePolicy,
    "static-port": .staticPort, "sticky-address": .stickyAddress, "synproxy": .synproxy,
    "table": .table, "tag": .tag, "tagged": .tagged, "tbrsize": .tbrsize, "timeout": .timeout,
    "to": .to, "tos": .tos, "ttl": .ttl, "upperlimit": .upperlimit,
    "urpf-failed": .urpfFailed, "user": .user,
  ]
}
