/// Where a dummynet rule sends packets.
public struct DummynetTarget: Sendable, Hashable {
  /// Whether ``number`` names a queue, else a pipe.
  public var isQueue: Bool
  /// The pipe's or queue's number.
  public var number: UInt32

  /// Makes a target.
  public init(isQueue: Bool, number: UInt32) {
    self.isQueue = isQueue
    self.number = number
  }
}
