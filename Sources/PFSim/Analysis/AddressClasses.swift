/// A split of all addresses of one family into classes that no criterion tells apart.
///
/// Networks split the numbers, address ranges split them in the kernel's own order of bytes
/// (``AddressBits/rangeOrder``); a class is a pair of one run of each that have an address in
/// common.
struct AddressClasses: Sendable, Hashable {
  /// The family.
  let family: AddressFamily
  private var starts = [AddressBits.zero]
  private var rangeStarts = [AddressBits.zero]
  private var indices: [Int: Int] = [:]
  /// One address of each class.
  private(set) var representatives: [AddressBits] = []

  /// Makes one class of all addresses; ``seal()`` must follow the splits.
  init(family: AddressFamily) { self.family = family }

  /// The number of classes.
  var count: Int { representatives.count }

  /// Splits along a network.
  mutating func split(network: AddressBits, prefixLength: Int) {
    let value = network & AddressBits(prefixLength: prefixLength)
    Self.insert(value, into: &starts)
    let last = value | ~AddressBits(prefixLength: prefixLength)
    if let next = last.successor { Self.insert(next, into: &starts) }
  }

  /// Splits along a range as the kernel compares it.
  mutating func split(rangeFrom low: AddressBits, to high: AddressBits) {
    let interval = rangeInterval(low, high)
    guard interval.low <= interval.high else { return }
    Self.insert(interval.low, into: &rangeStarts)
    if let next = interval.high.successor { Self.insert(next, into: &rangeStarts) }
  }

  /// The interval, in the kernel's order, of a range's addresses.
  func rangeInterval(_ low: AddressBits, _ high: AddressBits) -> AddressInterval {
    let tail = ~AddressBits(prefixLength: family.addressBits)
    return AddressInterval(low: low.rangeOrder, high: high.rangeOrder | tail)
  }

  private static func insert(_ start: AddressBits, into list: inout [AddressBits]) {
    let index = position(of: start, in: list)
    if list[index] != start { list.insert(start, at: index + 1) }
  }

  private static func position(of value: AddressBits, in list: [AddressBits]) -> Int {
    var low = 0
    var high = list.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if list[middle] <= value { low = middle } else { high = middle }
    }
    return low
  }

  /// Numbers the classes and gives each an address, of `preferred` where one fits.
  /// - Complexity: The number of networks times that of ranges.
  mutating func seal(preferring preferred: [AddressBits]) {
    let runs = starts.indices.map { Self.interval($0, in: starts).blocks }
    let ranges = rangeStarts.indices.map { Self.interval($0, in: rangeStarts).blocks }
    for (run, runBlocks) in runs.enumerated() {
      for (range, rangeBlocks) in ranges.enumerated() {
        guard let common = commonAddress(runBlocks, rangeBlocks) else { continue }
        indices[run * rangeStarts.count + range] = representatives.count
        representatives.append(common)
      }
    }
    for address in preferred.reversed() { representatives[position(of: address)] = address }
  }

  private static func interval(_ index: Int, in list: [AddressBits]) -> AddressInterval {
    let end = index + 1 < list.count ? list[index + 1].predecessor : nil
    return AddressInterval(low: list[index], high: end ?? ~AddressBits.zero)
  }

  /// An address that lies in a block of each list; the last octet is made 1 where it is free.
  private func commonAddress(
    _ blocks: [(value: AddressBits, length: Int)],
    _ rangeBlocks: [(value: AddressBits, length: Int)]
  ) -> AddressBits? {
    let width = AddressBits(prefixLength: family.addressBits)
    for block in blocks {
      let mask = AddressBits(prefixLength: block.length)
      for range in rangeBlocks {
        let rangeMask = AddressBits(prefixLength: range.length).rangeOrder
        let rangeValue = range.value.rangeOrder
        guard (block.value & mask & rangeMask) == (rangeValue & mask & rangeMask) else { continue }
        let fixed = (block.value & mask) | (rangeValue & rangeMask)
        let one = family == .inet ? AddressBits(ipv4: 1) : AddressBits(high: 0, low: 1)
        return (fixed | (one & ~(mask | rangeMask))) & width
      }
    }
    return nil
  }

  /// The classes that make up a network which the classes were split along.
  func classes(ofNetwork network: AddressBits, prefixLength: Int) -> [Range<Int>] {
    let value = network & AddressBits(prefixLength: prefixLength)
    let first = Self.position(of: value, in: starts)
    let last = Self.position(of: value | ~AddressBits(prefixLength: prefixLength), in: starts)
    if rangeStarts.count == 1 { return [first..<last + 1] }
    return (first...last).flatMap { run in
      rangeStarts.indices.compactMap { indices[run * rangeStarts.count + $0] }
    }.map { $0..<$0 + 1 }
  }

  /// The class of an address.
  func position(of address: AddressBits) -> Int {
    let run = Self.position(of: address, in: starts)
    let range = Self.position(of: address.rangeOrder, in: rangeStarts)
    return indices[run * rangeStarts.count + range] ?? 0
  }

  /// Whether an address lies in a range as the kernel compares it.
  func isInRange(_ address: AddressBits, _ low: AddressBits, _ high: AddressBits) -> Bool {
    let interval = rangeInterval(low, high)
    let value = address.rangeOrder
    return interval.low <= value && value <= interval.high
  }
}
