/// The TCP and UDP services of a file like `/etc/services`.
public struct ServiceFile: Sendable, Hashable {
  private var tcp: [String: UInt16] = [:]
  private var udp: [String: UInt16] = [:]

  /// Reads a file: `name port/protocol alias…` on each line, `#` starts a comment.
  ///
  /// Of several lines with a name the first counts. Lines of another form and other protocols are
  /// left out, as the system's reader does.
  public init(parsing bytes: [UInt8]) {
    for line in bytes.split(separator: 10) {
      let text = line.prefix { $0 != 35 }
      let words = text.split { $0 == 32 || (9...13).contains($0) }.map {
        String(decoding: $0, as: UTF8.self)
      }
      guard words.count >= 2 else { continue }
      let parts = words[1].split(separator: "/", maxSplits: 1)
      guard parts.count == 2, let port = UInt16(parts[0]) else { continue }
      for name in [words[0]] + words[2...] {
        switch parts[1] {
        case "tcp": tcp[name] = tcp[name] ?? port
        case "udp": udp[name] = udp[name] ?? port
        default: break
        }
      }
    }
  }

  /// The port of a service: that of TCP, else that of UDP; nil for an unknown name.
  public func port(of name: String) -> UInt16? { tcp[name] ?? udp[name] }
}
