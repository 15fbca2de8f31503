/// One mode of a replay: how the VM is attached and what happens on the host.
public struct ModeSetup: Sendable {
  /// Where the VM is attached.
  public var mode: NetworkMode
  /// The host, its rules and events; VMs listed here are matched with those of the recording by
  /// their addresses, the others are added.
  public var deployment: Deployment
  /// Softnet's options for VMs that the recording shows.
  public var softnet: SoftnetOptions

  /// Describes a mode.
  public init(
    _ mode: NetworkMode, deployment: Deployment, softnet: SoftnetOptions = SoftnetOptions()
  ) {
    self.mode = mode
    self.deployment = deployment
    self.softnet = softnet
  }

  /// The VM to start for a station of the recording.
  func machine(_ station: Directory.Station, number: Int) -> VirtualMachine {
    VirtualMachine(
      name: "vm\(number)", mode: mode, mac: station.mac,
      address: station.address.map { IPAddress(family: .inet, bits: $0) }, softnet: softnet)
  }
}

extension Directory.Station {
  /// Whether a VM of a host's description is this one.
  func fits(_ machine: VirtualMachine) -> Bool {
    if let mac, let other = machine.mac { return mac == other }
    if let address, let other = machine.address { return other.bits == address }
    return machine.mac == nil && machine.address == nil
  }
}

extension VirtualMachine {
  /// Takes over the addresses that the recording shows and the description leaves open.
  mutating func complete(from station: Directory.Station) {
    if mac == nil { mac = station.mac }
    if address == nil {
      address = station.address.map { IPAddress(family: .inet, bits: $0) }
    }
  }
}

extension Deployment {
  /// Gives a VM that the timeline starts the addresses of the recording's station that it is.
  /// - Returns: The VM's name; nil where the timeline starts no such VM.
  mutating func completeStart(of station: Directory.Station) -> String? {
    var name: String?
    for index in timeline.indices {
      guard var machine = timeline[index].startedMachine, station.fits(machine),
        name == nil || name == machine.name
      else { continue }
      machine.complete(from: station)
      timeline[index] = .startVM(machine)
      name = machine.name
    }
    return name
  }
}

extension HostEvent {
  /// The VM that the event starts, nil for other events.
  fileprivate var startedMachine: VirtualMachine? {
    switch self {
    case .startVM(let machine): machine
    case .tart(let run): try? run.machine()
    default: nil
    }
  }
}
