/// Finds the rule of highest priority among many without looking at most of them.
///
/// Rules are kept by the pair of source and destination prefix that they name. A packet can only
/// match pairs of a prefix around its source and one around its destination. Both chains of
/// prefixes are short and mostly lie in one cache line each, with marks that tell which of them
/// stand together in rules, so that hardly any pair is looked up in vain. Long lists are divided
/// once more by the ports that rules ask for; eight rules of a list are compared at once.
/// ``RuleSearch`` goes through all of it.
///
/// Plain pointers, immutable after ``init(_:_:_:)`` but for a scratch area; the owner, which one
/// thread uses at a time, calls ``deallocate()``.
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
    /// The priority, 1 or more.
    var priority: UInt32
    var test: Test
  }
  /// A candidate and the prefixes that it belongs to.
  struct Entry {
    var source: UInt32
    var destination: UInt32
    var candidate: Candidate
  }
  /// How the entries of a pair are divided.
  enum Division: UInt64 {
    /// Those that ask for many ports.
    case rest = 0
    /// Those that ask for one destination port.
    case destinationPort = 1
    /// Those that ask for one source port and several destination ports.
    case sourcePort = 2
    /// Those that ask for few ports of one side, by the band of ports (``RuleIndex/band(_:)``)
    /// that they lie in, or by both where they reach from one into the next.
    case band = 3
  }
  /// A pair of prefixes, or a part of its rules, in 32 bytes; two of them are a bucket of the hash
  /// table.
  struct Slot {
    /// The pair, the division and its port; all ones in a free place.
    var key: UInt64 = .max
    /// The first block of the list behind the rule of ``test``, 0 for none.
    ///
    /// The upper bits say which divisions the pair has. The list of a divided pair, or of a part of
    /// one, begins here; before it lie the first blocks of the bands' lists, 64 numbers for
    /// destination ports and 64 for source ports.
    var first: UInt32 = 0
    /// The highest priority of the list and of the pair's divisions, 0 in a free place.
    var priority: UInt32 = 0
    /// The rule of highest priority, where the slot is a pair's that is not divided.
    var test = Test()
    /// In a bucket's first slot: 1 where a key had to go to a later bucket.
    var overflow: UInt16 = 0

    static let dividedByDestination: UInt32 = 1 << 31
    static let dividedBySource: UInt32 = 1 << 30
    static let hasBands: UInt32 = 1 << 29
    static let indexMask: UInt32 = hasBands - 1
  }
  /// Eight rules of a list, highest priority first, in two cache lines.
  struct Block {
    var sourceLows = SIMD8<UInt16>()
    var sourceSpans = SIMD8<UInt16>()
    var destinationLows = SIMD8<UInt16>()
    var destinationSpans = SIMD8<UInt16>()
    /// 0 in places behind the end of the list.
    var priorities = SIMD8<UInt32>()
    var headers = SIMD8<UInt16>()
    /// The number of blocks that follow.
    var more: UInt32 = 0
    /// Whether some rule asks for address sets.
    var hasSets = false

    static let capacity = 8
    static let offsetOfPriorities = 64
    static let offsetOfHeaders = 96
  }
  /// The address sets that the rules of a block ask for.
  struct BlockSets {
    var sources = SIMD8<UInt16>()
    var destinations = SIMD8<UInt16>()
  }
  /// The prefixes with rules around a class, the innermost first, in 64 bytes.
  ///
  /// Every prefix has a mark, one of 32 bits, and the marks of all prefixes that it stands with in
  /// rules. Two prefixes whose marks do not meet are no pair.
  struct Chain {
    /// 0 in a free place.
    var marks = SIMD4<UInt32>()
    var partners = SIMD4<UInt32>()
    var nodes = SIMD4<UInt32>()
    /// The class whose chain goes on, ``RuleIndex/end`` for none.
    var next = RuleIndex.end
    private var padding: (UInt32, UInt32, UInt32) = (0, 0, 0)

    static let capacity = 4
    /// Where the parts lie, in words.
    static let partners = 4
    static let nodes = 8
    static let next = 12
  }

  /// Ends a chain.
  static let end = UInt32.max
  /// Lists longer than this are divided by ports.
  static let longestList = 24
  /// The largest number of prefixes of one side.
  static let prefixLimit = 1 << 22
  /// From how many pairs on that a packet lies in, on average, the best one is judged first.
  static let crowd = 12
  /// The bands of a side's ports.
  static let bands = 64
  /// The blocks that the numbers of the bands' lists take.
  static let bandBlocks = 2 * bands * 4 / MemoryLayout<Block>.stride
  /// The most bands that a rule is listed in.
  static let bandLimit = 2

  let slots: UnsafeMutablePointer<Slot>
  let shift: UInt64
  let mask: Int
  let blocks: UnsafeMutablePointer<Block>
  let blockSets: UnsafeMutablePointer<BlockSets>
  let destinations: UnsafeMutablePointer<Chain>
  let sources: UnsafeMutablePointer<Chain>
  /// Which sets each source class is in; the memory is not the index's.
  let sourceSets: AddressSets
  /// Which sets each destination class is in.
  let destinationSets: AddressSets
  /// Whether packets lie in many pairs.
  var isCrowded = false
  /// What a search for one packet needs.
  let search: RuleSearch
  /// The bytes that the index takes.
  let bytes: Int

  /// Gives the memory back.
  func deallocate() {
    slots.deallocate()
    blocks.deallocate()
    blockSets.deallocate()
    destinations.deallocate()
    sources.deallocate()
    search.deallocate()
  }

  @inline(__always)
  static func key(
    _ source: UInt32, _ destination: UInt32, _ division: Division, _ port: UInt16
  ) -> UInt64 {
    UInt64(destination) << 40 | UInt64(source) << 18 | part(division, port)
  }

  /// The part of a key behind the pair.
  @inline(__always)
  static func part(_ division: Division, _ port: UInt16) -> UInt64 {
    division.rawValue << 16 | UInt64(port)
  }

  /// The band that a port lies in.
  @inline(__always)
  static func band(_ port: UInt16) -> Int { Int(port >> 10) }

  /// The first slot of the bucket where a key belongs.
  @inline(__always)
  static func bucket(_ key: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) &>> shift) &* 2
  }

  /// The mark of a prefix among those of its side.
  static func mark(_ node: UInt32) -> UInt32 { 1 << ((node &* 0x9e37_79b1) >> 27) }
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
