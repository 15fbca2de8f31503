/// The classes of the addresses of some packets.
///
/// Plain pointers; the owner calls ``deallocate()``.
struct BurstClasses {
  /// The classes of the sources.
  let sources: UnsafeMutablePointer<UInt32>
  /// The classes of the destinations.
  let destinations: UnsafeMutablePointer<UInt32>
  /// The IPv4 addresses, sources first.
  private let addresses: UnsafeMutablePointer<UInt32>
  private let capacity: Int

  /// Makes room for some packets.
  init(packets: Int) {
    capacity = packets
    sources = .allocate(capacity: packets)
    destinations = .allocate(capacity: packets)
    addresses = .allocate(capacity: 2 * packets)
  }

  /// Gives the memory back.
  func deallocate() {
    sources.deallocate()
    destinations.deallocate()
    addresses.deallocate()
  }

  /// Finds the classes of packets of both families.
  @inline(__always)
  func find(
    _ headers: UnsafeBufferPointer<FilterHeader>, inet: UnsafePointer<FilterClasses>,
    inet6: UnsafePointer<FilterClasses>
  ) {
    var heads: UInt32 = 0
    for (place, header) in headers.enumerated() {
      heads |= header.head
      addresses[place] = header.source.ipv4
      addresses[capacity &+ place] = header.destination.ipv4
    }
    if heads & CompactRule.inet6 == 0 {
      inet.pointee.sources.lookup(ipv4: addresses, headers.count, sources)
      inet.pointee.destinations.lookup(ipv4: addresses + capacity, headers.count, destinations)
      return
    }
    for (place, header) in headers.enumerated() {
      let classes = header.isIPv6 ? inet6 : inet
      (sources[place], destinations[place]) = classes.addressClasses(header)
    }
  }
}
