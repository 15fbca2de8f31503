import Dispatch

/// The modes of a replay at work: on the caller's thread, or each on a thread beside it.
///
/// Modes share nothing that changes: each has its own host, filter and progress of flows. Who hands
/// packets on leaves them alone until ``wait(for:)`` or ``waitForAll()`` says that every mode is
/// behind them.
struct ModeWorkers {
  /// A mode with the queue whose threads work with it, one at a time; the owner may while none does.
  private struct Worker: @unchecked Sendable {
    let mode: ModeReplay
    let queue: DispatchQueue
  }
  /// Packets of a batch, which nobody changes while a worker has them.
  private struct Order: @unchecked Sendable {
    let packets: UnsafeMutablePointer<RecordedPacket>
    let range: Range<Int>
  }
  /// Whether modes work beside the caller.
  var usesThreads = false
  private let workers: [Worker]
  /// For each batch the modes that are at work on it.
  private let pending: [DispatchGroup]

  /// Prepares modes for packets of a number of batches.
  init(_ modes: [ModeReplay], batches: Int) {
    workers = modes.map { mode in
      Worker(mode: mode, queue: DispatchQueue(label: "pfsim.replay"))
    }
    pending = (0..<batches).map { _ in DispatchGroup() }
  }

  /// Lets every mode replay packets of a batch, behind those that it was given before.
  func replay(
    _ packets: UnsafeMutablePointer<RecordedPacket>, _ range: Range<Int>, ofBatch batch: Int
  ) {
    let order = Order(packets: packets, range: range)
    for worker in workers {
      if usesThreads {
        worker.queue.async(group: pending[batch]) {
          worker.mode.replay(order.packets, order.range)
        }
      } else {
        worker.mode.replay(packets, range)
      }
    }
  }

  /// Waits until every mode is behind a batch.
  func wait(for batch: Int) { pending[batch].wait() }

  /// Waits until every mode has done all that it was given.
  func waitForAll() {
    for group in pending { group.wait() }
  }

  /// Asks every mode, while none is at work, and gives the answers in the modes' order.
  func ask<Answer: Sendable>(_ question: @Sendable (ModeReplay) -> Answer) -> [Answer] {
    guard usesThreads, workers.count > 1 else { return workers.map { question($0.mode) } }
    var answers = [Answer?](repeating: nil, count: workers.count)
    answers.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let places = buffer
      DispatchQueue.concurrentPerform(iterations: workers.count) { index in
        places[index] = question(workers[index].mode)
      }
    }
    return answers.compactMap { $0 }
  }
}
