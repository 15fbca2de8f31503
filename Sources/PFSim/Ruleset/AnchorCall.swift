/// What an anchor rule calls.
public struct AnchorCall: Sendable, Hashable {
  /// The name as written, without a trailing `/*`; empty for an unnamed inline anchor.
  public var name: String
  /// The absolute path of the called anchor, without a leading slash and without `/*`.
  public var path: String
  /// Whether the call goes to the anchor's children (`name/*`).
  public var wildcard: Bool
  /// Whether the anchor's rules were written in braces behind the call.
  public var inline: Bool

  /// Makes a call.
  public init(name: String, path: String, wildcard: Bool, inline: Bool = false) {
    self.name = name
    self.path = path
    self.wildcard = wildcard
    self.inline = inline
  }
}
