/// A packet or frame as scenarios write it: ``PacketNotation`` and, beyond it, ARP, DHCP answers
/// and link addresses.
///
/// `arp SENDER > TARGET`, `dhcp ack|nak|offer ADDRESS`, or a packet; behind any of them
/// `mac ADDRESS` (the frame's source), `to-mac ADDRESS`, `ethertype N`, and `to VM` for a frame
/// that the bridge hands to a VM.
public struct FrameNotation: Sendable, Hashable {
  /// What the frame carries.
  public enum Content: Sendable, Hashable {
    /// An IP packet.
    case packet(PacketNotation.Content)
    /// Another payload.
    case payload([UInt8])
  }
  /// The text as written.
  public var text: String
  /// What the frame carries.
  public var content: Content
  /// Where the frame meets the host.
  public var place: PacketNotation.Place
  /// Whether the bridge hands the frame to the VM, whatever sent it.
  public var isToVM = false
  /// The VM that it is handed to; nil for the first.
  public var receiver: String?
  /// The frame's source, nil where nothing is said.
  public var source: MACAddress?
  /// The frame's destination, nil where nothing is said.
  public var destination: MACAddress?
  /// The frame's EtherType, nil for what the content is.
  public var etherType: UInt16?

  /// Reads the notation.
  /// - Throws: ``PacketNotationError`` with the column of the first word that does not fit.
  public init(_ text: String) throws(PacketNotationError) {
    self.text = text
    content = .payload([])
    place = .unspecified
    var words = NotationWords(text)
    try readLink(&words)
    switch words.first {
    case "arp": try readARP(words)
    case "dhcp": try readDHCP(words)
    default:
      let packet = try PacketNotation(words.remainingText)
      content = .packet(packet.content)
      if !isToVM { place = packet.place }
    }
  }

  /// Takes the words about the link out of the text.
  private mutating func readLink(_ words: inout NotationWords) throws(PacketNotationError) {
    if let value = try words.take("mac") { source = try Self.mac(value) }
    if let value = try words.take("to-mac") { destination = try Self.mac(value) }
    if let value = try words.take("ethertype") {
      let digits = value.text.hasPrefix("0x") ? value.text.dropFirst(2) : Substring(value.text)
      guard let number = UInt16(digits, radix: value.text.hasPrefix("0x") ? 16 : 10) else {
        throw PacketNotationError(column: value.column, reason: "expected an EtherType")
      }
      etherType = number
    }
    if let value = try words.take("to") {
      isToVM = true
      guard value.text.lowercased().hasPrefix("vm") else {
        throw PacketNotationError(column: value.column, reason: "expected VM or VM:NAME")
      }
      if value.text.count > 3 { receiver = String(value.text.dropFirst(3)) }
    }
  }

  private static func mac(_ word: NotationWords.Word) throws(PacketNotationError) -> MACAddress {
    guard let address = MACAddress(word.text) else {
      throw PacketNotationError(column: word.column, reason: "expected an Ethernet address")
    }
    return address
  }

  /// `arp SENDER > TARGET [sha MAC] [hlen N] [plen N]`.
  private mutating func readARP(_ given: NotationWords) throws(PacketNotationError) {
    var words = given
    etherType = etherType ?? EtherType.arp
    place = .fromVM(nil)
    if let value = try words.take("from"), value.text.lowercased().hasPrefix("vm:") {
      place = .fromVM(String(value.text.dropFirst(3)))
    }
    var message = ARPMessage()
    if let value = try words.take("sha") { message.senderHardware = try Self.mac(value) }
    if let value = try words.take("hlen") { message.hardwareLength = try words.number(value) }
    if let value = try words.take("plen") { message.protocolLength = try words.number(value) }
    message.sender = try words.address(at: 1)
    try words.expect(">", at: 2)
    message.target = try words.address(at: 3)
    try words.expectEnd(4)
    content = .payload(message.bytes(sender: source))
  }

  /// `dhcp ack|nak|offer ADDRESS [lease N] [dns A,A] [server A] [broadcast]`.
  private mutating func readDHCP(_ given: NotationWords) throws(PacketNotationError) {
    var words = given
    var message = DHCPMessage()
    if let value = try words.take("lease") {
      message.leaseSeconds = UInt32(try words.number(value))
    }
    if let value = try words.take("dns") { message.nameServers = try words.addresses(value) }
    if let value = try words.take("server") { message.server = try words.address(value) }
    message.isBroadcast = words.takeFlag("broadcast")
    guard let kind = words.word(at: 1).flatMap({ DHCPMessage.Kind(rawValue: $0.text) }) else {
      throw words.error("expected ack, nak or offer", at: 1)
    }
    message.kind = kind
    message.client = try words.address(at: 2)
    try words.expectEnd(3)
    content = .packet(.bytes(message.packet))
    if !isToVM { place = .fromHost }
  }
}
