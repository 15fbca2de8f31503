/// What spares most packets of a TCP flow their way through the host: an earlier one went it.
///
/// A plain value of one cache line. The packets that took the shortcut are counted here until
/// ``FlowProgress`` gets them.
struct FlowShortcut: Sendable {
  /// What the flow's packets meet on the host.
  private(set) var connection = ForwardedConnection()
  /// The Ethernet address that the VM's packets are for, all ones for none.
  private var linkDestination: UInt64 = .max
  /// The packets that took the shortcut, by ``Way``.
  private(set) var taken: (question: Int32, answer: Int32) = (0, 0)
  /// The VM, by its place in the directory; -1 where nothing is known yet.
  private var vm: Int16 = -1
  /// Whether the VM's packets have a source on the link.
  private var hasLinkSource = false
  private var marks: Marks = []

  private struct Marks: OptionSet {
    var rawValue: UInt8
    /// The VM began the flow.
    static let vmBegan = Marks(rawValue: 1)
    /// Questions, and answers, went the way.
    static let question = Marks(rawValue: 1 << 1)
    static let answer = Marks(rawValue: 1 << 2)
    /// Translation changes questions, and answers.
    static let changesQuestion = Marks(rawValue: 1 << 3)
    static let changesAnswer = Marks(rawValue: 1 << 4)

    @inline(__always)
    static func known(_ way: Way) -> Marks { way == .question ? .question : .answer }
    @inline(__always)
    static func changes(_ way: Way) -> Marks {
      way == .question ? .changesQuestion : .changesAnswer
    }
  }
}

extension FlowShortcut {
  /// Whether a packet is like an earlier one as far as link and parties go.
  @inline(__always)
  func fits(_ packet: UnsafePointer<RecordedPacket>) -> Bool {
    let way = packet.pointee.way
    guard marks.contains(.known(way)), !packet.pointee.isNew, !packet.pointee.headerIsMissing else {
      return false
    }
    let machine = Party.vm(Int32(vm))
    guard isFromVM(way) else {
      return packet.pointee.sender == .outside && packet.pointee.receiver == machine
    }
    return packet.pointee.sender == machine && packet.pointee.receiver == .outside
      && packet.pointee.link.etherType == EtherType.ipv4
      && packet.pointee.link.destinationBits == linkDestination
      && (packet.pointee.link.source != nil) == hasLinkSource
  }

  /// Whether the packets of a way come from the VM.
  @inline(__always)
  func isFromVM(_ way: Way) -> Bool { marks.contains(.vmBegan) == (way == .question) }

  /// Whether translation changes the packets of a way.
  @inline(__always)
  func isTranslated(_ way: Way) -> Bool { marks.contains(.changes(way)) }

  /// Whether the count of a way's packets has room.
  @inline(__always)
  func hasRoom(_ way: Way) -> Bool { (way == .question ? taken.question : taken.answer) < .max }

  /// Counts a packet that took the shortcut.
  @inline(__always)
  mutating func count(_ way: Way) {
    if way == .question { taken.question &+= 1 } else { taken.answer &+= 1 }
  }

  /// Forgets the packets that were counted, which ``FlowProgress`` has now.
  mutating func clearCounts() { taken = (0, 0) }

  /// Learns the way of a packet that went it.
  mutating func learn(
    _ packet: UnsafePointer<RecordedPacket>, _ connection: ForwardedConnection, vm: Int32,
    fromVM: Bool, isTranslated: Bool
  ) {
    let way = packet.pointee.way
    let isSame = self.connection == connection && self.vm == vm && isFromVM(way) == fromVM
    if !isSame { marks = fromVM == (way == .question) ? .vmBegan : [] }
    self.connection = connection
    self.vm = Int16(clamping: vm)
    marks.insert(.known(way))
    if isTranslated { marks.insert(.changes(way)) } else { marks.remove(.changes(way)) }
    guard fromVM else { return }
    linkDestination = packet.pointee.link.destinationBits
    hasLinkSource = packet.pointee.link.source != nil
  }
}

extension LinkHeader {
  /// The destination, all ones for none.
  @inline(__always) fileprivate var destinationBits: UInt64 { destination?.bits ?? .max }
}
