/// What the kernel's test functions return.
enum HookAction {
  case pass
  case drop
  case synproxyDrop
  case nat64
}

/// One packet's way through a hook: what is known and decided so far.
struct HookRun {
  /// The packet.
  var packet: PacketDescription
  /// The buffer that holds it.
  unowned(unsafe) let buffer: PacketBuffer
  /// The deciding rule as far as known: before the filter rules that of dummynet, between the two
  /// rule tests of PPTP that of the first.
  var rule: Int32 = 0
  /// The outermost anchor rule around it, -1 for none.
  var anchorRule: Int32 = -1
  /// The list that holds the deciding rule as far as known, -1 else.
  var list: Int32 = -1
  /// The state, -1 for none.
  var state: Int32 = -1
  /// Whether the state was made by this packet.
  var createdState = false
  /// What END logs: 0 nothing, else a state's log bits or 1.
  var log: UInt8 = 0
  /// The reason in force.
  var reason = Reason.match
  /// The reasons counted, as a bit set.
  var counters: UInt32 = 0
  /// Whether the packet's bytes changed.
  var isChanged = false
  /// Whether the fragment is held.
  var isHeld = false
  /// Why the verdict is open.
  var undetermined = UndeterminedReason.none

  @inline(__always)
  init(packet: PacketDescription, buffer: PacketBuffer) {
    self.packet = packet
    self.buffer = buffer
  }
}
