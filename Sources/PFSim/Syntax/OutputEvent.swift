/// A piece of pfctl's output.
public struct OutputEvent: Sendable, Hashable {
  /// The text, with its line ends.
  public var text: String
  /// Whether it goes to standard error.
  public var isError: Bool

  /// Makes a piece.
  public init(_ text: String, isError: Bool = false) {
    self.text = text
    self.isError = isError
  }
}
