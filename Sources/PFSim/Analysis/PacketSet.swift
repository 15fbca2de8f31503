/// A set of packets: one set of classes for every field and unknown, all of which must hold.
///
/// The bits mean something only together with the ``PacketClasses`` that made the set.
public struct PacketSet: Sendable, Hashable {
  /// The bits of all fields, then two for every unknown.
  var words: [UInt64]
}

/// Where the bits of a ``PacketSet`` lie.
struct PacketLayout: Sendable, Hashable {
  /// The words of each field, indexed by ``PacketField``.
  let fields: [Range<Int>]
  /// The number of classes of each field.
  let counts: [Int]
  /// The first word of the unknowns.
  let unknownStart: Int
  /// The number of unknowns, each with two bits: "no" and "yes".
  let unknownCount: Int
  /// The number of words of a set.
  let wordCount: Int

  private static let lowBits: UInt64 = 0x5555_5555_5555_5555

  init(counts: [Int], unknownCount: Int) {
    var start = 0
    var fields: [Range<Int>] = []
    for count in counts {
      let words = max(1, (count + 63) / 64)
      fields.append(start..<start + words)
      start += words
    }
    self.fields = fields
    self.counts = counts
    unknownStart = start
    self.unknownCount = unknownCount
    wordCount = start + (unknownCount + 31) / 32
  }

  /// The set of everything, also of combinations that no packet has.
  var everything: PacketSet {
    var words = [UInt64](repeating: 0, count: wordCount)
    for (range, count) in zip(fields, counts) {
      for bit in 0..<count { words[range.lowerBound + bit / 64] |= 1 << UInt64(bit % 64) }
    }
    for index in unknownStart..<wordCount { words[index] = .max }
    return PacketSet(words: words)
  }

  /// Whether a set holds nothing because one of its fields is empty.
  func isEmpty(_ set: PacketSet) -> Bool {
    for range in fields {
      var bits: UInt64 = 0
      for index in range { bits |= set.words[index] }
      if bits == 0 { return true }
    }
    for index in unknownStart..<wordCount {
      let word = set.words[index]
      if (word | word >> 1) & Self.lowBits != Self.lowBits { return true }
    }
    return false
  }

  /// The common part of two sets; nil where there is none.
  func intersection(_ left: PacketSet, _ right: PacketSet) -> PacketSet? {
    var result = left
    for index in 0..<wordCount { result.words[index] &= right.words[index] }
    return isEmpty(result) ? nil : result
  }

  /// Whether two sets have a common part.
  func intersects(_ left: PacketSet, _ right: PacketSet) -> Bool {
    for range in fields {
      var bits: UInt64 = 0
      for index in range { bits |= left.words[index] & right.words[index] }
      if bits == 0 { return false }
    }
    for index in unknownStart..<wordCount {
      let word = left.words[index] & right.words[index]
      if (word | word >> 1) & Self.lowBits != Self.lowBits { return false }
    }
    return true
  }

  /// Whether `outer` holds all of `inner`.
  func contains(_ outer: PacketSet, _ inner: PacketSet) -> Bool {
    for index in 0..<wordCount where inner.words[index] & ~outer.words[index] != 0 {
      return false
    }
    return true
  }

  /// What is left of `set` without `other`, as disjoint sets.
  func subtract(_ other: PacketSet, from set: PacketSet) -> [PacketSet] {
    guard intersects(set, other) else { return [set] }
    var pieces: [PacketSet] = []
    var rest = set
    for range in fields { cut(range, of: &rest, by: other, into: &pieces) }
    for index in unknownStart..<wordCount where rest.words[index] & ~other.words[index] != 0 {
      for shift in stride(from: UInt64(0), to: 64, by: 2) {
        let pair: UInt64 = 3 << shift
        let outside = rest.words[index] & pair & ~other.words[index]
        guard outside != 0 else { continue }
        var piece = rest
        piece.words[index] = rest.words[index] & ~pair | outside
        pieces.append(piece)
        rest.words[index] = rest.words[index] & ~pair | rest.words[index] & pair & ~outside
      }
    }
    return pieces
  }

  private func cut(
    _ range: Range<Int>, of rest: inout PacketSet, by other: PacketSet,
    into pieces: inout [PacketSet]
  ) {
    guard range.contains(where: { rest.words[$0] & ~other.words[$0] != 0 }) else { return }
    var piece = rest
    for index in range {
      piece.words[index] = rest.words[index] & ~other.words[index]
      rest.words[index] &= other.words[index]
    }
    pieces.append(piece)
  }
}
