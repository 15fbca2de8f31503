extension TCPHeader {
  /// What ``windowScale(extent:)`` adds to a scale to say that there was one.
  static let windowScaleKnown: UInt8 = 0x80

  /// The window scale option, at most 14 and with ``windowScaleKnown`` set; 0 where none is.
  /// - Parameter extent: The bytes readable from the header's start on.
  func windowScale(extent: Int) -> UInt8 {
    // KERNEL: pf_get_wscale(): the last option of the kind counts.
    guard headerLength > Self.minimumLength, headerLength <= extent else { return 0 }
    var scale: UInt8 = 0
    var options = TCPOptions(self, least: 3)
    while let option = options.next() {
      guard option.kind == .windowScale else { continue }
      scale = min(base.reading.byte(option.offset &+ 2), 14) | Self.windowScaleKnown
    }
    return scale
  }

  /// The largest segment that the sender takes: its option, 512 without one, 0 without any option.
  /// - Parameter extent: The bytes readable from the header's start on.
  func maximumSegment(extent: Int) -> UInt16 {
    // KERNEL: pf_get_mss(): the last option of the kind counts.
    guard headerLength > Self.minimumLength, headerLength <= extent else { return 0 }
    var size: UInt16 = 512
    var options = TCPOptions(self, least: 4)
    while let option = options.next() {
      if option.kind == .maximumSegment { size = base.reading.big16(option.offset &+ 2) }
    }
    return size
  }
}
