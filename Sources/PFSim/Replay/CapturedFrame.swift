/// A moment in a capture.
public struct CaptureTime: Sendable, Hashable, Comparable {
  /// Nanoseconds since 1970 in UTC.
  public var nanoseconds: Int64

  /// Makes a time from nanoseconds since 1970.
  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Makes a time from a capture's seconds and nanoseconds; what cannot be represented is clamped.
  @inlinable
  public init(seconds: Int64, nanoseconds: Int64) {
    let limit = Int64.max / 1_000_000_000 - 1
    let clamped = max(-limit, min(limit, seconds))
    self.nanoseconds = clamped &* 1_000_000_000 &+ max(0, min(nanoseconds, 999_999_999))
  }

  /// The seconds since another time, negative when this one is earlier.
  @inlinable
  public func seconds(since other: CaptureTime) -> Double {
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
    return overflow ? 0 : Double(difference) / 1e9
  }

  /// Orders by time.
  @inlinable
  public static func < (left: CaptureTime, right: CaptureTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}

/// One record of a capture.
public struct CapturedFrame {
  /// The frame's number in its capture, from 1.
  public var number: Int
  /// When it was recorded.
  public var time: CaptureTime
  /// The frame's length on the wire, in bytes; at least that of ``bytes``.
  public var originalLength: Int
  /// The recorded bytes from the link header on, valid until the next frame is read.
  public var bytes: UnsafeRawBufferPointer

  /// Whether the recording cut the frame (snapshot length).
  public var isCut: Bool { bytes.count < originalLength }
}
