/// The flows of a recording, with a limit: when it is reached, those idle for longest give way.
struct FlowTable {
  /// The flows in their slots; a slot is used again after its flow gave way.
  private(set) var records: [FlowRecord] = []
  /// The slots in use, by the hashes of their flows' keys.
  private var index = HashIndex()
  private var free: [Int] = []
  private var fragments: [FragmentKey: (flow: Int, way: Way)] = [:]
  private var fragmentOrder: [FragmentKey] = []
  private var nextFragment = 0
  private let limit: Int

  private struct FragmentKey: Hashable {
    var source: AddressBits
    var destination: AddressBits
    var identification: UInt32
    var proto: IPProtocol
  }
  private static let fragmentLimit = 4096

  /// Makes a table for up to `limit` flows at a time.
  init(limit: Int) { self.limit = max(16, limit) }

  /// Gives the memory of the index back.
  func deallocate() { index.deallocate() }

  /// Begins to fetch the part of the index that holds a hash.
  @inline(__always)
  func prefetch(_ hash: UInt32) { index.prefetch(hash) }

  /// Begins to fetch the flow that a hash leads to.
  /// - Returns: Its slot, -1 for none.
  @inline(__always)
  func fetch(_ hash: UInt32) -> Int32 {
    let slot = index.first(hash)
    guard slot >= 0 else { return -1 }
    records.withUnsafeBufferPointer { all in
      if let base = all.baseAddress { (base + Int(slot)).prefetch() }
    }
    return slot
  }

  private var usedSlots: [Int] {
    let free = Set(free)
    return records.indices.filter { !free.contains($0) }
  }

  /// The slots in use, in the order of their flows' first packets.
  var liveSlots: [Int] {
    usedSlots.sorted {
      let (left, right) = (records[$0], records[$1])
      return left.firstTime != right.firstTime
        ? left.firstTime < right.firstTime : left.firstPacket < right.firstPacket
    }
  }

  /// Whether the next new flow needs ``removeIdle()`` first.
  var isFull: Bool { index.count >= limit }

  /// Removes the quarter of the flows that was idle for longest.
  /// - Returns: Their slots; the records stay readable until the slots are used again.
  mutating func removeIdle() -> [Int] {
    let byAge = usedSlots.sorted { records[$0].lastTime < records[$1].lastTime }
    let removed = Array(byAge.prefix(max(1, limit / 4)))
    for slot in removed { index.remove(records[slot].key.hash, Int32(truncatingIfNeeded: slot)) }
    let gone = Set(removed)
    fragments = fragments.filter { !gone.contains($0.value.flow) }
    free += removed
    return removed
  }

  /// Finds the packet's flow, or begins one, and counts the packet.
  ///
  /// Sets the packet's ``RecordedPacket/flow`` and ``RecordedPacket/way``.
  /// - Parameter quotation: The fields of the packet that an ICMP error quotes.
  /// - Returns: Whether the flow is new.
  mutating func assign(_ packet: inout RecordedPacket, quotation: PacketFields?) -> Bool {
    if packet.fields.isFragment, !packet.fields.isFirstFragment,
      let known = fragments[Self.fragmentKey(packet.fields)]
    {
      packet.flow = known.flow
      packet.way = known.way
      records[known.flow].count(packet)
      return false
    }
    let key = Self.key(packet, quotation)
    let hash = key.hash
    let found = index.find(hash) { records[Int($0)].key == key }
    let isNew = found < 0
    let slot = isNew ? begin(packet, key, hash, quotation) : Int(found)
    packet.flow = slot
    packet.way = way(of: packet, in: records[slot], quotation)
    records[slot].count(packet)
    if packet.fields.isFirstFragment { remember(packet) }
    return isNew
  }

  private static func key(_ packet: RecordedPacket, _ quotation: PacketFields?) -> FlowKey {
    if packet.isDHCP {
      return FlowKey(
        .anyClient, .anyServer, family: .inet, proto: .udp, distinction: packet.dhcpClient)
    }
    return FlowKey(quotation ?? packet.fields)
  }

