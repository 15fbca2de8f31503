/// Turns frames into packets whose parties are known: what does not depend on a mode.
struct PacketRecognizer {
  /// The parties seen so far.
  private(set) var directory: Directory
  /// Where the recording was made.
  var vantage = Vantage.vm
  private let ground: Ground
  private let map: AddressMap
  private let memory = PartyMemory()
  private var notes: [Note] = []

  /// What the recognizer took for granted, in the order of the report.
  enum Note: Hashable {
    case hostsOwn, noAddresses, tags, lengths, sums, partial, cut, map
  }

  init(ground: Ground, map: AddressMap) {
    self.ground = ground
    self.map = map
    directory = Directory(ground: ground)
  }

  /// Gives the memory of the look-ups back.
  func deallocate() {
    directory.deallocate()
    memory.deallocate()
  }

  /// The fields of a frame's packet as recorded; nil for what is no IP.
  func rawFields(_ frame: CapturedFrame, _ type: LinkType, _ buffer: PacketBuffer) -> PacketFields?
  {
    guard let view = FrameView(frame, type: type), view.isIP else { return nil }
    buffer.assign(view.payload)
    return PacketFields(buffer.base, count: buffer.count)
  }

  /// Learns the parties that a frame shows.
  mutating func learn(_ frame: CapturedFrame, _ type: LinkType, _ buffer: PacketBuffer) {
    guard let view = FrameView(frame, type: type), view.isIP else { return }
    buffer.assign(view.payload)
    var fields = PacketFields(buffer.base, count: buffer.count)
    _ = map.apply(to: buffer, &fields)
    learn(view.link, fields)
  }

  private mutating func learn(_ link: LinkHeader, _ fields: PacketFields) {
    // On the uplink the Ethernet addresses are not the VMs'.
    let link = vantage == .vm ? link : LinkHeader(etherType: link.etherType)
    guard vantage == .vm || !map.isEmpty else { return }
    directory.learn(link, fields)
  }

  /// Recognises a frame.
  /// - Parameters:
  ///   - buffer: Takes the packet's bytes, mended and behind the address map.
  ///   - packet: Takes what is known of it.
  /// - Returns: False for a frame that ends within its link header.
  mutating func recognize(
    _ frame: CapturedFrame, _ type: LinkType, _ buffer: PacketBuffer,
    _ packet: inout RecordedPacket
  ) -> Bool {
    guard let view = FrameView(frame, type: type) else { return false }
    packet = RecordedPacket(number: frame.number, time: frame.time, link: view.link)
    packet.wireLength = view.payload.count + view.missing
    buffer.assign(view.payload)
    if vantage == .uplink { packet.link = LinkHeader(etherType: view.link.etherType) }
    if view.vlan >= 0 {
      note(.tags)
      // Softnet sees the tag, pf does not.
      if vantage == .vm { packet.isTagged = true }
    }
    guard view.isIP else {
      recognizeOther(&packet, buffer, view)
      return true
    }
    if view.link.source == nil, vantage == .vm { note(.noAddresses) }
    packet.fields.read(buffer.base, count: buffer.count)
    guard packet.fields.family != .unspecified else { return true }
    mend(&packet, buffer, missing: view.missing)
    packet.recordedDestination = packet.fields.destination
    let isMapped = map.apply(to: buffer, &packet.fields)
    if isMapped { note(.map) }
    findParties(&packet)
    if vantage == .vm {
      if packet.sender == .outside { packet.ttlRise = 1 }
    } else if isMapped, case .vm = packet.sender {
      packet.ttlRise = 1
    }
    packet.dhcpClient = dhcpClient(packet.fields, buffer)
    packet.nameFlow(buffer)
    return true
  }

  private mutating func recognizeOther(
    _ packet: inout RecordedPacket, _ buffer: PacketBuffer, _ view: FrameView
  ) {
    if view.link.etherType == EtherType.arp { map.apply(toARP: buffer) }
    if vantage == .vm, let vm = directory.sender(packet.link, packet.fields) {
      packet.sender = vm
    }
  }

  /// Repairs what recording and offloading left out.
  private mutating func mend(
    _ packet: inout RecordedPacket, _ buffer: PacketBuffer, missing: Int
  ) {
    let isMended = packet.fields.family == .inet && mendHeader(&packet, buffer)
    if missing > 0 { fillIn(&packet, buffer) }
    if isMended || missing > 0 { packet.fields = PacketFields(buffer.base, count: buffer.count) }
    // Ethernet pads short frames; the padding is no part of the packet.
    if packet.fields.totalLength < buffer.count, packet.fields.totalLength >= 20 {
      buffer.resize(to: packet.fields.totalLength)
    }
    packet.isPartial = buffer.looksPartial(packet.fields)
    if packet.isPartial { note(.partial) }
  }

  /// Fills in the length and the checksum of an IPv4 header where they are 0.
  /// - Returns: Whether the packet's fields are others now.
  private mutating func mendHeader(_ packet: inout RecordedPacket, _ buffer: PacketBuffer) -> Bool {
    let length = packet.fields.networkLength
    guard length >= 20, let header = IPv4Header(buffer.base, count: buffer.count) else {
      return false
    }
    if header.totalLength == 0, packet.wireLength <= 65_535 {
      header.totalLength = UInt16(packet.wireLength)
      header.setChecksum(count: buffer.count)
      note(.lengths)
      return true
    }
    if header.checksum == 0, length <= buffer.count {
      header.setChecksum(count: buffer.count)
      note(.sums)
    }
    return false
  }

