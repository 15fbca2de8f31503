/// What lookups of a packet's socket find, for rules with `user` and `group`.
public enum SocketOwner: Sendable, Hashable {
  /// Nobody knows: verdicts that depend on it are ``Verdict/undetermined``.
  case unknown
  /// No socket belongs to the packet.
  case none
  /// A socket of this user and group.
  case owner(user: UInt32, group: UInt32)
}
