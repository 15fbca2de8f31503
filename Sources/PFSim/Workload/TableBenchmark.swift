/// Measures lookups in a large table.
public final class TableBenchmark {
  private let table = PrefixTable()
  private let addresses: [UInt32]
  private let clock: Measurement.Clock

  /// Fills a table with random networks and draws addresses, most of which it holds, by Zipf's law.
  /// - Parameters:
  ///   - entries: The number of entries: three in four single addresses, the others networks.
  ///   - lookups: The number of addresses drawn.
  public init(entries: Int, lookups: Int = 1 << 20, clock: @escaping Measurement.Clock) {
    self.clock = clock
    var random = SplitMix64(seed: 5)
    var known: [UInt32] = []
    known.reserveCapacity(entries)
    while known.count < entries {
      let length = UInt8(random.below(4) > 0 ? 32 : 20 + random.below(12))
      let mask = AddressBits(prefixLength: Int(length))
      let bits = AddressBits(ipv4: UInt32(truncatingIfNeeded: random.next())) & mask
      let entry = TableDefinition.Entry(family: .inet, address: bits, prefixLength: length)
      if table.insert(entry) == .done { known.append(bits.ipv4) }
    }
    let law = ZipfLaw(count: entries, exponent: 1.05)
    addresses = (0..<lookups).map { _ in
      random.below(10) == 0
        ? UInt32(truncatingIfNeeded: random.next()) : known[law.draw(&random)]
    }
  }

  /// Lookups of one address after the other.
  public func measure(seconds: Double) -> Measurement {
    let tree = table.tree
    var found: UInt32 = 0
    let measurement = addresses.withUnsafeBufferPointer { addresses in
      Measurement.take(of: addresses.count, seconds: seconds, clock) { range in
        for index in range {
          found &+= tree.pointee.lookup(AddressBits(ipv4: addresses[index]), isIPv6: false)
        }
      }
    }
    checksum &+= Int(found)
    return measurement
  }

  /// A sum over all outcomes, so that no work is optimised away.
  public private(set) var checksum = 0
}
