/// Notices on a walk whether it depended on more than the classes of the packet's fields.
struct WalkRecorder: EvaluationObserver {
  /// By rule id: the first criterion that classes do not tell, `UInt8.max` for none.
  let opaqueFrom: UnsafeMutablePointer<UInt8>
  /// Whether such a criterion was reached.
  private(set) var isOpaque = false

  init(opaqueFrom: UnsafeMutablePointer<UInt8>) { self.opaqueFrom = opaqueFrom }

  @inline(__always) mutating func begin(_ kind: RuleKind) {}

  @inline(__always)
  mutating func failed(_ rule: Int32, _ criterion: Criterion, next: Int32) {
    if criterion.rawValue >= opaqueFrom[Int(rule)] { isOpaque = true }
  }

  @inline(__always)
  mutating func matched(_ rule: Int32) {
    if opaqueFrom[Int(rule)] != .max { isOpaque = true }
  }

  @inline(__always)
  mutating func entered(_ rule: Int32) { matched(rule) }

  @inline(__always)
  mutating func left(ends: Bool) {}
}
