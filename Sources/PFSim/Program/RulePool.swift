/// The addresses behind `->` or of a routing option, with where the selection stands
/// (kernel: `struct pf_pool`).
struct RulePool {
  /// How an address is chosen.
  var selection = PoolSelection.none
  /// `sticky-address`.
  var isSticky = false
  /// The family of the addresses, 0 where the rule has none.
  var family: UInt8 = 0
  /// The index of the first element.
  var first: Int32 = 0
  /// The number of elements.
  var count: Int32 = 0
  /// The index of the current element.
  var current: Int32 = 0
  /// The number of the entry in the current element's table (kernel: `tblidx`).
  var tableIndex: Int = 0
  /// The running address.
  var counter = AddressBits.zero
  /// The key of `source-hash`.
  var key: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  /// The first port.
  var firstPort: UInt16 = 0
  /// The last port.
  var lastPort: UInt16 = 0

  /// One element.
  struct Element {
    var kind = AddressKind.network
    var operand = AddressOperand()
    /// Routing options: the interface, -1 for none.
    var interface: Int32 = -1
  }
}
