/// A packet as people write it, for example
/// `tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM`.
public struct PacketNotation: Sendable, Hashable {
  /// Where the packet meets the host.
  public enum Place: Sendable, Hashable {
    /// Not said; ``Host`` finds it out from the addresses.
    case unspecified
    /// One hook only: `in on IF` or `out on IF`.
    case hook(Direction, interface: String)
    /// `from VM`, with the VM's name where one was written.
    case fromVM(String?)
    /// `from uplink`.
    case fromUplink
    /// `from host`: the Mac's own packet.
    case fromHost
  }
  /// Where the bytes come from.
  public enum Content: Sendable, Hashable {
    /// The packet itself, from its IP header on.
    case bytes([UInt8])
    /// `FILE#N`: the Nth packet of a capture, counted from 1.
    case capture(file: String, number: Int)
  }
  /// The packet.
  public var content: Content
  /// Where it meets the host.
  public var place: Place

  /// Reads the notation.
  /// - Throws: ``PacketNotationError`` with the column of the first word that does not fit.
  public init(_ text: String) throws(PacketNotationError) {
    var reader = PacketNotationReader(text)
    self = try reader.read()
  }

  init(content: Content, place: Place) {
    self.content = content
    self.place = place
  }
}

/// What cannot be read of a packet's notation.
public struct PacketNotationError: Error, Sendable, Hashable {
  /// The column in characters, counted from 1.
  public var column: Int
  /// What is wrong.
  public var reason: String

  /// The text with a caret below the column and the reason behind it.
  public func pointing(at text: String) -> String {
    let indent = String(repeating: " ", count: max(0, column - 1))
    return "\(text)\n\(indent)^ \(reason)"
  }
}
