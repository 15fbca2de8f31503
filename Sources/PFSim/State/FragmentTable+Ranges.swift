extension FragmentTable {
  /// A fragment as the non-buffering cache sees it.
  struct Passing: Sendable {
    /// The datagram.
    var key: FragmentKey
    /// The data's offset in bytes.
    var offset: UInt16
    /// The data's length in bytes.
    var length: UInt16
    /// Whether the fragment is not the datagram's last one.
    var hasMore: Bool
    /// Where the data ends by the caller's arithmetic, for the test against the known end.
    var end: Int
    /// Whether an overlap dooms the datagram (`drop-ovl`) instead of being cut (`crop`).
    var dropsOverlaps: Bool
  }

  /// What the cache does with a fragment.
  enum Passage: Hashable, Sendable {
    /// It goes on without this many bytes of data at its front and its end.
    case passes(front: UInt16, back: UInt16)
    /// It is dropped; not logged where the cache frees it itself.
    case drops(Reason, isLogged: Bool)
  }

  /// What a fragment adds to the known ranges.
  private enum Placement {
    /// Nothing.
    case duplicate
    /// There is no room for another range.
    case noMemory
    /// Something, up to `end`, of which so much overlapped.
    case placed(front: UInt16, back: UInt16, end: UInt16)
  }

  /// Shows a fragment to the non-buffering cache (kernel: `pf_fragcache`, `pf_frag6cache`).
  ///
  /// - Complexity: O(ranges of the datagram).
  mutating func pass(_ fragment: Passing, now: UInt32) -> Passage {
    let key = fragment.key
    if let known = find(cache: key, now: now), known.seenLast, fragment.end > Int(known.end) {
      // KERNEL: the mark for drop-ovl that pf_normalize_ip() sets here goes with the record.
      remove(cache: key)
      return .drops(.fragment, isLogged: true)
    }
    var ranges: FragmentRanges
    let placement: Placement
    if let known = caches.removeValue(forKey: key) {
      ranges = known
      placement = place(fragment, in: &ranges)
    } else {
      guard hasRoomForCache() else { return .drops(.memory, isLogged: false) }
      ranges = FragmentRanges(touched: now, turn: nextTurn())
      let end = fragment.offset &+ fragment.length
      ranges.spans = [FragmentRanges.Span(start: fragment.offset, end: end)]
      rangeCount += 1
      placement = .placed(front: 0, back: 0, end: end)
    }
    let passage = Self.conclude(placement, fragment, &ranges)
    if case .passes = passage, ranges.isComplete {
      rangeCount -= ranges.spans.count
      return passage
    }
    // KERNEL: pf_normalize_ip6() frees the record with every fragment that it drops: what comes
    // next passes as if nothing had been seen.
    if key.isIPv6, case .drops = passage {
      rangeCount -= ranges.spans.count
      return passage
    }
    caches[key] = ranges
    guard ranges.isDoomed, case .passes = passage else { return passage }
    return .drops(.normalize, isLogged: true)
  }

  private mutating func hasRoomForCache() -> Bool {
    if caches.count > Self.cacheLimit { flush() }
    return caches.count <= Self.cacheLimit && rangeCount <= Self.rangeLimit
  }

  /// Joins a fragment with the ranges that it touches.
  private mutating func place(
    _ fragment: Passing, in ranges: inout FragmentRanges
  ) -> Placement {
    var offset = fragment.offset
    var end = offset &+ fragment.length
    var (front, back): (UInt16, UInt16) = (0, 0)
    var next = ranges.spans.firstIndex { $0.start > offset } ?? ranges.spans.count
    let hasPrevious = next > 0
    if hasPrevious {
      let overlap = Int(ranges.spans[next - 1].end) - Int(offset)
      if overlap >= Int(fragment.length) { return .duplicate }
      if overlap >= 0 {
        // KERNEL: a front cut moves the end as well, so the range ends before what passed.
        front = UInt16(truncatingIfNeeded: overlap)
        offset &+= front
        end &-= front
        ranges.spans[next - 1].end = end
      } else {
        guard insert(offset, end, at: next, in: &ranges) else { return .noMemory }
        next += 1
      }
    }
    guard next < ranges.spans.count else { return .placed(front: front, back: back, end: end) }
    let overlap = Int(end) - Int(ranges.spans[next].start)
    if overlap >= 0 {
      ranges.spans[next].start = offset
      back = UInt16(truncatingIfNeeded: overlap)
      end &-= back
      if hasPrevious, offset <= ranges.spans[next - 1].end {
        ranges.spans[next].start = ranges.spans[next - 1].start
        ranges.spans.remove(at: next - 1)
        rangeCount -= 1
      }
    } else if !hasPrevious {
      guard insert(offset, end, at: 0, in: &ranges) else { return .noMemory }
    }
    return .placed(front: front, back: back, end: end)
  }

  private mutating func insert(
    _ start: UInt16, _ end: UInt16, at index: Int, in ranges: inout FragmentRanges
  ) -> Bool {
    guard rangeCount <= Self.rangeLimit else { return false }
    ranges.spans.insert(FragmentRanges.Span(start: start, end: end), at: index)
    rangeCount += 1
    return true
  }

  /// Notes what a fragment tells about its datagram's end and fate.
  private static func conclude(
    _ placement: Placement, _ fragment: Passing, _ ranges: inout FragmentRanges
  ) -> Passage {
    if !fragment.hasMore { ranges.seenLast = true }
    switch placement {
    case .noMemory:
      return .drops(.memory, isLogged: false)
    case .placed(let front, let back, let end)
    where !fragment.dropsOverlaps || front == 0 && back == 0:
      ranges.end = max(ranges.end, end)
      return .passes(front: front, back: back)
    case .duplicate, .placed:
      if fragment.dropsOverlaps { ranges.isDoomed = true }
      return .drops(.normalize, isLogged: false)
    }
  }
}

extension FragmentRanges {
  /// Whether everything from the start to the known end has passed.
  fileprivate var isComplete: Bool {
    guard seenLast, let first = spans.first else { return false }
    return first.start == 0 && first.end == end
  }
}
