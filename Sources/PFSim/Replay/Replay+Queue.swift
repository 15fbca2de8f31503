/// The way of packets through the queue.
extension Replay {
  /// Puts a recognised packet behind the others, whose memory is fetched a step further.
  func enqueue(_ packet: RecordedPacket) {
    let hash = FlowKey(packet.fields).hash
    flows.prefetch(hash)
    queue.append(packet, hash: hash)
    let newest = queue.end &- 1
    fetchFlow(of: newest &- Self.flowDistance)
    for mode in modes { fetch(for: mode, newest) }
    if queue.isFull { replayFirst() }
  }

  /// How many packets lie between a packet's recognition and the steps that fetch its memory.
  private static var flowDistance: Int { 8 }
  private static var searchDistance: Int { 16 }
  private static var stateDistance: Int { 24 }

  /// Replays all packets that wait.
  func drain() {
    while !queue.isEmpty { replayFirst() }
  }

  private func replayFirst() {
    let number = queue.first
    queue.removeFirst()
    replay(&queue.entry(number).pointee.packet, queue.buffer(number))
  }

  private func fetchFlow(of number: Int) {
    guard number >= queue.first else { return }
    let entry = queue.entry(number)
    entry.pointee.expectedFlow = flows.fetch(entry.pointee.hash)
  }

  /// Takes each step for the packet that is due for it.
  @inline(__always)
  private func fetch(for mode: ModeReplay, _ newest: Int) {
    var number = newest &- Self.flowDistance
    guard number >= queue.first else { return }
    mode.prefetch(flow: Int(queue.entry(number).pointee.expectedFlow))
    number = newest &- Self.searchDistance
    guard number >= queue.first else { return }
    let entry = queue.entry(number)
    withUnsafePointer(to: &entry.pointee.packet) {
      mode.beginLookups(number, $0, flow: Int(entry.pointee.expectedFlow))
    }
    number = newest &- Self.stateDistance
    if number >= queue.first { mode.fetchStates(number) }
  }
}
