/// The rules of a list as the optimiser compares them.
///
/// What it compares is made where it is needed, so that a large list takes no memory but eight
/// bytes a rule.
struct MergeCandidates {
  /// The rules, which must outlive this view.
  private let rules: UnsafeBufferPointer<Rule>
  private let numbers: [RuleNumbering.Numbers]

  init(_ rules: UnsafeBufferPointer<Rule>, _ numbers: [RuleNumbering.Numbers]) {
    self.rules = rules
    self.numbers = numbers
  }

  /// What is compared of a rule.
  subscript(rule: Int) -> RuleCover.Candidate {
    RuleCover.Candidate(key: key(rule), source: source(rule), destination: destination(rule))
  }

  /// All but the addresses.
  func key(_ rule: Int) -> RuleMergeKey { RuleMergeKey(pointer(rule), numbers[rule]) }

  /// The source address.
  func source(_ rule: Int) -> AddressSpec { pointer(rule).pointee.source.address }

  /// The destination address.
  func destination(_ rule: Int) -> AddressSpec { pointer(rule).pointee.destination.address }

  private func pointer(_ rule: Int) -> UnsafePointer<Rule> {
    precondition(rules.indices.contains(rule))
    return rules.baseAddress.unsafelyUnwrapped + rule
  }
}
