/// Sorts packets by interface, direction, protocol, TCP flags, ICMP type and code, and type of
/// service, and tells which tests of these fields a packet passes.
///
/// Each field has its classes; the sum of their numbers, each scaled, is the packet's combination.
/// Packets of one combination pass and fail the same single criteria. A group of tests is passed
/// when all of them are: a rule's own and those of the anchor rules around it. Plain pointers; the
/// owner calls ``deallocate()``.
struct HeaderClasses {
  /// The criteria of one rule on these fields.
  struct Test: Hashable {
    /// The interface's record, -1 for any.
    var interface: Int32 = -1
    var interfaceNegated = false
    /// The direction, 0 for both.
    var direction: UInt8 = 0
    /// The protocol, 0 for any.
    var proto: UInt8 = 0
    /// The ICMP type plus one, 0 for any.
    var icmpType: UInt8 = 0
    /// The ICMP code plus one, 0 for any.
    var icmpCode: UInt8 = 0
    /// The TCP flags that must be set out of ``flagMask``.
    var flags: UInt8 = 0
    var flagMask: UInt8 = 0
    /// The bits of which the type of service must have one, 0 for no test.
    var tos: UInt8 = 0
    /// Whether no whole packet passes (`fragment`).
    var isForFragments = false

    /// All of it in two words.
    private var packed: (UInt64, UInt64) {
      (
        UInt64(UInt32(bitPattern: interface)) << 32 | UInt64(direction) << 24
          | UInt64(proto) << 16 | UInt64(icmpType) << 8 | UInt64(icmpCode),
        UInt64(flags) << 32 | UInt64(flagMask) << 24 | UInt64(tos) << 16
          | (interfaceNegated ? 2 : 0) | (isForFragments ? 1 : 0)
      )
    }

    static func == (left: Test, right: Test) -> Bool { left.packed == right.packed }

    func hash(into hasher: inout Hasher) {
      hasher.combine(packed.0)
      hasher.combine(packed.1)
    }
  }
  /// Numbers for tests, each once.
  struct TestNumbers {
    private(set) var tests: [Test] = []
    private var numbers: [Test: UInt32] = [:]
    private var last: (test: Test, number: UInt32)?

    /// The number of a test; neighbours are often alike.
    mutating func number(_ test: Test) -> UInt32 {
      if let last, last.test == test { return last.number }
      let number = numbers[test] ?? UInt32(truncatingIfNeeded: tests.count)
      if Int(number) == tests.count {
        tests.append(test)
        numbers[test] = number
      }
      last = (test, number)
      return number
    }
  }
  /// The most combinations that are tabulated.
  static let combinationLimit = 1 << 18

  /// The number of interfaces that are told apart; others count as the last one.
  private let interfaceCount: Int
  /// The scaled classes by value, one field behind the other (``Field``).
  private let classes: UnsafeMutablePointer<UInt32>
  /// The results of all groups by combination, ``words`` each.
  private let results: UnsafeMutablePointer<UInt64>
  /// The number of words of results.
  let words: Int
  /// The number of combinations.
  let combinations: Int

  /// The bytes that the tables take.
  var bytes: Int { combinations * words * 8 + (Self.fixedValues + interfaceCount) * 4 }

  /// Where the fields begin in ``classes``; interfaces come last.
  private static let protocols = 2
  private static let flags = 258
  private static let types = 515
  private static let codes = 771
  private static let tos = 1027
  private static let fixedValues = 1283

  /// Gives the memory back.
  func deallocate() {
    classes.deallocate()
    results.deallocate()
  }

  /// The packet's combination.
  @inline(__always)
  func combination(_ packet: FilterHeader) -> UInt32 {
    let interface = min(Int(packet.interface), interfaceCount &- 1)
    let flags = packet.proto == .tcp ? Int(packet.flags) : 256
    return classes[packet.isOut ? 1 : 0]
      &+ classes[Self.protocols &+ Int(packet.proto.rawValue)]
      &+ classes[Self.flags &+ flags] &+ classes[Self.types &+ Int(packet.icmpType)]
      &+ classes[Self.codes &+ Int(packet.icmpCode)] &+ classes[Self.tos &+ Int(packet.tos)]
      &+ classes[Self.fixedValues &+ interface]
  }

