/// Softnet's filter between a VM and vmnet, as of its commit df84a30: a pure state machine.
///
/// It looks at frames one by one, knows no connections, and learns the VM's address by reading
/// DHCP answers that pass it.
public struct Softnet: Sendable, Hashable {
  /// What Softnet does with a frame.
  public struct Decision: Sendable, Hashable {
    /// Whether the frame goes on.
    public var passes: Bool
    /// The row of the decision table.
    public var row: SoftnetRow

    /// Makes a decision.
    public init(passes: Bool, row: SoftnetRow) {
      self.passes = passes
      self.row = row
    }

    static func pass(_ row: SoftnetRow) -> Decision { Decision(passes: true, row: row) }
    static func drop(_ row: SoftnetRow) -> Decision { Decision(passes: false, row: row) }
  }
  /// An address that a DHCP server gave the VM.
  public struct Lease: Sendable, Hashable {
    /// The VM's address, a number in host order.
    public var address: UInt32
    /// The end of the lease in seconds of the host's clock.
    public var validUntil: Double
    /// The DNS servers that came with it.
    public var nameServers: Set<UInt32>
    /// Whether pfsim assumed the lease, because the capture holds no DHCP answer.
    public var isAssumed = false

    /// Makes a lease.
    public init(address: UInt32, validUntil: Double, nameServers: Set<UInt32> = []) {
      self.address = address
      self.validUntil = validUntil
      self.nameServers = nameServers
    }
  }

  /// The VM's Ethernet address; nil until the first frame was seen.
  public var mac: MACAddress?
  /// The bridge's address, a number in host order.
  public var gateway: UInt32
  /// The rules of `--allow` and `--block`.
  public var policy: SoftnetPolicy
  /// The lease, nil for none; an expired lease stays until the next DHCP answer.
  public var lease: Lease?
  /// Whether a lease is assumed when the VM's first packets come without DHCP before them.
  public var assumesLease: Bool
  /// Whether a DHCP request of the VM was seen; no lease is assumed afterwards.
  public private(set) var sawRequest = false

  /// Makes the state of a process that just started.
  public init(
    mac: MACAddress?, gateway: UInt32, policy: SoftnetPolicy = SoftnetPolicy(),
    assumesLease: Bool = false
  ) {
    self.mac = mac
    self.gateway = gateway
    self.policy = policy
    self.assumesLease = assumesLease
  }

  /// Whether the lease is there and has not run out.
  public func leaseIsValid(at time: Double) -> Bool {
    guard let lease else { return false }
    return time < lease.validUntil
  }

  /// Decides on a whole frame from the VM.
  /// - Parameter time: Seconds of the host's clock.
  public mutating func fromVM(frame: UnsafeRawBufferPointer, at time: Double) -> Decision {
    guard let header = LinkHeader(frame) else { return .drop(.v1) }
    return fromVM(header, payload: UnsafeRawBufferPointer(rebasing: frame[14...]), at: time)
  }

  /// Decides on a frame from the VM whose header was read already (rows V2 to V19).
  public mutating func fromVM(
    _ header: LinkHeader, payload: UnsafeRawBufferPointer, at time: Double
  ) -> Decision {
    if mac == nil { mac = header.source }
    if let source = header.source, let mac, source != mac { return .drop(.v2) }
    switch header.etherType {
    case EtherType.arp: return arpFromVM(payload, at: time)
    case EtherType.ipv4: return ipv4FromVM(payload, at: time)
    default: return .drop(.v9)
    }
  }

  private mutating func arpFromVM(_ packet: UnsafeRawBufferPointer, at time: Double) -> Decision {
    guard packet.count >= 8 else { return .drop(.v3) }
    let hardwareLength = Int(packet[4])
    let protocolLength = Int(packet[5])
    guard packet.count >= 8 + 2 * hardwareLength + 2 * protocolLength else { return .drop(.v3) }
    let sender = MACAddress(UnsafeRawBufferPointer(rebasing: packet[8...]))
    guard hardwareLength == 6, let sender, mac == nil || sender == mac else { return .drop(.v4) }
    guard protocolLength == 4 else { return .drop(.v5) }
    let address = UInt32(
      bigEndian: packet.loadUnaligned(fromByteOffset: 14, as: UInt32.self))
    assumeLease(for: address)
    guard let lease else {
      return address == 0 ? .pass(.v8) : .drop(.v8)
    }
    return lease.address == address && time < lease.validUntil ? .pass(.v6) : .drop(.v7)
  }

  private mutating func ipv4FromVM(
    _ packet: UnsafeRawBufferPointer, at time: Double
  ) -> Decision {
    guard let header = SoftnetHeader(packet) else { return .drop(.v10) }
    assumeLease(for: header.source)
    if let lease, time < lease.validUntil, header.source == lease.address {
      if let allowed = policy.verdict(for: header.destination) {
        return allowed ? .pass(.v12) : .drop(.v13)
      }
      if Softnet.isGlobal(header.destination) { return .pass(.v14) }
      if header.destination == gateway { return .pass(.v15) }
      if header.isUDP {
        guard header.udpIsValid else { return .drop(.v16) }
        if header.destinationPort == 53, lease.nameServers.contains(header.destination) {
          return .pass(.v16)
        }
      }
    }
    return dhcpFromVM(header)
  }

  private mutating func dhcpFromVM(_ header: SoftnetHeader) -> Decision {
    guard header.isUDP else { return .drop(.v19) }
    guard header.udpIsValid else { return .drop(.v17) }
    guard header.sourcePort == 68 || header.destinationPort == 67, header.destination == .max
    else { return .drop(.v19) }
    sawRequest = true
    return .pass(.v18)
  }

  /// Takes the sender's address for leased where nothing else is known.
  private mutating func assumeLease(for address: UInt32) {
    guard assumesLease, lease == nil, !sawRequest, address != 0 else { return }
    lease = Lease(address: address, validUntil: .infinity, nameServers: [gateway])
    lease?.isAssumed = true
  }
}
