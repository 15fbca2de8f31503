/// Watches the packets of a host at its hooks: what captures on its interfaces would hold.
public protocol HookObserver: AnyObject {
  /// A packet is about to meet a hook; the buffer is as the hook finds it.
  func willMeet(_ packet: PacketBuffer, _ direction: Direction, on interface: Int)
  /// A packet has met a hook; the buffer is as the hook leaves it.
  func didMeet(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int, result: HookResult)
}
