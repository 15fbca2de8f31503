/// Finds the rule of highest priority among many without looking at most of them.
///
/// Rules are kept by the pair of source and destination prefix that they name. A packet can only
/// match pairs of a prefix around its source and one around its destination; both chains are short,
/// and every destination prefix knows which lengths of source prefixes stand beside it, so that few
/// pairs are looked up. Long lists are divided once more by the one port that a rule asks for.
///
/// Plain pointers, immutable after ``init(_:sources:destinations:)``; the owner calls
/// ``deallocate()``.
struct RuleIndex {
  /// What a rule asks beside its two prefixes.
  struct Candidate {
    /// The priority, 1 or more; 0 ends a list.
    var priority: UInt32
    /// The source ports accepted.
    var sourceLow: UInt16
    var sourceHigh: UInt16
    /// The destination ports accepted.
    var destinationLow: UInt16
    var destinationHigh: UInt16
    /// The number of the test of the remaining fields (``HeaderClasses``).
    var header: UInt16
    /// The number of the address set that the source must be in, 0 for none (``AddressSets``).
    var sourceSet: UInt16
    /// The same for the destination.
    var destinationSet: UInt16

    /// Ends a list.
    static let end = Candidate(
      priority: 0, sourceLow: 0, sourceHigh: 0, destinationLow: 0, destinationHigh: 0, header: 0,
      sourceSet: 0, destinationSet: 0)
  }
  /// A candidate and the prefixes that it belongs to.
  struct Entry {
    var source: UInt32
    var destination: UInt32
    var candidate: Candidate
  }
  /// How the entries of a pair are divided.
  enum Division: UInt64 {
    /// Those that ask for several ports.
    case rest = 0
    /// Those that ask for one destination port.
    case destinationPort = 1
    /// Those that ask for one source port and several destination ports.
    case sourcePort = 2
  }
  /// A place of the hash table.
  struct Slot {
    /// The pair, the division and its port; all ones in a free place.
    var key: UInt64 = .max
    /// The first candidate; the upper bits say which divisions the pair has.
    var first: UInt32 = 0
    /// The highest priority of the list and of the pair's divisions.
    var priority: UInt32 = 0

    static let dividedByDestination: UInt32 = 1 << 31
    static let dividedBySource: UInt32 = 1 << 30
    static let indexMask: UInt32 = dividedBySource - 1
  }
  /// A destination prefix.
  struct DestinationLink {
    /// Which lengths of source prefixes stand beside it.
    var lengths: UInt64 = 0
    /// The next larger prefix that has rules.
    var parent: UInt32 = 0
    /// The highest priority of its rules.
    var priority: UInt32 = 0
  }
  /// A source prefix.
  struct SourceLink {
    /// The next larger prefix that has rules.
    var parent: UInt32 = 0
    /// The bit of its length in ``DestinationLink/lengths``.
    var length: UInt32 = 0
  }

  /// Lists longer than this are divided by ports.
  static let longestList = 12
  /// The largest number of prefixes of one side.
  static let prefixLimit = 1 << 22

  let slots: UnsafeMutablePointer<Slot>
  let shift: UInt64
  let mask: Int
  let candidates: UnsafeMutablePointer<Candidate>
  let destinations: UnsafeMutablePointer<DestinationLink>
  let sources: UnsafeMutablePointer<SourceLink>
  /// The bytes that the index takes.
  let bytes: Int

  /// Gives the memory back.
  func deallocate() {
    slots.deallocate()
    candidates.deallocate()
    destinations.deallocate()
    sources.deallocate()
  }

  @inline(__always)
  static func key(
    _ source: UInt32, _ destination: UInt32, _ division: Division, _ port: UInt16
  ) -> UInt64 {
    UInt64(destination) << 40 | UInt64(source) << 18 | division.rawValue << 16 | UInt64(port)
  }

  @inline(__always)
  func slot(_ key: UInt64) -> Slot {
    var place = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> shift)
    while true {
      let slot = slots[place]
      if slot.key == key || slot.key == .max { return slot }
      place = (place &+ 1) & mask
    }
  }
}

/// The fields of a packet that a ``RuleIndex`` looks at.
struct IndexedHeader {
  /// The class of the source address.
  var source: UInt32
  /// The class of the destination address.
  var destination: UInt32
  /// The source port in host order.
  var sourcePort: UInt16
  /// The destination port in host order.
  var destinationPort: UInt16
  /// Which tests of the remaining fields the packet passes, a bit each.
  var headers: UnsafePointer<UInt64>
  /// Which sets each source class is in.
  var sourceSets: AddressSets
  /// Which sets each destination class is in.
  var destinationSets: AddressSets
}

extension RuleIndex {
  /// The highest priority of a matching rule, 0 for none.
  /// - Complexity: O(prefixes around the source × prefixes around the destination), in practice
  ///   a few reads.
  @inline(__always)
  func best(_ header: borrowing IndexedHeader) -> UInt32 {
    var best: UInt32 = 0
    var destination = header.destination
    while true {
      let link = destinations[Int(destination)]
      if link.priority > best {
        var source = header.source
        while true {
          let other = sources[Int(source)]
          if link.lengths >> UInt64(other.length) & 1 != 0 {
            visit(source, destination, header, &best)
          }
          if source == 0 { break }
          source = other.parent
        }
      }
      if destination == 0 { return best }
      destination = link.parent
    }
  }

  @inline(__always)
  private func visit(
    _ source: UInt32, _ destination: UInt32, _ header: borrowing IndexedHeader,
    _ best: inout UInt32
  ) {
    let slot = slot(Self.key(source, destination, .rest, 0))
    guard slot.priority > best else { return }
    scan(slot.first & Slot.indexMask, header, &best)
    if slot.first & Slot.dividedByDestination != 0 {
      let part = self.slot(
        Self.key(source, destination, .destinationPort, header.destinationPort))
      if part.priority > best { scan(part.first, header, &best) }
    }
    if slot.first & Slot.dividedBySource != 0 {
      let part = self.slot(Self.key(source, destination, .sourcePort, header.sourcePort))
      if part.priority > best { scan(part.first, header, &best) }
    }
  }

  /// Goes through a list, highest priority first, until something matches or nothing can be better.
  @inline(__always)
  private func scan(
    _ first: UInt32, _ header: borrowing IndexedHeader, _ best: inout UInt32
  ) {
    var next = UnsafePointer(candidates + Int(first))
    while next.pointee.priority > best {
      if header.passes(next) {
        best = next.pointee.priority
        return
      }
      next += 1
    }
  }
}

extension IndexedHeader {
  @inline(__always)
  fileprivate func passes(_ candidate: UnsafePointer<RuleIndex.Candidate>) -> Bool {
    let low = candidate.pointee.destinationLow
    guard destinationPort &- low <= candidate.pointee.destinationHigh &- low else { return false }
    let sourceLow = candidate.pointee.sourceLow
    guard sourcePort &- sourceLow <= candidate.pointee.sourceHigh &- sourceLow else {
      return false
    }
    let test = Int(candidate.pointee.header)
    guard headers[test >> 6] >> UInt64(test & 63) & 1 != 0 else { return false }
    let sourceSet = candidate.pointee.sourceSet
    if sourceSet != 0, !sourceSets.contains(sourceSet, source) { return false }
    let destinationSet = candidate.pointee.destinationSet
    return destinationSet == 0 || destinationSets.contains(destinationSet, destination)
  }
}
