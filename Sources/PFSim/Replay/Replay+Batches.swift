import Foundation

/// The way of packets in batches to the modes.
extension Replay {
  /// How many packets lie between a packet and the one whose flow is fetched.
  private static var flowDistance: Int { 8 }

  /// Lets the packet to come, which is in its place already, wait for the others of its batch.
  @inline(__always)
  func enqueue(_ packet: UnsafeMutablePointer<RecordedPacket>, _ buffer: PacketBuffer) {
    packet.pointee.seconds = packet.pointee.time.seconds(since: first ?? packet.pointee.time)
    if packet.pointee.hasFlow { flows.ahead.prefetch(packet.pointee.hash) }
    batches.current.pointee.append(buffer)
    if batches.current.pointee.isFull { turnBatch() }
  }

  private func turnBatch() {
    // What fills a batch is worth threads.
    if batches.count > 1 { workers.usesThreads = true }
    assignFlows()
    if options.recordsEvents { reportEvents() }
    batches.turn()
    workers.wait(for: batches.place)
    batches.clear()
  }

  /// Replays all packets that wait; every mode is behind them then.
  func drain() {
    assignFlows()
    workers.waitForAll()
  }

  /// Finds the flows of the packets that wait and hands them on to the modes.
  private func assignFlows() {
    let (all, end) = (batches.current.pointee.packets, batches.current.pointee.count)
    for number in batches.handedOn..<end where all[number].hasFlow {
      let later = number &+ Self.flowDistance
      if later < end, all[later].hasFlow { flows.ahead.fetch(all[later].hash) }
      if flows.isFull { makeRoom(before: number) }
      flows.assign(all + number)
      packets += 1
    }
    handOn(upTo: end)
  }

  private func handOn(upTo end: Int) {
    let range = batches.handedOn..<end
    guard !range.isEmpty else { return }
    workers.replay(batches.current.pointee.packets, range, ofBatch: batches.place)
    batches.handedOn = end
  }

  /// Takes idle flows out of the table once every mode is behind their packets.
  private func makeRoom(before number: Int) {
    handOn(upTo: number)
    workers.waitForAll()
    let slots = flows.removeIdle()
    // Nobody changes the flows meanwhile.
    nonisolated(unsafe) let flows = flows
    _ = workers.ask { mode in
      for slot in slots { mode.retire(flow: slot, flows.record(slot).pointee) }
    }
  }
}

extension PacketBatches {
  /// Makes the batches for a replay.
  ///
  /// A thread that does all alone takes so few packets at a time that they stay in its core's
  /// cache; reports of every packet are not kept waiting.
  init(_ options: Replay.Options) {
    let isParallel =
      options.usesThreads && !options.recordsEvents
      && ProcessInfo.processInfo.activeProcessorCount > 1
    self.init(
      count: isParallel ? 8 : 1, limit: options.recordsEvents ? 1 : isParallel ? 512 : 64)
  }
}
