/// A walk over the options of a TCP header.
///
/// Reading stays within the header whatever the options say about their lengths.
struct TCPOptions {
  private let base: UnsafeRawPointer
  private var offset = TCPHeader.minimumLength
  private var remaining: Int
  private let least: Int

  /// Starts a walk.
  /// - Parameters:
  ///   - header: The header; all of its ``TCPHeader/headerLength`` bytes must be readable.
  ///   - least: The walk ends where fewer bytes are left (each of the kernel's walks has its own
  ///     bound, which decides about options at the very end), 2 at the least.
  @inline(__always)
  init(_ header: TCPHeader, least: Int) {
    base = header.base.reading
    remaining = header.headerLength &- TCPHeader.minimumLength
    self.least = max(least, 2)
  }

  /// The next option that is not padding; nil at the end.
  ///
  /// KERNEL: none of pf's walks stops at the end-of-list option, they step over it like padding;
  /// a length below 2 counts as 2.
  @inline(__always)
  mutating func next() -> TCPOption? {
    while remaining >= least {
      let kind = TCPOption.Kind(rawValue: base.byte(offset))
      if kind == .end || kind == .noOperation {
        offset &+= 1
        remaining &-= 1
        continue
      }
      let length = max(2, Int(base.byte(offset &+ 1)))
      let option = TCPOption(
        kind: kind, offset: offset, length: length, available: remaining)
      offset &+= length
      remaining &-= length
      return option
    }
    return nil
  }
}
