/// What one entry of a table counted: packets and bytes by direction and outcome.
public struct PrefixCounters: Hashable, Sendable {
  /// Packets and bytes that met one outcome.
  public struct Count: Hashable, Sendable {
    /// Packets.
    public var packets: UInt64 = 0
    /// Bytes.
    public var bytes: UInt64 = 0
  }
  /// Blocked on the way in.
  public var blockedIn = Count()
  /// Passed on the way in.
  public var passedIn = Count()
  /// Blocked on the way out.
  public var blockedOut = Count()
  /// Passed on the way out.
  public var passedOut = Count()

  /// Nothing counted.
  public init() {}

  /// Counts one packet.
  @inline(__always)
  mutating func add(bytes: UInt64, isOut: Bool, passed: Bool) {
    switch (isOut, passed) {
    case (false, false): blockedIn.add(bytes)
    case (false, true): passedIn.add(bytes)
    case (true, false): blockedOut.add(bytes)
    case (true, true): passedOut.add(bytes)
    }
  }
}

extension PrefixCounters.Count {
  @inline(__always)
  mutating func add(_ bytes: UInt64) {
    packets &+= 1
    self.bytes &+= bytes
  }
}
