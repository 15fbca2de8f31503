/// The timeouts that a rule sets, in seconds (adaptive: states), each nil where it does not.
public struct TimeoutValues: Sendable, Hashable {
  private struct Value: Sendable, Hashable {
    var timeout: Timeout
    var seconds: UInt32
  }
  /// In the kernel's order, which makes equal sets equal.
  private var values: [Value] = []

  /// None.
  public init() {}

  /// Whether none is set.
  public var isEmpty: Bool { values.isEmpty }

  /// The value of a timeout, nil where it is not set.
  public subscript(timeout: Timeout) -> UInt32? {
    get { values.first { $0.timeout == timeout }?.seconds }
    set {
      values.removeAll { $0.timeout == timeout }
      guard let newValue else { return }
      let index = values.firstIndex { $0.timeout.rawValue > timeout.rawValue } ?? values.count
      values.insert(Value(timeout: timeout, seconds: newValue), at: index)
    }
  }
}
