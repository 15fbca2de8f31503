/// pf's own record of an interface (kernel: `struct pfi_kif`).
///
/// Records are named by indices: 0 is the pseudo interface `ALL` of floating states. A name that a
/// rule mentions has a record even while no such interface exists.
struct KernelInterface {
  /// What the hooks counted: passed and blocked packets and bytes by family.
  struct Counters {
    var passed4 = TrafficCounts()
    var blocked4 = TrafficCounts()
    var passed6 = TrafficCounts()
    var blocked6 = TrafficCounts()
  }
  /// The counters.
  var counters = Counters()
  /// `set skip on`.
  var isSkipped = false
  /// The index in the host's list, -1 while it does not exist.
  var hostIndex: Int32 = -1
  /// The number of states bound to it (or floating, for `ALL`).
  var states: Int32 = 0
  /// The number of rules that name it.
  var rules: Int32 = 0
  /// When the counters were last zero, in whole seconds.
  var since: UInt32 = 0

  @inline(__always)
  mutating func count(_ bytes: Int, isIPv6: Bool, isOut: Bool, passed: Bool) {
    switch (isIPv6, passed) {
    case (false, true): counters.passed4.add(bytes, isOut: isOut)
    case (false, false): counters.blocked4.add(bytes, isOut: isOut)
    case (true, true): counters.passed6.add(bytes, isOut: isOut)
    case (true, false): counters.blocked6.add(bytes, isOut: isOut)
    }
  }
}

/// All records of interfaces.
struct InterfaceRegistry {
  /// The pseudo interface of floating states.
  static let all: Int32 = 0
  /// The records.
  private(set) var records = FlatStorage<KernelInterface>(alignment: 64)
  /// The names by index.
  private(set) var names: [String] = []
  private var indices: [String: Int32] = [:]
  /// The record of each interface of the host, by its index in the host's list.
  private(set) var ofHost = FlatStorage<Int32>(alignment: 16)

  /// A registry with only `ALL`.
  init() { _ = index("ALL") }

  /// Gives the memory back.
  func deallocate() {
    records.deallocate()
    ofHost.deallocate()
  }

  /// The record of a name, made where there is none.
  mutating func index(_ name: String) -> Int32 {
    if let known = indices[name] { return known }
    let index = Int32(truncatingIfNeeded: records.append(KernelInterface()))
    names.append(name)
    indices[name] = index
    return index
  }

  /// The record of a name; nil where there is none.
  func find(_ name: String) -> Int32? { indices[name] }

  /// Ties the records to the host's interfaces.
  mutating func attach(_ interfaces: [Interface]) {
    for index in 0..<records.count { records.base[index].hostIndex = -1 }
    ofHost.removeAll()
    for (host, interface) in interfaces.enumerated() {
      let index = index(interface.name)
      records.base[Int(index)].hostIndex = Int32(truncatingIfNeeded: host)
      _ = ofHost.append(index)
    }
  }
}
