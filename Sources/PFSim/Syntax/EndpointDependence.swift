/// How far a UDP mapping depends on the remote end, with the kernel's numbers.
public enum EndpointDependence: UInt8, Sendable, Hashable {
  /// Not written.
  case unset = 0
  /// Address and port dependent (`apd`).
  case addressAndPort = 1
  /// Address dependent (`ad`).
  case address = 2
  /// Endpoint independent (`ei`).
  case independent = 3
}
