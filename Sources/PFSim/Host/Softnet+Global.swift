extension Softnet {
  /// Whether Softnet takes an address for a global one: its library's `is_global`.
  ///
  /// Multicast counts as global; class E and the documentation networks do not.
  static func isGlobal(_ address: UInt32) -> Bool {
    if address == 0xc000_0009 || address == 0xc000_000a { return true }
    for range in notGlobal where address & range.mask == range.network { return false }
    return true
  }

  private static let notGlobal: [(network: UInt32, mask: UInt32)] = [
    (0x0000_0000, 0xff00_0000), (0x0a00_0000, 0xff00_0000), (0x6440_0000, 0xffc0_0000),
    (0x7f00_0000, 0xff00_0000), (0xa9fe_0000, 0xffff_0000), (0xac10_0000, 0xfff0_0000),
    (0xc000_0000, 0xffff_ff00), (0xc000_0200, 0xffff_ff00), (0xc0a8_0000, 0xffff_0000),
    (0xc612_0000, 0xfffe_0000), (0xc633_6400, 0xffff_ff00), (0xcb00_7100, 0xffff_ff00),
    (0xf000_0000, 0xf000_0000),
  ]
}
