/// The one source of chance: xorshift64* after Marsaglia and Vigna, seeded through splitmix64.
///
/// Equal seeds give equal sequences on every machine.
struct RandomSource {
  private var state: UInt64

  /// Makes a source.
  init(seed: UInt64) {
    var mixed = seed &+ 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    mixed ^= mixed >> 31
    state = mixed == 0 ? 1 : mixed
  }

  /// 32 random bits.
  @inline(__always)
  mutating func next() -> UInt32 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return UInt32(truncatingIfNeeded: (state &* 0x2545_f491_4f6c_dd1d) >> 32)
  }
}
