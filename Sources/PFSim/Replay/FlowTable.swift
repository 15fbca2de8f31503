/// The flows of a recording, with a limit: when it is reached, those idle for longest give way.
struct FlowTable {
  /// The flows in their slots; a slot is used again after its flow gave way.
  private var records = FlatStorage<FlowRecord>(alignment: 64)
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

  /// Gives the memory of records and index back.
  func deallocate() {
    records.deallocate()
    index.deallocate()
  }

  /// The flow in a slot, which moves when the next flow begins.
  @inline(__always)
  func record(_ slot: Int) -> UnsafeMutablePointer<FlowRecord> { records.base + slot }

  /// What is read ahead of packets: plain values, of which a prefetch may keep a copy.
  struct Ahead {
    fileprivate let index: HashIndex
    fileprivate let records: UnsafePointer<FlowRecord>

    /// Begins to fetch the part of the index that holds a hash.
    @inline(__always)
    func prefetch(_ hash: UInt32) { index.prefetch(hash) }

    /// Begins to fetch the flow that a hash leads to.
    @inline(__always)
    func fetch(_ hash: UInt32) {
      let slot = index.first(hash)
      if slot >= 0 { (records + Int(slot)).prefetch(bytes: FlowRecord.hotBytes) }
    }
  }

  /// What is read ahead of packets; valid until the next flow begins.
  @inline(__always) var ahead: Ahead { Ahead(index: index, records: records.base) }

  private var usedSlots: [Int] {
    let free = Set(free)
    return (0..<records.count).filter { !free.contains($0) }
  }

  /// The slots in use, in the order of their flows' first packets.
  var liveSlots: [Int] {
    usedSlots.sorted {
      let (left, right) = (record($0), record($1))
      return left.pointee.firstTime != right.pointee.firstTime
        ? left.pointee.firstTime < right.pointee.firstTime
        : left.pointee.firstPacket < right.pointee.firstPacket
    }
  }

  /// Whether the next new flow needs ``removeIdle()`` first.
  var isFull: Bool { index.count >= limit }

  /// Removes the quarter of the flows that was idle for longest.
  /// - Returns: Their slots; the records stay readable until the slots are used again.
  mutating func removeIdle() -> [Int] {
    let byAge = usedSlots.sorted { record($0).pointee.lastTime < record($1).pointee.lastTime }
    let removed = Array(byAge.prefix(max(1, limit / 4)))
    for slot in removed {
      index.remove(record(slot).pointee.key.hash, Int32(truncatingIfNeeded: slot))
    }
    let gone = Set(removed)
    fragments = fragments.filter { !gone.contains($0.value.flow) }
    free += removed
    return removed
  }

  /// Finds the packet's flow, or begins one, and counts the packet.
  ///
  /// Notes with the packet what its flow shows at its time, from ``RecordedPacket/flow`` on.
  mutating func assign(_ packet: UnsafeMutablePointer<RecordedPacket>) {
    if packet.pointee.fields.isFragment, !packet.pointee.fields.isFirstFragment,
      let known = fragments[Self.fragmentKey(packet.pointee.fields)]
    {
      // Without ports its own key says less.
      packet.pointee.key = record(known.flow).pointee.key
      count(packet, flow: known.flow, known.way)
      return
    }
    let all = records.base
    let found = index.find(packet.pointee.hash) {
      all[Int($0)].key == packet.pointee.key
    }
    let isNew = found < 0
    let slot = isNew ? begin(packet) : Int(found)
    packet.pointee.isNew = isNew
    count(packet, flow: slot, way(of: packet, in: record(slot)))
    if packet.pointee.fields.isFirstFragment { remember(packet) }
  }

  @inline(__always)
  private func count(
    _ packet: UnsafeMutablePointer<RecordedPacket>, flow: Int, _ way: Way
  ) {
    packet.pointee.flow = flow
    packet.pointee.way = way
    let record = record(flow)
    record.pointee.count(packet)
    packet.pointee.beganFirst = record.pointee.beganFirst
    packet.pointee.isAnswered = record.pointee.isAnsweredConnection
  }

  private func way(
    of packet: UnsafePointer<RecordedPacket>, in record: UnsafePointer<FlowRecord>
  ) -> Way {
    if packet.pointee.isDHCP {
      return packet.pointee.fields.destinationPort == 67 ? .question : .answer
    }
    let source = record.pointee.source
    if packet.pointee.fields.isError,
      let quoted = Quotation(packet.pointee.bytes, packet.pointee.fields)?.fields
    {
      // An error goes to the side whose packet it quotes.
      return quoted.source == source.address && quoted.sourcePort == source.port
        ? .answer : .question
    }
    if packet.pointee.fields.source != source.address { return .answer }
    if packet.pointee.fields.source == packet.pointee.fields.destination {
      return packet.pointee.fields.sourcePort == source.port ? .question : .answer
    }
    return .question
  }

  private mutating func begin(_ packet: UnsafePointer<RecordedPacket>) -> Int {
    let quotation = Quotation(packet.pointee.bytes, packet.pointee.fields)?.fields
    let fields = quotation ?? packet.pointee.fields
    var source = FlowEnd(address: fields.source, port: fields.sourcePort)
    // An error shows the flow from its receiver's side.
    var sender = quotation == nil ? packet.pointee.sender : packet.pointee.receiver
    if packet.pointee.isDHCP {
      source = .anyClient
      if packet.pointee.fields.destinationPort != 67 { sender = packet.pointee.receiver }
    } else if quotation == nil, packet.pointee.looksLikeAnswer {
      source = FlowEnd(address: fields.destination, port: fields.destinationPort)
      sender = packet.pointee.receiver
    }
    let record = FlowRecord(
      key: packet.pointee.key, lastTime: packet.pointee.time,
      beganFirst: packet.pointee.key.first == source,
      beganWithSYN: fields.proto == .tcp && quotation == nil
        && fields.tcpFlags.intersection([.syn, .ack]) == .syn,
      firstPacket: packet.pointee.number, firstTime: packet.pointee.time, sender: sender,
      recordedDestination: packet.pointee.recordedDestination)
    let slot: Int
    if let used = free.popLast() {
      slot = used
      records.base[slot] = record
    } else {
      slot = records.append(record)
    }
    index.insert(packet.pointee.hash, Int32(truncatingIfNeeded: slot))
    return slot
  }

  private mutating func remember(_ packet: UnsafePointer<RecordedPacket>) {
    let key = Self.fragmentKey(packet.pointee.fields)
    if fragmentOrder.count < Self.fragmentLimit {
      fragmentOrder.append(key)
    } else {
      fragments[fragmentOrder[nextFragment]] = nil
      fragmentOrder[nextFragment] = key
      nextFragment = (nextFragment + 1) % Self.fragmentLimit
    }
    fragments[key] = (packet.pointee.flow, packet.pointee.way)
  }

  private static func fragmentKey(_ fields: PacketFields) -> FragmentKey {
    FragmentKey(
      source: fields.source, destination: fields.destination,
      identification: fields.identification, proto: fields.proto)
  }
}
