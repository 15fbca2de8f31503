/// The main ruleset as it is while a VM network runs.
enum SharedNetworkRules {
  /// The ruleset with the sharing service's anchors filled, and with its calls where the service
  /// inserts them: behind everything, unless the file is loaded later or has them itself.
  static func added(to ruleset: Ruleset, _ options: LintOptions) -> Ruleset {
    var result = ruleset
    guard result.anchors.first?.path == "" else { return result }
    for part in parts(options) where !result.anchors.contains(where: { $0.path == part.path }) {
      result.anchors.append(part)
    }
    guard !options.loadsAfterVM else { return result }
    for kind in [RuleKind.scrub, .filter, .nat, .rdr]
    where !result.anchors[0][kind].contains(where: { $0.anchorCall?.path == anchor }) {
      result.anchors[0][kind].append(call(kind))
    }
    return result
  }

  private static let anchor = SharingService.anchor

  private static func call(_ kind: RuleKind) -> Rule {
    let action: RuleAction =
      switch kind {
      case .scrub: .scrub
      case .nat: .nat
      case .rdr: .rdr
      default: .pass
      }
    var rule = Rule(action: action)
    rule.anchorCall = AnchorCall(name: anchor, path: anchor, wildcard: false)
    return rule
  }

  /// The anchors that the service fills.
  private static func parts(_ options: LintOptions) -> [Ruleset.Anchor] {
    let rules = SharingRules(
      settings: HostSettings(), egress: options.uplinks,
      networks: [
        SharingRules.Network(
          bridge: options.bridge, gateway: options.gateway,
          prefixLength: options.gatewayPrefixLength)
      ])
    let texts =
      [(anchor, rules.parentText)]
      + rules.parts.map { part in
        (anchor + "/" + part, rules.text(ofPart: part))
      }
    return texts.flatMap { path, text in
      var parse = ParseOptions(interfaces: options.interfaces)
      parse.anchorPath = path
      parse.optimization = OptimizationLevel.none
      return parseRuleset(Array(text.utf8), file: path, options: parse).ruleset.anchors
    }
  }
}
