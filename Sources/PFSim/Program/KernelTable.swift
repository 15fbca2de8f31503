/// A table as rules and the table commands see it (kernel: `struct pfr_ktable`).
struct KernelTable {
  /// The kernel's flags.
  var flags = TableFlags()
  /// The main ruleset's table of the same name, -1 for tables of the main ruleset.
  var root: Int32 = -1
  /// The anchor it belongs to.
  var anchor: Int32 = 0
  /// The number of rules that name it.
  var ruleReferences: Int32 = 0
  /// The number of anchors' tables that fall back to it.
  var anchorReferences: Int32 = 0
  /// The addresses.
  let tree: UnsafeMutablePointer<PrefixTree>
  /// Lookups that found an address.
  var matches: UInt64 = 0
  /// Lookups that did not.
  var misses: UInt64 = 0
  /// Packets and bytes by direction and outcome: block, pass, xpass.
  var blocked = TrafficCounts()
  var passed = TrafficCounts()
  var crossed = TrafficCounts()
  /// When the counters were last zero.
  var since: UInt32 = 0

  init(tree: UnsafeMutablePointer<PrefixTree>) { self.tree = tree }
}

/// The flags of a table (kernel: `PFR_TFLAG_…`).
public struct TableFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public var rawValue: UInt32
  /// Makes the set from the kernel's bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// `persist`.
  public static let persist = TableFlags(rawValue: 1)
  /// `const`.
  public static let const = TableFlags(rawValue: 2)
  /// The table can be looked up.
  public static let active = TableFlags(rawValue: 4)
  /// A load is about to fill it.
  public static let inactive = TableFlags(rawValue: 8)
  /// A rule names it.
  public static let referenced = TableFlags(rawValue: 16)
  /// An anchor's table of the same name exists.
  public static let referencedByAnchor = TableFlags(rawValue: 32)

  /// What a user sets.
  static let user: TableFlags = [.persist, .const]
  /// What keeps a table alive.
  static let kernel: TableFlags = [.active, .inactive, .referenced, .referencedByAnchor]
}

/// All tables (kernel: `pfr_ktables`), named by indices that stay the same.
struct TableStore {
  /// A table's full name.
  struct Key: Hashable {
    var anchor: Int32
    var name: String
  }
  private(set) var records = FlatStorage<KernelTable>(alignment: 64)
  /// The names by index.
  private(set) var keys: [Key] = []
  /// The contents by index; they own the trees.
  private(set) var contents: [PrefixTable] = []
  private(set) var indices: [Key: Int32] = [:]

  /// Gives the memory back.
  func deallocate() { records.deallocate() }

  /// The number of addresses and networks in all tables.
  var entryCount: Int { indices.values.reduce(0) { $0 + contents[Int($1)].count } }

  /// The index of a table that exists.
  func find(_ name: String, anchor: Int32) -> Int32? {
    indices[Key(anchor: anchor, name: name)]
  }

  /// The index of a table, made without flags where it does not exist.
  mutating func findOrMake(_ name: String, anchor: Int32, now: UInt32) -> Int32 {
    if let known = find(name, anchor: anchor) { return known }
    let contents = PrefixTable()
    var record = KernelTable(tree: contents.tree)
    record.anchor = anchor
    record.since = now
    let index = Int32(truncatingIfNeeded: records.append(record))
    keys.append(Key(anchor: anchor, name: name))
    self.contents.append(contents)
    indices[keys[Int(index)]] = index
    if anchor != 0 { attachRoot(index, name, now: now) }
    return index
  }

  private mutating func attachRoot(_ index: Int32, _ name: String, now: UInt32) {
    let root = findOrMake(name, anchor: 0, now: now)
    records.base[Int(index)].root = root
    records.base[Int(root)].anchorReferences += 1
    set(records.base[Int(root)].flags.union(.referencedByAnchor), of: root)
  }

