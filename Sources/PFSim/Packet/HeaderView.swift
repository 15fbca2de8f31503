/// A view of a header in a packet's buffer; accessors cannot fail once it was made.
///
/// Numbers are in host order. The bytes belong to the packet's buffer.
protocol HeaderView {
  /// The bytes that must be there: the header without options.
  static var minimumLength: Int { get }

  /// The header's first byte.
  var base: UnsafeMutableRawPointer { get }

  /// Looks at a header whose bytes are known to be there.
  init(base: UnsafeMutableRawPointer)
}

extension HeaderView {
  /// Looks at a header; nil where fewer than ``minimumLength`` bytes are there.
  ///
  /// Nothing else is checked, such as a version.
  @inline(__always)
  init?(_ base: UnsafeMutableRawPointer, count: Int) {
    guard count >= Self.minimumLength else { return nil }
    self.init(base: base)
  }
}

/// A header that begins with the ports of both ends.
protocol PortHeaderView: HeaderView {}

extension PortHeaderView {
  /// The sender's port.
  @inline(__always)
  var sourcePort: UInt16 {
    get { base.reading.big16(0) }
    nonmutating set { base.put16(0, newValue) }
  }

  /// The receiver's port.
  @inline(__always)
  var destinationPort: UInt16 {
    get { base.reading.big16(2) }
    nonmutating set { base.put16(2, newValue) }
  }
}
