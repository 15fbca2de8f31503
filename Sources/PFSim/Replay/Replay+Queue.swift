/// The way of packets through the queue.
extension Replay {
  /// Lets the packet to come wait behind the others, whose memory is fetched a step further.
  func enqueue() {
    let newest = queue.end
    let ahead = flows.ahead
    queue.append()
    ahead.prefetch(queue.entry(newest).pointee.packet.hash)
    let due = newest &- Self.flowDistance
    if due >= queue.first {
      let entry = queue.entry(due)
      entry.pointee.expectedFlow = ahead.fetch(entry.pointee.packet.hash)
    }
    forEachMode { fetch(for: $0, newest) }
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
    replay(number)
  }

  /// Takes each step for the packet that is due for it.
  @inline(__always)
  private func fetch(for mode: ModeReplay, _ newest: Int) {
    let first = queue.first
    var number = newest &- Self.flowDistance
    guard number >= first else { return }
    mode.prefetch(flow: Int(queue.entry(number).pointee.expectedFlow))
    number = newest &- Self.searchDistance
    guard number >= first else { return }
    mode.beginLookups(number, queue.entry(number))
    number = newest &- Self.stateDistance
    if number >= first { mode.fetchStates(number) }
  }
}
