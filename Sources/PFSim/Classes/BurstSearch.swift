/// A packet of a burst on its way through the tables.
struct BurstSearch {
  /// The class of the source address.
  var source: UInt32 = 0
  /// The class of the destination address.
  var destination: UInt32 = 0
  /// All classes, where the memory of walks is asked.
  var classified = FilterClasses.Classified()
  /// The number of pairs of prefixes found.
  var count = 0
  /// Room for their keys.
  let pairs: UnsafeMutablePointer<UInt64>

  /// Makes room for some packets.
  static func allocate(_ packets: Int) -> UnsafeMutablePointer<BurstSearch> {
    let searches = UnsafeMutablePointer<BurstSearch>.allocate(capacity: packets)
    let pairs = UnsafeMutablePointer<UInt64>.allocate(capacity: packets * RuleIndex.batch)
    pairs.initialize(repeating: 0, count: packets * RuleIndex.batch)
    for packet in 0..<packets {
      (searches + packet).initialize(to: BurstSearch(pairs: pairs + packet * RuleIndex.batch))
    }
    return searches
  }

  /// Gives the room back.
  static func deallocate(_ searches: UnsafeMutablePointer<BurstSearch>) {
    searches.pointee.pairs.deallocate()
    searches.deallocate()
  }
}