  /// Puts zeros where the recording cut the packet, so that lengths and windows stay right.
  private mutating func fillIn(_ packet: inout RecordedPacket, _ buffer: PacketBuffer) {
    let recorded = buffer.count
    let whole = min(packet.fields.totalLength, packet.wireLength, buffer.capacity)
    guard whole > recorded else { return }
    note(.cut)
    packet.missing = whole - recorded
    packet.headerIsMissing =
      packet.fields.completeness == .malformed
      || packet.fields.networkLength + packet.fields.transportLength > recorded
    buffer.resize(to: whole)
    (buffer.base + recorded).initializeMemory(as: UInt8.self, repeating: 0, count: whole - recorded)
  }

  @inline(__always)
  private func dhcpClient(_ fields: PacketFields, _ buffer: PacketBuffer) -> UInt64 {
    guard fields.family == .inet, fields.proto == .udp, fields.completeness == .complete,
      [67, 68].contains(fields.sourcePort), [67, 68].contains(fields.destinationPort)
    else { return 0 }
    let place = fields.networkLength + UDPHeader.minimumLength + 28
    guard place + 6 <= buffer.count else { return 1 }
    let client = MACAddress(UnsafeRawBufferPointer(start: buffer.base + place, count: 6))
    return (client?.bits ?? 0) | 1 << 48
  }

  private mutating func note(_ note: Note) {
    if !notes.contains(note) { notes.append(note) }
  }
}

extension PacketRecognizer {
  /// Says who sent a packet and whom it is for, and learns from it.
  private mutating func findParties(_ packet: inout RecordedPacket) {
    let key = PartyMemory.Key(packet, version: directory.version)
    if let key, memory.recall(key, &packet) { return }
    learn(packet.link, packet.fields)
    assignParties(&packet)
    // What taught something may teach more the next time.
    if let key, key.version == directory.version { memory.remember(key, packet) }
  }

  private mutating func assignParties(_ packet: inout RecordedPacket) {
    let fields = packet.fields
    let sender = directory.sender(packet.link, fields)
    let receiver = directory.receiver(packet.link, fields)
    if let sender {
      packet.sender = sender
      packet.receiver = receiver ?? receiverOfVM(packet)
      return
    }
    if let receiver {
      packet.receiver = receiver
      packet.sender = senderToVM(packet)
      return
    }
    if vantage == .vm, fields.isGroup || ground.isVMBroadcast(fields.destination) {
      // The host's own multicasts and broadcasts on the bridge.
      packet.sender = .host
      packet.receiver = .vm(0)
      packet.isForeign = directory.stations.isEmpty
    } else if isHost(fields.source, fields.family) {
      note(.hostsOwn)
      packet.sender = .host
      packet.receiver = isHost(fields.destination, fields.family) ? .host : .outside
    } else if isHost(fields.destination, fields.family) || fields.isGroup {
      note(.hostsOwn)
      packet.receiver = .host
    } else {
      packet.isForeign = true
    }
  }

  private func receiverOfVM(_ packet: RecordedPacket) -> Party {
    let fields = packet.fields
    if isHost(fields.destination, fields.family) { return .host }
    if fields.family == .inet {
      if ground.isVMBroadcast(fields.destination) || fields.isGroup { return .host }
      // An address of the network that nobody answered for.
      return .outside
    }
    return fields.staysOnLink ? .host : .outside
  }

  private func senderToVM(_ packet: RecordedPacket) -> Party {
    let fields = packet.fields
    if isHost(fields.source, fields.family) { return .host }
    return fields.staysOnLink || fields.family == .inet6 && fields.source.isLinkLocal6
      ? .host : .outside
  }

  /// Whether an address is the host's, as described or as the frames show.
  private func isHost(_ address: AddressBits, _ family: AddressFamily) -> Bool {
    ground.isHost(address, family) || family == .inet6 && directory.hostAddresses.contains(address)
  }

  /// What was taken for granted about the recording.
  var assumptions: [Assumption] {
    notes.map { Assumption(code: $0.code, text: $0.text) }
  }
}

extension PacketRecognizer.Note {
  fileprivate var code: String {
    switch self {
    case .hostsOwn: "hosts-own"
    case .noAddresses: "link-addresses"
    case .tags: "vlan"
    case .lengths, .sums, .partial: Unknown.offload.code
    case .cut: "snaplen"
    case .map: "map"
    }
  }

  fileprivate var text: String {
    switch self {
    case .hostsOwn:
      "translated traffic does not say which VM it belongs to: flows of the host's addresses "
        + "count as the host's own (--map tells otherwise)"
    case .noAddresses:
      "the capture has no Ethernet addresses: each VM uses its own, and the right next hop's"
    case .tags: "802.1Q tags were taken off; pf sees the packets behind them"
    case .lengths: "an IPv4 length of 0, left by offloading, stands for the frame's length"
    case .sums: "an IPv4 header checksum of 0, left by offloading, was filled in"
    case .partial: "partial TCP and UDP checksums, left by offloading, count as right"
    case .cut: "bytes that the snapshot length cut off payloads count as zeros"
    case .map: "addresses of the capture stand for others, as --map says"
    }
  }
}
