import Testing

@testable import PFSim

/// pfctl's optimiser on large lists, where other ways lead to the same result.
struct OptimizerTests {
  private func host(_ random: inout SplitMix64) -> String {
    switch random.below(10) {
    case 0, 1: return "any"
    case 2: return "<t\(random.below(2))>"
    case 3: return "! 10.0.0.\(random.below(4))/\([8, 24, 32][random.below(3)])"
    case 4: return "! 0.0.0.0/0"
    default:
      let length = [8, 16, 24, 32, 32, 32][random.below(6)]
      return "10.\(random.below(3)).\(random.below(4)).\(random.below(12))/\(length)"
    }
  }

  /// Rules of one superblock, many of which cover others.
  private func rules(_ count: Int, seed: UInt64) -> [Rule] {
    var random = SplitMix64(seed: seed)
    var text = ""
    for _ in 0..<count {
      let interface = ["", "", " on en0", " on en1"][random.below(4)]
      let family = random.below(2) == 0 ? " inet" : ""
      let proto = ["", "", " proto tcp", " proto udp"][random.below(4)]
      text += "pass in\(interface)\(family)\(proto) from \(host(&random))"
      if !proto.isEmpty, random.below(5) == 0 { text += " port \(1 + random.below(3))" }
      text += " to \(host(&random))"
      if !proto.isEmpty, random.below(2) == 0 { text += " port \(1 + random.below(5))" }
      text += "\n"
    }
    return parseRuleset(Array(text.utf8), options: PrintedRules.options).ruleset
      .anchors[0][.filter]
  }

  @Test("rules found covered by their shapes are those found by comparing each with each")
  func cover() {
    for seed in 0..<UInt64(8) {
      let rules = rules(300, seed: seed)
      #expect(rules.count == 300)
      var numbering = RuleNumbering()
      rules.withUnsafeBufferPointer { rules in
        guard let first = rules.baseAddress else { return }
        let numbers = rules.indices.map { numbering.numbers(of: first + $0) }
        let candidates = MergeCandidates(rules, numbers)
        let pairs = RuleCover.coveredByPairs(rules.indices.map { candidates[$0] })
        #expect(ShapeCover(rules.indices, candidates).covered() == pairs)
        #expect(pairs.contains(true) && pairs.contains(false))
      }
    }
  }

  @Test("of two negated networks the wider one hides the narrower, as if neither were negated")
  func negatedNetworks() {
    func kept(_ first: String, _ second: String) -> String {
      PfctlText("pass in from \(first)\npass in from \(second)\n") { $0.optimization = .basic }
        .output
    }
    let wide = "pass in inet from ! 10.0.0.0/8 to any flags S/SA keep state\n"
    #expect(kept("! 10.0.0.0/8", "! 10.1.0.0/16") == wide)
    #expect(kept("! 10.1.0.0/16", "! 10.0.0.0/8") == wide)
    #expect(
      kept("! 0.0.0.0/0", "! 10.0.0.0/8")
        == "pass in inet from ! any to any flags S/SA keep state\n")
    #expect(kept("! 10.0.0.0/8", "10.1.0.0/16").contains("from 10.1.0.0/16"))
    #expect(kept("! 0.0.0.0/0", "! <t>").contains("from ! <t>"))
  }

  @Test("without tables pfctl forgets rules that it could optimise, and says so")
  func noTables() {
    func load(_ text: String) -> PfctlText {
      PfctlText(text) {
        $0.parts = .filter
        $0.optimization = .basic
      }
    }
    let message = "pfctl: Must enable table loading for optimizations\n"
    let two = load("pass in\npass in on en0\n")
    #expect(two.output.isEmpty)
    #expect(two.error == message)
    #expect(!two.fails)
    let apart = load("pass in\nblock in on en0\n")
    #expect(apart.output.hasPrefix("pass in all"))
    #expect(apart.error.isEmpty)
    let nested = load("anchor a {\npass in\npass in on en0\n}\npass\n")
    #expect(nested.output.contains("anchor \"a\" all"))
    #expect(!nested.output.contains("pass in"))
    #expect(nested.error == message)
    let both = load("pass in\npass in on en0\nanchor a {\npass in\npass in on en0\n}\n")
    #expect(both.error == message)
  }

  @Test("a profile is only asked for where filter rules load")
  func profileOfOtherParts() {
    let text = PfctlText("nat on en0 from 10.0.0.0/8 to any -> 1.2.3.4\npass in\n") {
      $0.parts = .translation
      $0.optimization = .profile
    }
    #expect(text.output == "nat on en0 inet from 10.0.0.0/8 to any -> 1.2.3.4\n")
    #expect(text.error.isEmpty)
  }

  @Test("optimised rules are rules of the text, once each, and tables hold the others' addresses")
  func arrangement() {
    for seed in 0..<UInt64(4) {
      let given = rules(600, seed: seed)
      var ruleset = Ruleset()
      ruleset.anchors[0][.filter] = given
      var optimizer = RulesetOptimizer()
      optimizer.optimize(&ruleset)
      let kept = ruleset.anchors[0][.filter]
      #expect(kept.count < given.count)
      #expect(kept.map(\.loadNumber) == (0..<kept.count).map { Int32($0) })
      let lines = kept.map { $0.provenance.location?.line ?? 0 }
      #expect(Set(lines).count == lines.count)
      let texts = Dictionary(uniqueKeysWithValues: zip(given.map(\.line), given.map { $0.text() }))
      for rule in kept where !rule.text().contains("__automatic_") {
        #expect(texts[rule.line] == rule.text())
      }
      for table in ruleset.anchors[0].tables {
        #expect(table.entries.count >= RulesetOptimizer.tableThreshold)
        #expect(kept.count { $0.text().contains("<\(table.name)>") } == 1)
      }
    }
  }

  @Test("a table of numbers finds what is equal, and keeps the first or the newest")
  func indexTable() {
    let words = (0..<500).map { "\($0 % 137)" }
    var first = IndexTable(count: words.count)
    var newest = IndexTable(count: words.count)
    for (index, word) in words.enumerated() {
      let kept = first.insert(index, word.hashValue) { words[$0] == word }
      #expect(kept == index % 137)
      let old = newest.replace(with: index, word.hashValue) { words[$0] == word }
      #expect(old == (index < 137 ? nil : index - 137))
    }
    #expect(first.find("x".hashValue) { words[$0] == "x" } == nil)
  }
}

extension Rule {
  /// The line that the rule stands in.
  fileprivate var line: Int { provenance.location?.line ?? 0 }
}
