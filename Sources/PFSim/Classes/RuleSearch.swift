import CIntrinsics

/// Some packets on their way through a ``RuleIndex``.
///
/// All packets take one step before the first takes the next, so that they wait for memory
/// together. A step is one loop over what was found for all of them, and compares without jumps: how
/// many pairs a packet lies in and which rules it passes cannot be predicted.
///
/// Plain pointers; the owner calls ``deallocate()``.
struct RuleSearch {
  /// A packet and what is known about it.
  struct Packet {
    var header: IndexedHeader
    var index: UnsafePointer<RuleIndex>
    /// The highest priority of a rule found so far.
    var best: UInt32 = 0
    /// The number of pairs, where they are judged by falling priority.
    var pairs: UInt32 = 0
  }
  /// A slot where a packet's rules may lie, first its bucket.
  struct Probe {
    var key: UInt64
    var slot: UnsafePointer<RuleIndex.Slot>
    var packet: Int
  }
  /// The first block of a list that may hold a better rule for a packet.
  struct List {
    var block: UInt32
    var packet: UInt32
  }

  /// The packets.
  let packets: UnsafeMutablePointer<Packet>
  /// The pairs of prefixes, and behind them parts of pairs.
  private let probes: UnsafeMutablePointer<Probe>
  private let lists: UnsafeMutablePointer<List>
  /// The numbers of the probes that found divided pairs.
  private let divided: UnsafeMutablePointer<Int>
  /// The priorities of a packet's pairs, with the number of the pair in the lower six bits.
  private let ranks: UnsafeMutablePointer<UInt32>

  /// The most pairs of a packet that are looked up at once.
  static let pairLimit = 64

  /// Makes room for some packets.
  init(packets count: Int) {
    let pairs = count * Self.pairLimit
    packets = .allocate(capacity: count)
    // A divided pair has two parts in the hash table, two bands and a list that is not divided.
    // One place more is written before it is known whether it is needed.
    probes = .allocate(capacity: pairs * 3)
    lists = .allocate(capacity: pairs * 5 + 1)
    divided = .allocate(capacity: pairs + 1)
    ranks = .allocate(capacity: Self.pairLimit)
  }

  /// Gives the memory back.
  func deallocate() {
    packets.deallocate()
    probes.deallocate()
    lists.deallocate()
    divided.deallocate()
    ranks.deallocate()
  }

  /// Prepares a packet and begins to fetch what ``run(_:)`` reads first.
  @inline(__always)
  func begin(_ packet: Int, _ header: IndexedHeader, _ index: UnsafePointer<RuleIndex>) {
    (packets + packet).initialize(to: Packet(header: header, index: index))
    pfsim_prefetch(index.pointee.sources + Int(header.source))
    pfsim_prefetch(index.pointee.destinations + Int(header.destination))
  }

  /// Finds the highest priority of a rule that matches, 0 for none, for some packets.
  /// - Complexity: O(prefixes around the source × prefixes around the destination) a packet, in
  ///   practice a few reads.
  @inline(never)
  func run(_ count: Int) {
    var found = 0
    var isCrowded = false
    for packet in 0..<count {
      let before = found
      addProbes(of: packet, &found)
      packets[packet].pairs = UInt32(truncatingIfNeeded: found &- before)
      isCrowded = isCrowded || packets[packet].index.pointee.isCrowded
    }
    if isCrowded { return judgeByPriority(count) }
    var listed = 0
    let parted = judge(found, &listed)
    if parted > 0 {
      let end = addParts(parted, found, &listed)
      judgeParts(found..<end, &listed)
    }
    for number in 0..<listed {
      let list = lists[number]
      let packet = packets + Int(list.packet)
      packet.pointee.best = packet.pointee.index.scan(
        list.block, packet.pointee.header, packet.pointee.best)
    }
  }

  // MARK: Pairs

