/// An IPv6 fragment header and where it stands.
struct IPv6FragmentHeader: Hashable, Sendable {
  /// The header's length in bytes.
  static let length = 8

  /// The protocol of the datagram's data.
  var nextHeader: IPProtocol
  /// The offset in bytes with its flags in the lowest three bits.
  var offsetField: UInt16
  /// The datagram's number.
  var identification: UInt32
  /// The length of everything in front of the fragment's data, from the packet's start.
  var headersLength: Int

  /// The data's offset in the datagram, in bytes.
  var offset: Int { Int(offsetField & 0xfff8) }
  /// Whether the fragment is not the datagram's last one.
  var hasMore: Bool { offsetField & 1 != 0 }

  /// Reads the header that stands at an offset of a packet, all of which must be there.
  init(_ packet: UnsafeRawPointer, at offset: Int) {
    nextHeader = IPProtocol(rawValue: packet.byte(offset))
    offsetField = packet.big16(offset + 2)
    identification = packet.big32(offset + 4)
    headersLength = offset + Self.length
  }
}

extension FragmentTable {
  /// Takes an IPv6 fragment and, when it completes its datagram, puts the whole packet, without
  /// extension headers, into the buffer.
  ///
  /// - Complexity: O(fragments of the datagram).
  mutating func reassemble6(
    _ packet: PacketBuffer, _ header: IPv6Header, _ fragment: IPv6FragmentHeader, now: UInt32
  ) -> Outcome {
    let key = FragmentKey(header, fragment)
    let extra = fragment.headersLength - IPv6Header.minimumLength
    let end = fragment.offset + Int(header.payloadLength) - extra
    // KERNEL: pf_normalize_ip6() and the record keep an end in 16 bits, pf_reassemble6() compares
    // the whole one: what ends at 65,536 or behind seems to end near the start.
    if let known = find(datagram: key, now: now), known.seenLast, end & 0xffff > known.end {
      remove(datagram: key)
      return .dropped(.fragment)
    }
    guard fragmentCount <= limit else { return .dropped(.memory) }
    if key.proto == .destinationOptions {
      // KERNEL: pf_normalize_ip6() looks for these options in a packet that it has taken out of
      // its buffer already, finds it short, frees the datagram and forgets the new entry.
      remove(datagram: key)
      fragmentCount += 1
      return .dropped(.short)
    }
    let before = fragmentCount
    var datagram =
      datagrams.removeValue(forKey: key) ?? FragmentedDatagram(touched: now, turn: nextTurn())
    datagram.longest = max(datagram.longest, packet.count)
    let isNew = insert6(Fragment(packet, header, fragment), into: &datagram)
    if isNew {
      if datagram.end < end { datagram.end = end & 0xffff }
      if !fragment.hasMore { datagram.seenLast = true }
    }
    datagrams[key] = datagram
    guard isNew, let size = Self.wholeSize6(datagram, extra: extra) else {
      return .kept(grew: fragmentCount > before)
    }
    remove(datagram: key)
    return Self.join6(datagram, key, size: size, into: packet)
  }

  /// Sorts a fragment in and cuts overlaps; false when it brings nothing new.
  private mutating func insert6(
    _ new: Fragment, into datagram: inout FragmentedDatagram
  ) -> Bool {
    // KERNEL: pf_reassemble6() counts the fragment header as data of the new fragment and takes
    // all headers off the old ones' payload lengths, although these lack the fixed header: a
    // fragment that comes before its predecessor loses eight bytes, one that comes twice is not
    // noticed, and neither datagram is ever complete.
    var new = new
    var offset = new.offset6
    var length = Int(new.lengthField)
    let index = datagram.fragments.firstIndex { $0.offset6 > offset } ?? datagram.fragments.count
    if index > 0 {
      let reach = datagram.fragments[index - 1].offset6 + datagram.fragments[index - 1].payload6
      if reach > offset {
        let cut = UInt16(truncatingIfNeeded: reach - offset)
        if Int(cut) >= length { return false }
        new.cutFront(cut)
        // KERNEL: the field counts bytes, but is moved by units of eight of them.
        new.offsetField &+= cut >> 3
        offset = new.offset6
        length -= Int(cut)
        new.lengthField = UInt16(truncatingIfNeeded: length)
      }
    }
    while index < datagram.fragments.count {
      let next = datagram.fragments[index]
      guard length + offset > next.offset6 else { break }
      let cut = UInt16(truncatingIfNeeded: length + offset - next.offset6)
      if Int(cut) < next.payload6 {
        datagram.fragments[index].lengthField &-= cut
        datagram.fragments[index].offsetField &+= cut >> 3
        datagram.fragments[index].cutFront(cut)
        break
      }
      datagram.fragments.remove(at: index)
      fragmentCount -= 1
    }
    datagram.fragments.insert(new, at: index)
    fragmentCount += 1
    return true
  }

  /// The length of a complete datagram's data; nil while something is missing.
  /// - Parameter extra: The length of the newest fragment's extension headers, which the kernel
  ///   takes for everyone's.
  private static func wholeSize6(_ datagram: FragmentedDatagram, extra: Int) -> Int? {
    guard datagram.seenLast else { return nil }
    var offset = 0
    for (index, fragment) in datagram.fragments.enumerated() {
      offset += Int(fragment.lengthField) - extra
      guard offset < datagram.end else { continue }
      guard index + 1 < datagram.fragments.count,
        datagram.fragments[index + 1].offset6 == offset
      else { return nil }
    }
    return offset < datagram.end ? nil : offset
  }

  private static func join6(
    _ datagram: FragmentedDatagram, _ key: FragmentKey, size: Int, into packet: PacketBuffer
  ) -> Outcome {
    guard let first = datagram.fragments.first, first.headerLength + size <= 65_535 else {
      return .dropped(nil)
    }
    // KERNEL: pf_reassemble6() drops what one fragment completes alone, and nothing says why.
    guard datagram.fragments.count > 1 else { return .dropped(nil) }
    packet.replace(datagram.fragments.reduce(into: first.header) { $0 += $1.data })
    packet.tag = first.tag
    packet.refragmentation = Refragmentation(
      longest: datagram.longest, identification: key.identification)
    if let header = IPv6Header(packet.base, count: packet.count) {
      header.payloadLength = UInt16(truncatingIfNeeded: size)
      header.nextHeader = key.proto
    }
    return .completed
  }
}

extension FragmentKey {
  /// The key of an IPv6 fragment.
  init(_ header: IPv6Header, _ fragment: IPv6FragmentHeader) {
    self.init(
      isIPv6: true, proto: fragment.nextHeader, identification: fragment.identification,
      source: header.source, destination: header.destination)
  }
}

extension Fragment {
  /// The fragment that a packet is; of its headers only the fixed one is kept.
  fileprivate init(
    _ packet: PacketBuffer, _ header: IPv6Header, _ fragment: IPv6FragmentHeader
  ) {
    let bytes = packet.array
    self.init(
      header: Array(bytes.prefix(IPv6Header.minimumLength)),
      data: bytes.dropFirst(fragment.headersLength),
      headerLength: fragment.headersLength, lengthField: header.payloadLength,
      offsetField: fragment.offsetField, tag: packet.tag)
  }

  /// The data's offset in an IPv6 datagram.
  fileprivate var offset6: Int { Int(offsetField & 0xfff8) }

  /// The payload length less all headers, as the kernel computes a fragment's end.
  fileprivate var payload6: Int { Int(lengthField) - headerLength }
}