  /// Lets a rule refer to a table (kernel: `pfr_attach_table()`).
  mutating func attach(_ name: String, anchor: Int32, now: UInt32) -> Int32 {
    let index = findOrMake(name, anchor: anchor, now: now)
    records.base[Int(index)].ruleReferences += 1
    set(records.base[Int(index)].flags.union(.referenced), of: index)
    return index
  }

  /// Takes a rule's reference away (kernel: `pfr_detach_table()`).
  mutating func detach(_ index: Int32) {
    records.base[Int(index)].ruleReferences -= 1
    guard records.base[Int(index)].ruleReferences == 0 else { return }
    set(records.base[Int(index)].flags.subtracting(.referenced), of: index)
  }

  /// Sets flags with what follows from them (kernel: `pfr_setflags_ktable()`).
  mutating func set(_ flags: TableFlags, of index: Int32) {
    var flags = flags
    let place = Int(index)
    if flags.isDisjoint(with: [.referenced, .referencedByAnchor, .persist]) {
      flags.remove(.active)
    }
    if !flags.contains(.active) { flags.subtract(.user) }
    if flags.isDisjoint(with: .kernel) { return remove(index) }
    if !flags.contains(.active), contents[place].count > 0 { contents[place].removeAll() }
    records.base[place].flags = flags
  }

  private mutating func remove(_ index: Int32) {
    let place = Int(index)
    let root = records.base[place].root
    records.base[place].flags = []
    contents[place].removeAll()
    indices[keys[place]] = nil
    guard root >= 0 else { return }
    records.base[Int(root)].anchorReferences -= 1
    if records.base[Int(root)].anchorReferences == 0 {
      set(records.base[Int(root)].flags.subtracting(.referencedByAnchor), of: root)
    }
  }

  /// The record that lookups in a table really use: the main ruleset's while the table itself is
  /// not active; nil when that isn't either.
  @inline(__always)
  func resolve(_ index: Int) -> UnsafeMutablePointer<KernelTable>? {
    var record = records.base + index
    if !record.pointee.flags.contains(.active), record.pointee.root >= 0 {
      record = records.base + Int(record.pointee.root)
    }
    return record.pointee.flags.contains(.active) ? record : nil
  }

  /// Whether an address is in a table; counts the lookup (kernel: `pfr_match_addr()`).
  @inline(__always)
  func contains(_ index: Int, _ address: AddressBits, isIPv6: Bool) -> Bool {
    guard let record = resolve(index) else { return false }
    let tree = record.pointee.tree
    let entry = tree.pointee.lookup(address, isIPv6: isIPv6)
    let found = entry != 0 && !tree.pointee.entries[entry].isNegated
    if found { record.pointee.matches &+= 1 } else { record.pointee.misses &+= 1 }
    return found
  }

  /// Counts a packet that a rule with a table decided (kernel: `pfr_update_stats()`).
  func count(
    _ index: Int, _ address: AddressBits, isIPv6: Bool, bytes: Int, isOut: Bool, passed: Bool,
    negated: Bool
  ) {
    guard let record = resolve(index) else { return }
    let tree = record.pointee.tree
    let entry = tree.pointee.lookup(address, isIPv6: isIPv6)
    let isMiss = entry == 0 || tree.pointee.entries[entry].isNegated
    guard isMiss == negated else { return record.pointee.crossed.add(bytes, isOut: isOut) }
    if passed {
      record.pointee.passed.add(bytes, isOut: isOut)
    } else {
      record.pointee.blocked.add(bytes, isOut: isOut)
    }
    guard entry != 0 else { return }
    tree.pointee.add(
      to: entry, bytes: UInt64(truncatingIfNeeded: bytes), isOut: isOut, passed: passed)
  }

  /// Sets the counters of a table, and of its entries too, to zero.
  func clearCounters(_ index: Int32, entriesToo: Bool, now: UInt32) {
    let record = records.base + Int(index)
    record.pointee.blocked = TrafficCounts()
    record.pointee.passed = TrafficCounts()
    record.pointee.crossed = TrafficCounts()
    record.pointee.matches = 0
    record.pointee.misses = 0
    record.pointee.since = now
    if entriesToo { contents[Int(index)].clearCounters(since: now) }
  }
}
