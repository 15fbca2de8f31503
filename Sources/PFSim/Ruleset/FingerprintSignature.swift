/// What an operating system's first TCP segment looks like (kernel: `pf_os_fingerprint`).
public struct FingerprintSignature: Sendable, Hashable {
  /// A number of a signature and how it is compared.
  public struct Measure: Sendable, Hashable {
    /// How a packet's number is compared.
    public enum Comparison: UInt8, Sendable, Hashable {
      /// It is equal.
      case exact
      /// Anything fits.
      case any
      /// It is a multiple.
      case modulus
      /// It is so many times the segment size (windows only).
      case segments
      /// It is so many times the packet size that the segment size allows (windows only).
      case packets
    }
    /// How a packet's number is compared.
    public var comparison: Comparison
    /// The number.
    public var value: UInt16

    /// Makes a measure.
    public init(_ comparison: Comparison, _ value: UInt16 = 0) {
      self.comparison = comparison
      self.value = value
    }
  }

  /// TCP options, each with its number in ``options``.
  enum Option: UInt64 {
    case noOperation = 0
    case windowScale = 1
    case segmentSize = 2
    case selectiveAck = 3
    case timestamp = 4
  }

  /// The bits that an option takes in ``options``.
  static let optionBits: UInt64 = 3
  /// The most options that fit into ``options``.
  static let mostOptions = 64 / 3
  /// How far below the initial TTL a packet's may be.
  static let ttlSlack = 40

  /// The window.
  public var window = Measure(.any)
  /// The initial TTL.
  public var ttl: UInt8 = 0
  /// Whether fragments are forbidden; IPv6 packets count as such.
  public var dontFragment = false
  /// Whether the signature is the IPv6 form of another.
  public var isIPv6 = false
  /// The packet's length in bytes, its IP header included.
  public var length = Measure(.any)
  /// The options in their order, three bits each.
  public var options: UInt64 = 0
  /// The number of options.
  public var optionCount = 0
  /// The maximum segment size.
  public var segmentSize = Measure(.any)
  /// The window scale.
  public var windowScale = Measure(.any)
  /// Whether the timestamp is zero.
  public var hasZeroTimestamp = false

  /// A signature that fits nothing much.
  public init() {}

  /// Adds an option behind the others.
  mutating func append(_ option: Option) {
    options = options << Self.optionBits | option.rawValue
    optionCount += 1
  }

  /// Whether what was read of a packet fits (kernel: the loop of `pf_osfp_find()`).
  func fits(_ packet: FingerprintReading) -> Bool {
    guard options == packet.options, optionCount == packet.optionCount, ttl >= packet.ttl,
      Int(ttl) - Int(packet.ttl) <= Self.ttlSlack, dontFragment == packet.dontFragment,
      hasZeroTimestamp == packet.hasZeroTimestamp
    else { return false }
    return length.fits(packet.length) && segmentSize.fits(packet.segmentSize)
      && windowScale.fits(UInt16(packet.windowScale))
      && window.fits(packet.window, segment: packet.segmentSize)
  }
}

extension FingerprintSignature.Measure {
  /// Whether a number fits.
  func fits(_ number: UInt16) -> Bool {
    switch comparison {
    case .exact: number == value
    case .modulus: value != 0 && number % value == 0
    case .any, .segments, .packets: true
    }
  }

  /// Whether a window fits, next to a maximum segment size.
  func fits(_ window: UInt16, segment: UInt16) -> Bool {
    switch comparison {
    case .exact, .any, .modulus: return fits(window)
    case .segments:
      return segment != 0 && (isMultiple(window, of: Int(segment)) || isMultiple(window, of: 1460))
    case .packets:
      // The headers without options, as the kernel adds them also for IPv6.
      return segment != 0
        && (isMultiple(window, of: Int(segment) + 40) || isMultiple(window, of: 1500))
    }
  }

  private func isMultiple(_ window: UInt16, of unit: Int) -> Bool {
    Int(window) % unit == 0 && Int(window) / unit == Int(value)
  }
}

/// What pf reads of a SYN to compare it with signatures.
struct FingerprintReading: Hashable {
  var window: UInt16 = 0
  var ttl: UInt8 = 0
  var dontFragment = false
  var length: UInt16 = 0
  var options: UInt64 = 0
  var optionCount = 0
  var segmentSize: UInt16 = 0
  var windowScale: UInt8 = 0
  var hasZeroTimestamp = false

  /// Adds an option behind the others.
  mutating func append(_ option: FingerprintSignature.Option) {
    options = options << FingerprintSignature.optionBits | option.rawValue
    optionCount += 1
  }
}
