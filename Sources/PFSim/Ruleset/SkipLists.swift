/// The rules of a block by the value of one field, largest group first.
///
/// Groups of one size are in the order in which they grew to it, those that shrank to it in
/// front. Rules whose value no other has are in no group.
struct SkipLists {
  /// The group of each position in the block, -1 for none.
  private var groupOf: [Int32] = []
  /// The positions of all groups, each group's from its ``starts`` on.
  private var members: [Int32] = []
  private var starts: [Int32] = []
  /// How many of each group are left.
  private var counts: [Int32] = []
  /// The groups of each size, as a doubly linked list.
  private var firstOfSize: [Int32] = []
  private var lastOfSize: [Int32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// The size of the largest group; at most 1 where the field is of no use.
  private(set) var largest = 0

  /// Groups the positions of a block by what a column holds for them; those with a negative
  /// number are in no group.
  init(_ block: [Int32], by column: [Int32]) {
    let count = block.count
    var sizes = [Int32](repeating: 0, count: count)
    groupOf = Self.representatives(block, column)
    for first in groupOf where first >= 0 {
      sizes[Int(first)] += 1
      largest = max(largest, Int(sizes[Int(first)]))
    }
    if largest == count || largest <= 1 {
      largest = 0
      groupOf = []
      return
    }
    makeGroups(sizes)
    fillGroups()
  }

  /// For each position the first one with its number, -1 for none.
  private static func representatives(_ block: [Int32], _ column: [Int32]) -> [Int32] {
    var table = IndexTable(count: block.count)
    return block.indices.map { position in
      let own = column[Int(block[position])]
      if own < 0 { return -1 }
      let hash = IndexTable.hash(own)
      let first = table.insert(position, hash) { column[Int(block[$0])] == own }
      return Int32(truncatingIfNeeded: first)
    }
  }

  /// Numbers the groups of two and more, and gives every position its group's number.
  private mutating func makeGroups(_ sizes: [Int32]) {
    var numbers = sizes
    var total: Int32 = 0
    for position in sizes.indices where sizes[position] > 0 {
      guard sizes[position] > 1 else {
        numbers[position] = -1
        continue
      }
      numbers[position] = Int32(truncatingIfNeeded: starts.count)
      starts.append(total)
      counts.append(sizes[position])
      total += sizes[position]
    }
    for position in groupOf.indices where groupOf[position] >= 0 {
      groupOf[position] = numbers[Int(groupOf[position])]
    }
    members = Array(repeating: 0, count: Int(total))
  }

  /// Puts the positions into their groups, and the groups into the lists of their sizes.
  private mutating func fillGroups() {
    next = Array(repeating: -1, count: starts.count)
    previous = next
    firstOfSize = Array(repeating: -1, count: largest + 1)
    lastOfSize = firstOfSize
    var ends = starts
    for (position, group) in groupOf.enumerated() where group >= 0 {
      let group = Int(group)
      members[Int(ends[group])] = Int32(truncatingIfNeeded: position)
      ends[group] += 1
      if ends[group] - starts[group] == counts[group] { append(group) }
    }
  }

  /// Takes the largest group out; those of it that are placed already are left out.
  mutating func takeLargest(_ isPlaced: [Bool]) -> [Int32] {
    let group = Int(firstOfSize[largest])
    unlink(group)
    let start = Int(starts[group])
    let end = group + 1 < starts.count ? Int(starts[group + 1]) : members.count
    let taken = members[start..<end].filter { !isPlaced[Int($0)] }
    for member in taken { groupOf[Int(member)] = -1 }
    shrink()
    return taken
  }

  /// Takes a position out of its group.
  mutating func remove(_ position: Int) {
    guard largest > 1, groupOf[position] >= 0 else { return }
    let group = Int(groupOf[position])
    groupOf[position] = -1
    guard counts[group] > 1 else { return }
    unlink(group)
    counts[group] -= 1
    if counts[group] > 1 { prepend(group) }
    shrink()
  }

  private mutating func shrink() {
    while largest > 1, firstOfSize[largest] < 0 { largest -= 1 }
  }

  private mutating func append(_ group: Int) {
    let number = Int32(truncatingIfNeeded: group)
    let size = Int(counts[group])
    previous[group] = lastOfSize[size]
    next[group] = -1
    if lastOfSize[size] >= 0 {
      next[Int(lastOfSize[size])] = number
    } else {
      firstOfSize[size] = number
    }
    lastOfSize[size] = number
  }

  private mutating func prepend(_ group: Int) {
    let number = Int32(truncatingIfNeeded: group)
    let size = Int(counts[group])
    next[group] = firstOfSize[size]
    previous[group] = -1
    if firstOfSize[size] >= 0 {
      previous[Int(firstOfSize[size])] = number
    } else {
      lastOfSize[size] = number
    }
    firstOfSize[size] = number
  }

  private mutating func unlink(_ group: Int) {
    let size = Int(counts[group])
    if previous[group] >= 0 {
      next[Int(previous[group])] = next[group]
    } else {
      firstOfSize[size] = next[group]
    }
    if next[group] >= 0 {
      previous[Int(next[group])] = previous[group]
    } else {
      lastOfSize[size] = previous[group]
    }
  }
}