  private func way(
    of packet: RecordedPacket, in record: FlowRecord, _ quotation: PacketFields?
  ) -> Way {
    if packet.isDHCP { return packet.fields.destinationPort == 67 ? .question : .answer }
    if let quotation {
      // An error goes to the side whose packet it quotes.
      return quotation.source == record.source.address
        && quotation.sourcePort == record.source.port ? .answer : .question
    }
    if packet.fields.source != record.source.address { return .answer }
    if packet.fields.source == packet.fields.destination {
      return packet.fields.sourcePort == record.source.port ? .question : .answer
    }
    return .question
  }

  private mutating func begin(
    _ packet: RecordedPacket, _ key: FlowKey, _ hash: UInt32, _ quotation: PacketFields?
  ) -> Int {
    let fields = quotation ?? packet.fields
    var source = FlowEnd(address: fields.source, port: fields.sourcePort)
    var destination = FlowEnd(address: fields.destination, port: fields.destinationPort)
    // An error shows the flow from its receiver's side.
    var parties =
      quotation == nil
      ? (packet.sender, packet.receiver)
      : (packet.receiver, packet.sender == .host ? .outside : packet.sender)
    if packet.isDHCP {
      (source, destination) = (.anyClient, .anyServer)
      if packet.fields.destinationPort != 67 { parties = (parties.1, parties.0) }
    } else if quotation == nil, packet.looksLikeAnswer {
      (source, destination) = (destination, source)
      parties = (parties.1, parties.0)
    }
    let record = FlowRecord(
      key: key, source: source, destination: destination, sender: parties.0,
      receiver: parties.1, firstPacket: packet.number, firstTime: packet.time,
      lastTime: packet.time,
      beganWithSYN: fields.proto == .tcp && quotation == nil
        && packet.fields.tcpFlags.intersection([.syn, .ack]) == .syn,
      recordedDestination: packet.recordedDestination)
    let slot: Int
    if let used = free.popLast() {
      slot = used
      records[slot] = record
    } else {
      slot = records.count
      records.append(record)
    }
    index.insert(hash, Int32(truncatingIfNeeded: slot))
    return slot
  }

  private mutating func remember(_ packet: RecordedPacket) {
    let key = Self.fragmentKey(packet.fields)
    if fragmentOrder.count < Self.fragmentLimit {
      fragmentOrder.append(key)
    } else {
      fragments[fragmentOrder[nextFragment]] = nil
      fragmentOrder[nextFragment] = key
      nextFragment = (nextFragment + 1) % Self.fragmentLimit
    }
    fragments[key] = (packet.flow, packet.way)
  }

  private static func fragmentKey(_ fields: PacketFields) -> FragmentKey {
    FragmentKey(
      source: fields.source, destination: fields.destination,
      identification: fields.identification, proto: fields.proto)
  }
}

extension FlowEnd {
  /// A DHCP client before it has an address.
  static let anyClient = FlowEnd(address: .zero, port: 68)
  /// Whoever answers DHCP.
  static let anyServer = FlowEnd(address: AddressBits(ipv4: .max), port: 67)
}

extension RecordedPacket {
  /// Whether the packet belongs to DHCP for IPv4.
  var isDHCP: Bool {
    fields.family == .inet && fields.proto == .udp && dhcpClient != 0
  }

  /// Whether the first packet seen of a flow must be an answer to one that was not recorded.
  var looksLikeAnswer: Bool {
    switch fields.proto {
    case .tcp:
      // Without a SYN the recording began in the middle; the well-known port is the server's.
      if fields.tcpFlags.contains([.syn, .ack]) { return true }
      return !fields.tcpFlags.contains(.syn) && fields.sourcePort < fields.destinationPort
        && fields.sourcePort < 1024
    case .udp: return fields.sourcePort < 1024 && fields.destinationPort >= 1024
    case .icmp: return fields.icmpType == 0
    case .icmpv6: return fields.icmpType == 129
    default: return false
    }
  }
}
