extension FragmentTable {
  /// Takes an IPv4 fragment whose header was checked and, when it completes its datagram, puts the
  /// whole packet into the buffer.
  ///
  /// The offset field of the result is the first fragment's; the checksum is left as it was.
  /// - Complexity: O(fragments of the datagram).
  mutating func reassemble4(_ packet: PacketBuffer, _ header: IPv4Header, now: UInt32) -> Outcome {
    let key = FragmentKey(header)
    let end = header.fragmentOffset + Int(header.totalLength) - header.headerLength
    if let known = find(datagram: key, now: now), known.seenLast, end > known.end {
      remove(datagram: key)
      return .dropped(.fragment)
    }
    guard fragmentCount <= limit else { return .dropped(.memory) }
    let before = fragmentCount
    var datagram =
      datagrams.removeValue(forKey: key) ?? FragmentedDatagram(touched: now, turn: nextTurn())
    let isNew = insert4(Fragment(packet, header), into: &datagram)
    if isNew {
      datagram.end = max(datagram.end, end)
      if header.fragmentField & IPv4Header.moreFragments == 0 { datagram.seenLast = true }
    }
    datagrams[key] = datagram
    guard isNew, let size = Self.wholeSize4(datagram) else {
      return .kept(grew: fragmentCount > before)
    }
    remove(datagram: key)
    return Self.join4(datagram, size: size, into: packet)
  }

  /// Sorts a fragment in and cuts overlaps; false when it brings nothing new.
  private mutating func insert4(
    _ new: Fragment, into datagram: inout FragmentedDatagram
  ) -> Bool {
    // KERNEL: pf_reassemble() cuts the front of what comes later in the datagram.
    var new = new
    var offset = new.offset4
    var length = UInt16(truncatingIfNeeded: new.payload4)
    let index = datagram.fragments.firstIndex { $0.offset4 > offset } ?? datagram.fragments.count
    if index > 0 {
      let reach = datagram.fragments[index - 1].offset4 + datagram.fragments[index - 1].payload4
      if reach > offset {
        let cut = UInt16(truncatingIfNeeded: reach - offset)
        if cut >= length { return false }
        new.cutFront(cut)
        new.offsetField &+= cut >> 3
        offset = new.offset4
        length -= cut
        // KERNEL: the new total length lacks the header, so the fragment counts for less later.
        new.lengthField = length
      }
    }
    while index < datagram.fragments.count {
      let next = datagram.fragments[index]
      guard Int(length) + offset > next.offset4 else { break }
      let cut = UInt16(truncatingIfNeeded: Int(length) + offset - next.offset4)
      if Int(cut) < next.payload4 {
        datagram.fragments[index].lengthField -= cut
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
  private static func wholeSize4(_ datagram: FragmentedDatagram) -> Int? {
    guard datagram.seenLast else { return nil }
    var offset: UInt16 = 0
    for (index, fragment) in datagram.fragments.enumerated() {
      offset &+= UInt16(truncatingIfNeeded: fragment.payload4)
      guard offset < datagram.end else { continue }
      guard index + 1 < datagram.fragments.count,
        datagram.fragments[index + 1].offset4 == Int(offset)
      else { return nil }
    }
    return offset < datagram.end ? nil : Int(offset)
  }

  private static func join4(
    _ datagram: FragmentedDatagram, size: Int, into packet: PacketBuffer
  ) -> Outcome {
    guard let first = datagram.fragments.first, first.headerLength + size <= 65_535 else {
      return .dropped(nil)
    }
    packet.replace(datagram.fragments.reduce(into: first.header) { $0 += $1.data })
    packet.tag = first.tag
    if let header = IPv4Header(packet.base, count: packet.count) {
      header.totalLength = UInt16(truncatingIfNeeded: first.headerLength + size)
      header.fragmentField = first.offsetField
    }
    return .completed
  }
}

extension FragmentKey {
  /// The key of an IPv4 fragment.
  init(_ header: IPv4Header) {
    self.init(
      isIPv6: false, proto: header.proto, identification: UInt32(header.identification),
      source: header.source, destination: header.destination)
  }
}

extension Fragment {
  /// The fragment that a packet is.
  fileprivate init(_ packet: PacketBuffer, _ header: IPv4Header) {
    let bytes = packet.array
    let split = min(header.headerLength, bytes.count)
    self.init(
      header: Array(bytes[..<split]), data: bytes[split...], headerLength: header.headerLength,
      lengthField: header.totalLength, offsetField: header.fragmentField, tag: packet.tag)
  }

  /// The data's offset in an IPv4 datagram.
  fileprivate var offset4: Int { Int(offsetField & IPv4Header.offsetMask) << 3 }

  /// The data's length as the IPv4 header says now; negative after a cut of the front.
  fileprivate var payload4: Int { Int(lengthField) - headerLength }
}
