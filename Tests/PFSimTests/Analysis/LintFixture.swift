import Testing

@testable import PFSim

/// Checks texts as `pfsim check` does.
enum LintFixture {
  /// The stock calls with those of a VM network, each list in its place.
  static let calls = Calls()

  struct Calls {
    let scrub = "scrub-anchor \"com.apple/*\"\nscrub-anchor \"com.apple.internet-sharing\"\n"
    let translation = """
      nat-anchor "com.apple/*"
      nat-anchor "com.apple.internet-sharing"
      rdr-anchor "com.apple/*"
      rdr-anchor "com.apple.internet-sharing"
      dummynet-anchor "com.apple/*"

      """
    let filter = "anchor \"com.apple/*\"\nanchor \"com.apple.internet-sharing\"\n"
  }

  /// The host's interfaces, a VM's bridge among them.
  static let interfaces = """
    lo0=127.0.0.1/8,::1/128;en0=192.168.1.20/24,fe80::20/64;bridge100=192.168.64.1/24
    """

  /// A file with all of Apple's calls around the given lines.
  static func complete(translation: String = "", filter: String) -> String {
    calls.scrub + translation + calls.translation + calls.filter + filter
  }

  /// Reads a text, and other anchors' texts, as a check does.
  static func ruleset(
    _ text: String, anchors: [String: String] = [:], interfaces: String = Self.interfaces
  ) throws -> Ruleset {
    var options = ParseOptions(interfaces: try [Interface](parsing: interfaces))
    options.optimization = OptimizationLevel.none
    options.recordsOrigin = true
    let parsed = parseRuleset(Array(text.utf8), file: "pf.conf", options: options)
    #expect(!parsed.hasErrors, "\(parsed.standardError)")
    var ruleset = parsed.ruleset
    for (path, text) in anchors.sorted(by: { $0.key < $1.key }) {
      options.anchorPath = path
      let anchor = parseRuleset(Array(text.utf8), file: path, options: options)
      #expect(!anchor.hasErrors, "\(anchor.standardError)")
      ruleset.anchors += anchor.ruleset.anchors
    }
    return ruleset
  }

  /// What a check says about a text.
  static func findings(
    _ text: String, anchors: [String: String] = [:], interfaces: String = Self.interfaces,
    afterVM: Bool = false
  ) throws -> [Finding] {
    var options = LintOptions()
    options.interfaces = try [Interface](parsing: interfaces)
    options.loadsAfterVM = afterVM
    options.unusedMacros = unusedMacros(text, interfaces: options.interfaces)
    let ruleset = try ruleset(text, anchors: anchors, interfaces: interfaces)
    return Linter(ruleset, options: options).findings()
  }

  private static func unusedMacros(_ text: String, interfaces: [Interface]) -> [UnusedMacro] {
    parseRuleset(
      Array(text.utf8), file: "pf.conf", options: ParseOptions(interfaces: interfaces)
    ).unusedMacros
  }
}