  /// Finds the pairs of prefixes around a packet that rules may name, and begins to fetch their
  /// slots.
  @inline(__always)
  private func addProbes(of packet: Int, _ count: inout Int) {
    typealias Chain = RuleIndex.Chain
    let index = packets[packet].index
    let slots = UnsafePointer(index.pointee.slots)
    let shift = index.pointee.shift
    let limit = count &+ Self.pairLimit
    var destination = packets[packet].header.destination
    repeat {
      let ends = Self.words(index.pointee.destinations, destination)
      var source = packets[packet].header.source
      repeat {
        let begins = Self.words(index.pointee.sources, source)
        var meeting = pfsim_meet16(begins, ends)
        guard count &+ 16 <= limit else {
          count = limit &- Self.pairLimit
          packets[packet].best = index.bestOfAll(packets[packet].header)
          return
        }
        while meeting != 0 {
          let place = meeting.trailingZeroBitCount
          meeting &= meeting &- 1
          let key = RuleIndex.key(
            begins[Chain.nodes &+ place & 3], ends[Chain.nodes &+ place &>> 2], .rest, 0)
          addProbe(key, slots, shift, packet, &count)
        }
        source = begins[Chain.next]
      } while source != RuleIndex.end
      destination = ends[Chain.next]
    } while destination != RuleIndex.end
  }

  /// The words of a class's chain.
  @inline(__always)
  private static func words(
    _ chains: UnsafeMutablePointer<RuleIndex.Chain>, _ node: UInt32
  ) -> UnsafePointer<UInt32> {
    UnsafeRawPointer(chains + Int(node)).assumingMemoryBound(to: UInt32.self)
  }

  /// Adds a key's bucket and begins to fetch it.
  @inline(__always)
  private func addProbe(
    _ key: UInt64, _ slots: UnsafePointer<RuleIndex.Slot>, _ shift: UInt64, _ packet: Int,
    _ count: inout Int
  ) {
    let bucket = slots + RuleIndex.bucket(key, shift)
    pfsim_prefetch(bucket)
    probes[count] = Probe(key: key, slot: bucket, packet: packet)
    count &+= 1
  }

  // MARK: Slots

  /// Judges the best rule of every pair, and collects the lists behind them.
  /// - Returns: The number of divided pairs.
  @inline(__always)
  private func judge(_ count: Int, _ listed: inout Int) -> Int {
    var parted = 0
    for number in 0..<count {
      let probe = probes[number]
      let packet = packets + probe.packet
      let (slot, isFound) = find(probe)
      let test = slot.pointee.test
      let priority = slot.pointee.priority
      let best = packet.pointee.best
      let isBetter = isFound & pfsim_opaque(priority > best ? 1 : 0)
      if test.hasSets {
        // Neither the rule nor the slot of an absent key can be judged by its ports alone.
        if isBetter != 0 {
          packet.pointee.best = packet.pointee.index.visit(slot, packet.pointee.header, best)
        }
        continue
      }
      let first = slot.pointee.first
      let isWhole = pfsim_opaque(first > RuleIndex.Slot.indexMask ? 0 : 1)
      let passes = isBetter & isWhole & packet.pointee.header.passes(test)
      packet.pointee.best = best ^ ((best ^ priority) & (0 &- passes))
      let isOpen = isBetter ^ passes
      addList(first, probe.packet, isOpen & isWhole, &listed)
      probes[number].slot = slot
      divided[parted] = number
      parted &+= Int(isOpen & (isWhole ^ 1))
    }
    return parted
  }

  /// The slot of a probe's key, and 1; where there is none, another slot and 0.
  @inline(__always)
  private func find(
    _ probe: Probe
  ) -> (slot: UnsafePointer<RuleIndex.Slot>, isFound: UInt32) {
    let first = probe.slot
    let slot = first.pointee.key == probe.key ? first : first + 1
    let isFound = pfsim_opaque(slot.pointee.key == probe.key ? 1 : 0)
    if (isFound ^ 1) & UInt32(first.pointee.overflow) != 0 {
      let other = packets[probe.packet].index.slot(probe.key, behind: first)
      return (other, other.pointee.key == probe.key ? 1 : 0)
    }
    return (slot, isFound)
  }