  /// The results of a combination: a bit for every group.
  @inline(__always)
  func results(of combination: UInt32) -> UnsafePointer<UInt64> {
    UnsafePointer(results + Int(combination) &* words)
  }

  /// Classifies the fields for groups of tests; nil where there are too many combinations.
  /// - Parameter interfaceCount: The number of records of interfaces.
  init?(_ tests: [[Test]], interfaceCount: Int) {
    self.interfaceCount = interfaceCount + 1
    let fields = Self.fields(tests, interfaceCount: interfaceCount + 1)
    var scale = 1
    var scaled: [UInt32] = []
    for field in fields {
      scaled += field.classes.map { $0 * UInt32(scale) }
      scale *= field.passes.count
      guard scale <= Self.combinationLimit else { return nil }
    }
    classes = .allocate(capacity: scaled.count)
    for (index, value) in scaled.enumerated() { (classes + index).initialize(to: value) }
    combinations = scale
    words = max(1, (tests.count + 63) / 64)
    results = .allocate(capacity: scale * words)
    results.initialize(repeating: 0, count: scale * words)
    fillResults(fields)
  }

  private static func fields(_ tests: [[Test]], interfaceCount: Int) -> [Field] {
    [
      Field(2, tests, by: \.direction) { test, value in
        test.direction == 0 || Int(test.direction) == value + 1
      },
      Field(256, tests, by: \.proto) { test, value in
        test.proto == 0 || Int(test.proto) == value
      },
      // Value 256 stands for packets without flags, which are not tested for them.
      Field(257, tests, by: { UInt16($0.flags) << 8 | UInt16($0.flagMask) }) { test, value in
        value == 256 || UInt8(value) & test.flagMask == test.flags
      },
      Field(256, tests, by: \.icmpType) { test, value in
        test.icmpType == 0 || Int(test.icmpType &- 1) == value
      },
      Field(256, tests, by: \.icmpCode) { test, value in
        test.icmpCode == 0 || Int(test.icmpCode &- 1) == value
      },
      Field(256, tests, by: \.tos) { test, value in
        test.tos == 0 || Int(test.tos) & value != 0
      },
      Field(
        interfaceCount, tests, by: { Int64($0.interface) << 1 | ($0.interfaceNegated ? 1 : 0) }
      ) { test, value in
        (test.interface < 0 || Int(test.interface) == value) != test.interfaceNegated
      },
    ]
  }

  private func fillResults(_ fields: [Field]) {
    for combination in 0..<combinations {
      let row = results + combination * words
      var rest = combination
      for word in 0..<words { row[word] = .max }
      for field in fields {
        let passes = field.passes[rest % field.passes.count]
        rest /= field.passes.count
        for word in 0..<words { row[word] &= passes[word] }
      }
    }
  }
}

extension HeaderClasses {
  /// The classes of one field.
  private struct Field {
    /// The class of each value.
    var classes: [UInt32] = []
    /// The groups that each class passes, a bit each.
    var passes: [[UInt64]] = []

    /// Values are of one class when every test says the same about them.
    init<Criterion: Hashable>(
      _ count: Int, _ groups: [[Test]], by criterion: (Test) -> Criterion,
      passing: (Test, Int) -> Bool
    ) {
      var seen: Set<Criterion> = []
      let distinct = groups.joined().filter { seen.insert(criterion($0)).inserted }
      var known: [[Bool]: UInt32] = [:]
      for value in 0..<count {
        let signature = distinct.map { passing($0, value) }
        let kind = known[signature] ?? UInt32(known.count)
        classes.append(kind)
        guard known.updateValue(kind, forKey: signature) == nil else { continue }
        var row = [UInt64](repeating: 0, count: max(1, (groups.count + 63) / 64))
        for (index, group) in groups.enumerated()
        where group.allSatisfy({ passing($0, value) && !$0.isForFragments }) {
          row[index >> 6] |= 1 << UInt64(index & 63)
        }
        passes.append(row)
      }
    }
  }
}
