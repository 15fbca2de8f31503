/// The members of a rule that few rules have.
struct RuleExtras: Sparing {
  var anchorCall: AnchorCall?
  var fingerprint: String?
  var user: IDMatch?
  var group: IDMatch?
  var probability: UInt32 = 0
  var rtable: Int32?
  var queue = ""
  var priorityQueue = ""
  var routing: Routing?
  var dummynet: DummynetTarget?
  var owner = ""
  var priority: UInt32 = 0

  static let usual = RuleExtras()
}
