/// Finds the rule of highest priority among many without looking at most of them.
///
/// Rules are kept by the pair of source and destination prefix that they name. A packet can only
/// match pairs of a prefix around its source and one around its destination; both chains are short
/// and lie in one cache line each, and every destination prefix knows which lengths of source
/// prefixes stand beside it, so that few pairs are looked up. Where many remain, because rules
/// overlap badly, all are read before the first is judged, and the best one is judged first. Long
/// lists are divided once more by the one port that a rule asks for.
///
/// Plain pointers, immutable after ``init(_:sources:destinations:)`` but for a scratch area; the
/// owner, which one thread uses at a time, calls ``deallocate()``.
struct RuleIndex {
  /// What a rule asks beside its two prefixes.
  struct Test {
    /// The first source port accepted and how many more follow.
    var sourceLow: UInt16 = 0
    var sourceSpan: UInt16 = 0
    /// The first destination port accepted and how many more follow.
    var destinationLow: UInt16 = 0
    var destinationSpan: UInt16 = 0
    /// The number of the test of the remaining fields (``HeaderClasses``).
    var header: UInt16 = 0
    /// The number of the address set that the source must be in, 0 for none (``AddressSets``).
    var sourceSet: UInt16 = 0
    /// The same for the destination.
    var destinationSet: UInt16 = 0
  }
  /// A rule of a list.
  struct Candidate {
    /// The priority, 1 or more; 0 ends a list.
    var priority: UInt32
    var test: Test

    /// Ends a list.
    static let end = Candidate(priority: 0, test: Test())
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
  /// A pair of prefixes, or a part of its rules, in 32 bytes; two of them are a bucket of the hash
  /// table.
  struct Slot {
    /// The pair, the division and its port; all ones in a free place.
    var key: UInt64 = .max
    /// The first candidate behind the one of ``test``, 0 for none.
    ///
    /// The upper bits say which divisions the pair has; the list of a divided pair begins here.
    var first: UInt32 = 0
    /// The highest priority of the list and of the pair's divisions, 0 in a free place.
    var priority: UInt32 = 0
    /// The rule of highest priority, where the pair is not divided.
    var test = Test()
    /// In a bucket's first slot: 1 where a key had to go to a later bucket.
    var overflow: UInt16 = 0

    static let dividedByDestination: UInt32 = 1 << 31
    static let dividedBySource: UInt32 = 1 << 30
    static let indexMask: UInt32 = dividedBySource - 1
  }
  /// The prefixes with rules around a destination class, the innermost first, in 64 bytes.
  struct DestinationChain {
    /// One prefix; without lengths in a free place.
    struct Link {
      var node: UInt32 = 0
      /// Which lengths of source prefixes stand beside it.
      var lengths: UInt32 = 0
      /// The highest priority of its rules.
      var priority: UInt32 = 0
    }
    var links: (Link, Link, Link, Link, Link) = (.init(), .init(), .init(), .init(), .init())
    /// The class whose chain goes on, ``RuleIndex/end`` for none.
    var next = RuleIndex.end

    static let capacity = 5
    static let offsetOfNext = capacity * MemoryLayout<Link>.stride
  }
  /// The prefixes with rules around a source class, the innermost first, in 32 bytes.
  struct SourceChain {
    /// The prefix, and below it the bit of its length in ``DestinationChain/Link/lengths``;
    /// ``RuleIndex/end`` in a free place.
    var links: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) =
      (end, end, end, end, end, end, end)
    /// The class whose chain goes on, ``RuleIndex/end`` for none.
    var next = RuleIndex.end

    static let capacity = 7
    static let lengthBits: UInt32 = 5
  }

  /// Ends a chain.
  static let end = UInt32.max
  /// Lists longer than this are divided by ports.
  static let longestList = 12
  /// The largest number of prefixes of one side.
  static let prefixLimit = 1 << 22
  /// From how many pairs on that a packet lies in, on average, they are collected first.
  static let crowd = 12
  /// The pairs that are read at once.
  static let batch = 64

  let slots: UnsafeMutablePointer<Slot>
  let shift: UInt64
  let mask: Int
  let candidates: UnsafeMutablePointer<Candidate>
  let destinations: UnsafeMutablePointer<DestinationChain>
  let sources: UnsafeMutablePointer<SourceChain>
  /// Which sets each source class is in; the memory is not the index's.
  let sourceSets: AddressSets
  /// Which sets each destination class is in.
  let destinationSets: AddressSets
  /// Whether packets lie in many pairs.
  var isCrowded = false
  /// Room for the slots that a search collects.
  let scratch: UnsafeMutablePointer<UnsafePointer<Slot>>
  /// Their priorities, with the number of the slot in the lower six bits.
  let ranks: UnsafeMutablePointer<UInt32>
  /// The bytes that the index takes.
  let bytes: Int

  /// Gives the memory back.
  func deallocate() {
    slots.deallocate()
    candidates.deallocate()
    destinations.deallocate()
    sources.deallocate()
    scratch.deallocate()
    ranks.deallocate()
  }

  @inline(__always)
  static func key(
    _ source: UInt32, _ destination: UInt32, _ division: Division, _ port: UInt16
  ) -> UInt64 {
    UInt64(destination) << 40 | UInt64(source) << 18 | division.rawValue << 16 | UInt64(port)
  }

  /// The first slot of the bucket where a key belongs.
  @inline(__always)
  static func bucket(_ key: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) &>> shift) &* 2
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
}
