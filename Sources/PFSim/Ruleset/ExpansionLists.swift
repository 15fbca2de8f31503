/// The lists of a statement that are multiplied out, in pfctl's order: the last varies fastest.
struct ExpansionLists {
  var interfaces: [InterfaceItem] = []
  var protocols: [ProtocolItem] = []
  var icmp: [ICMPItem] = []
  var source: [HostItem] = []
  var sourcePorts: [PortItem] = []
  var systems: [SystemItem] = []
  var destination: [HostItem] = []
  var destinationPorts: [PortItem] = []
  var users: [IDItem] = []
  var groups: [IDItem] = []
  /// Where `from`, `to` or `all` stands, or would stand.
  var fromToPlace: Place?
  /// Where the family stands, or would stand.
  var familyPlace: Place?

  init() {}

  init(_ fromTo: FromTo) {
    source = fromTo.source
    sourcePorts = fromTo.sourcePorts
    systems = fromTo.systems
    destination = fromTo.destination
    destinationPorts = fromTo.destinationPorts
    if let place = fromTo.place, place.macro < 0 { fromToPlace = place }
  }

  /// The number of lists.
  static let count = 10

  /// The length of a list; an absent one counts as one item.
  func length(_ list: Int) -> Int {
    let count =
      switch list {
      case 0: interfaces.count
      case 1: protocols.count
      case 2: icmp.count
      case 3: source.count
      case 4: sourcePorts.count
      case 5: systems.count
      case 6: destination.count
      case 7: destinationPorts.count
      case 8: users.count
      default: groups.count
      }
    return max(1, count)
  }
}

/// A choice of one item of every list.
struct Combination {
  private var indices: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  )

  /// The chosen index of a list.
  subscript(list: Int) -> Int {
    get { withUnsafeBytes(of: indices) { $0.load(fromByteOffset: list * 8, as: Int.self) } }
    set {
      withUnsafeMutableBytes(of: &indices) {
        $0.storeBytes(of: newValue, toByteOffset: list * 8, as: Int.self)
      }
    }
  }

  /// Goes to the next choice; false behind the last.
  mutating func advance(in lists: ExpansionLists) -> Bool {
    var list = ExpansionLists.count - 1
    while list >= 0 {
      let next = self[list] + 1
      if next < lists.length(list) {
        self[list] = next
        return true
      }
      self[list] = 0
      list -= 1
    }
    return false
  }
}

extension Array {
  /// The element at an index, or nil behind the end.
  func item(_ index: Int) -> Element? { index < count ? self[index] : nil }
}
