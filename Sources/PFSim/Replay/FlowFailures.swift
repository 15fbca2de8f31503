/// The packets of one flow that failed in one mode; flows without any have none.
struct FlowFailures: Sendable {
  /// The first packet of each way that failed.
  private(set) var question: PacketFailure?
  private(set) var answer: PacketFailure?
  /// The first packet that failed although the flow worked before and needed it.
  private(set) var stall: PacketFailure?

  /// The failure of one way.
  func first(_ way: Way) -> PacketFailure? { way == .question ? question : answer }

  /// Keeps the first failure of each way, and the first of a packet that the flow needed.
  mutating func note(_ failure: PacketFailure, _ way: Way, isNeeded: Bool) {
    if way == .question {
      question = question ?? failure
    } else {
      answer = answer ?? failure
    }
    if isNeeded { stall = stall ?? failure }
  }
}
