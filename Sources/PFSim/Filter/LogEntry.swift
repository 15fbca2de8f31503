/// One entry of a pflog interface (kernel: `struct pfloghdr` and the packet).
public struct LogEntry {
  /// The number N of pflogN.
  public var logInterface: UInt8
  /// The packet's interface, an index into ``PacketFilter/interfaces``.
  public var interface: Int
  /// The direction.
  public var direction: Direction
  /// The family that the header names.
  public var family: AddressFamily
  /// The rule's action.
  public var action: RuleAction
  /// The reason.
  public var reason: Reason
  /// The rule.
  public var rule: RuleReference
  /// The outermost anchor rule, or none.
  public var anchorRule: RuleReference
  /// The path of the anchor that holds the rule, as far as pf knows it; empty else.
  public var anchor: String
  /// The socket's user where it was looked up, else ``IDMatch/unknown``.
  public var user: UInt32
  /// The packet as it is now; valid only during the call.
  public var packet: UnsafeRawBufferPointer
}