  /// Adds a list, if there is one and something is 1, and begins to fetch it.
  @inline(__always)
  private func addList(_ block: UInt32, _ packet: Int, _ isWanted: UInt32, _ listed: inout Int) {
    lists[listed] = List(block: block, packet: UInt32(truncatingIfNeeded: packet))
    let blocks = packets[packet].index.pointee.blocks
    let place = UnsafeRawPointer(blocks + Int(block & RuleIndex.Slot.indexMask))
    pfsim_prefetch(place)
    pfsim_prefetch(place + 64)
    listed &+= Int(isWanted & pfsim_opaque(block != 0 ? 1 : 0))
  }

  /// Finds the parts of divided pairs that packets lie in.
  /// - Returns: The end of the probes for them, which begin at a number.
  @inline(__always)
  private func addParts(_ parted: Int, _ start: Int, _ listed: inout Int) -> Int {
    typealias Slot = RuleIndex.Slot
    var count = start
    for number in 0..<parted {
      let pair = probes[divided[number]]
      let packet = packets + pair.packet
      let index = packet.pointee.index
      let slots = UnsafePointer(index.pointee.slots)
      let shift = index.pointee.shift
      let first = pair.slot.pointee.first
      if first & Slot.dividedByDestination != 0 {
        let part = RuleIndex.part(.destinationPort, packet.pointee.header.destinationPort)
        addProbe(pair.key | part, slots, shift, pair.packet, &count)
      }
      if first & Slot.dividedBySource != 0 {
        let part = RuleIndex.part(.sourcePort, packet.pointee.header.sourcePort)
        addProbe(pair.key | part, slots, shift, pair.packet, &count)
      }
      if first & Slot.hasBands != 0 {
        let bands = index.bands(pair.slot, packet.pointee.header)
        addList(bands.destination, pair.packet, 1, &listed)
        addList(bands.source, pair.packet, 1, &listed)
      }
      addList(index.rest(pair.slot), pair.packet, 1, &listed)
    }
    return count
  }

  /// Collects the lists of parts.
  @inline(__always)
  private func judgeParts(_ parts: Range<Int>, _ listed: inout Int) {
    for number in parts {
      let probe = probes[number]
      let (slot, isFound) = find(probe)
      let isBetter: UInt32 = slot.pointee.priority > packets[probe.packet].best ? 1 : 0
      addList(slot.pointee.first, probe.packet, isFound & pfsim_opaque(isBetter), &listed)
    }
  }

  // MARK: Many pairs

  /// Judges each packet's pairs by falling priority, which pays where there are many.
  @inline(never)
  private func judgeByPriority(_ count: Int) {
    var first = 0
    for packet in 0..<count {
      let pairs = Int(packets[packet].pairs)
      if pairs > 0 { judgeByPriority(packets + packet, first..<first &+ pairs) }
      first &+= pairs
    }
  }

  private func judgeByPriority(_ packet: UnsafeMutablePointer<Packet>, _ pairs: Range<Int>) {
    let index = packet.pointee.index
    for (place, number) in pairs.enumerated() {
      let (slot, isFound) = find(probes[number])
      probes[number].slot = slot
      let priority = isFound != 0 ? slot.pointee.priority : 0
      ranks[place] = priority &<< 6 | UInt32(truncatingIfNeeded: place)
    }
    var best: UInt32 = 0
    while true {
      var top: UInt32 = 0
      for place in 0..<pairs.count { top = max(top, ranks[place]) }
      guard top >> 6 > best else { break }
      let chosen = Int(top & 63)
      ranks[chosen] = 0
      best = index.visit(
        probes[pairs.lowerBound &+ chosen].slot, packet.pointee.header, best)
    }
    packet.pointee.best = best
  }
}
