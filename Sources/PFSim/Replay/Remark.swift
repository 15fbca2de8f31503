/// What the end of a packet's path does not say by itself.
enum Remark: Sendable, Hashable {
  /// Nothing.
  case none
  /// Its receiver is not the host, which took it.
  case answerNotRecorded
  /// An answer that the host takes for itself.
  case notTranslatedBack
  /// A question that the host takes for itself.
  case notForwarded
  /// It went out although its receiver is one of the host's.
  case leavesHost
  /// Translation sent it to somebody else.
  case redirected(IPAddress)
  /// pf sent something of its own.
  case answeredByPF
  /// A routing option sent it away in vain.
  case routedToNobody
  /// The recording holds too little of it.
  case headersCut

  /// The remark in words, without a full stop; empty for nothing.
  var text: String {
    switch self {
    case .none: ""
    case .answerNotRecorded: "it ends at the host, whose answer the recording does not hold"
    case .notTranslatedBack:
      "the answer is not translated back: the host takes it for itself"
    case .notForwarded: "no rule forwards it to the VM: the host takes it for itself"
    case .leavesHost: "it leaves the host instead of reaching the other end"
    case .redirected(let address):
      "redirected to \(address), which the recording does not hold"
    case .answeredByPF: "pf answered itself; the recording cannot show the rest"
    case .routedToNobody: "a routing option sent it where nobody takes it"
    case .headersCut: "the recording cut the headers off"
    }
  }
}
