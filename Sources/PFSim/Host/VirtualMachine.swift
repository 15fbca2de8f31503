/// A VM as it is started: how it is attached and what is known about it.
public struct VirtualMachine: Sendable, Hashable {
  /// The name, unique on the host.
  public var name: String
  /// How it is attached.
  public var mode: NetworkMode
  /// The VM's Ethernet address; nil where it is to be learnt or assumed.
  public var mac: MACAddress?
  /// The VM's IPv4 address; nil where it is to be learnt or assumed.
  public var address: IPAddress?
  /// Bridged mode: the physical interface; nil for the one with the default route.
  public var bridgedTo: String?
  /// Softnet's options.
  public var softnet: SoftnetOptions
  /// The program that starts it, for example `tart`; programs have networks of their own.
  public var program: String

  /// Describes a VM.
  public init(
    name: String = "vm", mode: NetworkMode, mac: MACAddress? = nil, address: IPAddress? = nil,
    bridgedTo: String? = nil, softnet: SoftnetOptions = SoftnetOptions(), program: String = "tart"
  ) {
    self.name = name
    self.mode = mode
    self.mac = mac
    self.address = address
    self.bridgedTo = bridgedTo
    self.softnet = softnet
    self.program = program
  }
}

/// Softnet's command line.
public struct SoftnetOptions: Sendable, Hashable {
  /// `--allow`, in Softnet's spelling (`10.0.0.0/8,@host`); nil where not given.
  public var allow: String?
  /// `--block`; nil where not given.
  public var block: String?
  /// `--expose`; nil where not given.
  public var expose: String?
  /// Whether a valid lease is assumed at the start: for captures that begin after DHCP.
  public var assumesLease: Bool

  /// Makes options.
  public init(
    allow: String? = nil, block: String? = nil, expose: String? = nil, assumesLease: Bool = true
  ) {
    self.allow = allow
    self.block = block
    self.expose = expose
    self.assumesLease = assumesLease
  }
}
