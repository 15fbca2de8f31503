/// Where the state of a packet may lie, so that its memory can be fetched ahead of the packet.
public struct StateHint: Sendable, Hashable {
  fileprivate var hash: UInt32 = 0
  fileprivate var isOut = false
  /// Whether there is anything to fetch.
  fileprivate var isSet = false

  /// Nothing to fetch.
  public init() {}
}

/// The ends of a TCP or UDP packet, as a hook will find them.
public struct ExpectedEnds: Sendable, Hashable {
  /// The protocol.
  public var proto: IPProtocol
  /// Whether the packet is IPv6.
  public var isIPv6 = false
  /// The source address.
  public var source: AddressBits
  /// The destination address.
  public var destination: AddressBits
  /// The source port.
  public var sourcePort: UInt16
  /// The destination port.
  public var destinationPort: UInt16

  /// Describes a packet.
  public init(
    _ proto: IPProtocol, from source: AddressBits, _ sourcePort: UInt16,
    to destination: AddressBits, _ destinationPort: UInt16, isIPv6: Bool
  ) {
    self.proto = proto
    self.isIPv6 = isIPv6
    self.source = source
    self.destination = destination
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
  }
}

/// What a caller with several packets at hand does before it shows them to the filter.
///
/// Among a million states every search waits for memory twice. A caller that begins the searches
/// of the packets to come lets these waits overlap. Hints change no verdict: whatever happened in
/// between, ``PacketFilter/process(_:_:on:)`` searches again.
extension PacketFilter {
  /// Begins to fetch the part of the index that a packet's search will read.
  ///
  /// - Returns: What ``fetchState(_:)`` takes some packets later; nothing for other protocols
  ///   than TCP and UDP.
  /// - Complexity: A few nanoseconds.
  @inline(__always)
  public func beginLookup(_ ends: ExpectedEnds, _ direction: Direction) -> StateHint {
    lookahead.begin(ends, direction)
  }

  /// Begins to fetch the state that a hint leads to.
  @inline(__always)
  public func fetchState(_ hint: StateHint) { lookahead.fetch(hint) }

  /// What searches read ahead of packets; valid until the next state begins.
  @inline(__always) var lookahead: StateLookahead { StateLookahead(states) }
}

/// What is read ahead of packets' searches: plain values.
///
/// Around a prefetch the compiler would keep a reference to all that is used behind it.
struct StateLookahead {
  private let records: UnsafePointer<StateRecord>
  /// The index that a hook on the way in reads, and that on the way out.
  private let inward: HashIndex
  private let outward: HashIndex

  @inline(__always)
  fileprivate init(_ states: borrowing StateTable) {
    records = UnsafePointer(states.states.base)
    inward = states.index(isOut: false)
    outward = states.index(isOut: true)
  }

  /// As ``PacketFilter/beginLookup(_:_:)``.
  @inline(__always)
  func begin(_ ends: ExpectedEnds, _ direction: Direction) -> StateHint {
    var hint = StateHint()
    guard ends.proto == .tcp || ends.proto == .udp else { return hint }
    hint.isSet = true
    hint.isOut = direction == .out
    hint.hash = ends.hash(isOut: hint.isOut)
    (hint.isOut ? outward : inward).prefetch(hint.hash)
    return hint
  }

  /// As ``PacketFilter/fetchState(_:)``.
  @inline(__always)
  func fetch(_ hint: StateHint) {
    guard hint.isSet else { return }
    let found = (hint.isOut ? outward : inward).first(hint.hash)
    if found >= 0 { (records + Int(found)).prefetch() }
  }

  /// Begins to fetch a state that a hook found before.
  @inline(__always)
  func fetch(_ place: StatePlace) {
    if place.index >= 0 { (records + Int(place.index)).prefetch() }
  }
}

extension ExpectedEnds {
  /// The hash of the first search for the packet's state.
  @inline(__always)
  fileprivate func hash(isOut: Bool) -> UInt32 {
    let variant: UInt8 = proto == .udp ? 1 : 0
    guard isIPv6 else {
      return NarrowKey(
        proto, variant: variant, from: source.ipv4, sourcePort, to: destination.ipv4,
        destinationPort, isOut: isOut
      ).hash
    }
    var key = StateKey(searching: proto, from: source, to: destination, isIPv6: true)
    key.variant = variant
    key.setPorts(from: sourcePort, to: destinationPort)
    return isOut ? key.lanHash : key.gatewayHash
  }
}
