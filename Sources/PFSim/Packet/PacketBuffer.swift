/// A reusable buffer that holds one IP packet, with room to grow.
///
/// The bytes start at the IP header. One buffer serves a whole replay: ``assign(_:)`` copies the
/// next packet in without allocating. Not thread-safe: one buffer a thread.
public final class PacketBuffer {
  /// The start of the storage; the packet's bytes come first.
  public let base: UnsafeMutableRawPointer
  /// The storage's size in bytes.
  public let capacity: Int
  /// The number of bytes that the packet has, 0…``capacity``.
  public private(set) var count: Int {
    get { marks.count }
    set { marks.count = newValue }
  }
  /// The tag that the packet carries (kernel: `pf_mtag`), 0 for none.
  public var tag: UInt16 {
    get { marks.tag }
    set { marks.tag = newValue }
  }
  /// The index of the interface that the packet came in on when it is being forwarded; -1 for
  /// packets of the host itself.
  public var receivedOn: Int32 {
    get { marks.receivedOn }
    set { marks.receivedOn = newValue }
  }
  /// Whether the TCP or UDP checksum field holds only the pseudo-header's sum, because hardware
  /// was to fill it in (kernel: `CSUM_DELAY_DATA`).
  public var checksumIsPartial: Bool {
    get { marks.checksumIsPartial }
    set { marks.checksumIsPartial = newValue }
  }
  /// Whether pf made the packet itself, so that pf lets it through untouched
  /// (kernel: `PF_TAG_GENERATED`).
  public var generatedByFilter: Bool {
    get { marks.generatedByFilter }
    set { marks.generatedByFilter = newValue }
  }
  /// Whether a fragment went through the cache of `scrub fragment crop` or `drop-ovl` on its way
  /// in, so that it is no duplicate on its way out (kernel: `PF_TAG_FRAGCACHE`).
  public var passedFragmentCache: Bool {
    get { marks.passedFragmentCache }
    set { marks.passedFragmentCache = newValue }
  }
  /// How a forwarded IPv6 packet that pf put together is to be cut again; nil for others.
  public var refragmentation: Refragmentation? {
    get { marks.refragmentation }
    set { marks.refragmentation = newValue }
  }
  @Unshared private var marks = Marks()

  /// What the properties of the same names show.
  private struct Marks {
    var count = 0
    var tag: UInt16 = 0
    var receivedOn: Int32 = -1
    var checksumIsPartial = false
    var generatedByFilter = false
    var passedFragmentCache = false
    var refragmentation: Refragmentation?
  }

  /// Makes an empty buffer.
  /// - Parameter capacity: The largest packet, in bytes; the default holds any IP packet.
  public init(capacity: Int = 65_536 + 256) {
    self.capacity = max(capacity, 64)
    base = .allocate(byteCount: self.capacity, alignment: 16)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: self.capacity)
  }

  deinit {
    base.deallocate()
    _marks.deallocate()
  }

  /// Copies a packet in and clears all marks; bytes beyond ``capacity`` are cut off.
  public func assign(_ bytes: UnsafeRawBufferPointer) {
    count = min(bytes.count, capacity)
    if let source = bytes.baseAddress, count > 0 {
      base.copyMemory(from: source, byteCount: count)
    }
    clearMarks()
  }

  /// Copies a packet in and clears all marks; bytes beyond ``capacity`` are cut off.
  public func assign(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { assign($0) }
  }

  /// Copies a packet in with all its marks; bytes beyond ``capacity`` are cut off.
  func assign(_ other: PacketBuffer) {
    assign(other.bytes)
    let count = count
    marks = other.marks
    self.count = count
  }

  /// Sets the number of bytes, within 0…``capacity``; new bytes keep what the storage held.
  public func resize(to count: Int) {
    self.count = max(0, min(count, capacity))
  }

  private func clearMarks() {
    marks = Marks(count: count)
  }

  /// Replaces the packet's bytes and keeps all marks; bytes beyond ``capacity`` are cut off.
  func replace(_ bytes: [UInt8]) {
    count = min(bytes.count, capacity)
    bytes.withUnsafeBytes { view in
      if let source = view.baseAddress { base.copyMemory(from: source, byteCount: count) }
    }
  }

  /// The packet's bytes, valid until the buffer changes.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// A copy of the packet's bytes.
  public var array: [UInt8] { Array(bytes) }
}
