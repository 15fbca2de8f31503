/// One side of a connection (kernel: `pf_state_peer`).
struct StatePeer {
  /// The highest sequence number sent.
  var sequenceLow: UInt32 = 0
  /// The highest sequence number that may be sent.
  var sequenceHigh: UInt32 = 0
  /// What is added to sequence numbers (`modulate state`), else 0.
  var sequenceOffset: UInt32 = 0
  /// The largest window.
  var maxWindow: UInt16 = 0
  /// The connection's state on this side, with the kernel's numbers.
  var state: UInt8 = 0
  /// The window scale; bit 7 says that the option was seen.
  var windowScale: UInt8 = 0

  /// Whether the window scale option was seen.
  @inline(__always) var hasWindowScale: Bool { windowScale & 0x80 != 0 }
  /// The shift of the window scale option.
  @inline(__always) var scale: UInt32 { UInt32(windowScale & 0x0f) }
}

/// The kernel's TCP states that pf uses.
enum TCPState {
  static let closed: UInt8 = 0
  static let synSent: UInt8 = 2
  static let established: UInt8 = 4
  static let closing: UInt8 = 7
  static let finWait2: UInt8 = 9
  static let timeWait: UInt8 = 10
  static let proxySource: UInt8 = 11
  static let proxyDestination: UInt8 = 12
}
