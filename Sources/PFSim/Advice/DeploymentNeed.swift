/// What somebody wants of a VM's network.
public enum DeploymentNeed: Sendable, Hashable {
  /// The VM reaches the Internet, and finds names.
  case internet
  /// The VM reaches other machines of the local network.
  case lan
  /// The VM reaches the Mac's own services.
  case host
  /// Machines of the local network reach a TCP port of the VM.
  case inbound(UInt16)
  /// The VM and other VMs do not reach each other.
  case isolation
  /// pf sees the VM's traffic, so that rules for it have an effect.
  case filtered
  /// The VM does not reach the local network.
  case noLAN
  /// The VM does not reach the Mac.
  case noHost

  /// Reads a need as ``text`` writes it; nil for others.
  public init?(_ text: some StringProtocol) {
    switch text {
    case "internet": self = .internet
    case "lan": self = .lan
    case "host": self = .host
    case "isolation": self = .isolation
    case "filtered": self = .filtered
    case "no-lan": self = .noLAN
    case "no-host": self = .noHost
    default:
      guard text.hasPrefix("inbound:"), let port = UInt16(text.dropFirst(8)), port > 0 else {
        return nil
      }
      self = .inbound(port)
    }
  }

  /// The need as the command line writes it.
  public var text: String {
    switch self {
    case .internet: "internet"
    case .lan: "lan"
    case .host: "host"
    case .inbound(let port): "inbound:\(port)"
    case .isolation: "isolation"
    case .filtered: "filtered"
    case .noLAN: "no-lan"
    case .noHost: "no-host"
    }
  }

  /// The words of all needs, for messages.
  public static let words =
    "internet, lan, host, inbound:PORT, isolation, filtered, no-lan, no-host"
}
