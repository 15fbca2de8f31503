/// What is wrong with a capture that goes in or out.
public struct CaptureError: Error, Sendable, Hashable {
  /// The kinds that the command's exit codes distinguish.
  public enum Kind: UInt8, Sendable, Hashable {
    /// The file is missing, unreadable or a directory.
    case cannotOpen
    /// The file opens but is not a capture, is damaged, or has a link type without a reader.
    case badData
    /// The file cannot be written.
    case cannotWrite
  }
  /// The kind.
  public var kind: Kind
  /// The file as the user named it; `-` for a standard stream.
  public var path: String
  /// The number, from 1, of the packet that could not be read; nil before the first.
  public var packet: Int?
  /// The offset in bytes where that packet's record starts or, in pcapng, where reading stopped;
  /// nil where it is not known (a pipe in pcapng format).
  public var offset: Int?
  /// What is wrong.
  public var message: String

  /// Makes an error.
  public init(
    _ kind: Kind, path: String, packet: Int? = nil, offset: Int? = nil, message: String
  ) {
    self.kind = kind
    self.path = path
    self.packet = packet
    self.offset = offset
    self.message = message
  }
}

extension CaptureError: CustomStringConvertible {
  /// The file, the place in it and what is wrong, on one line.
  public var description: String {
    var place = path == "-" ? "standard input" : path
    if kind == .cannotWrite, path == "-" { place = "standard output" }
    if let packet { place += ": packet \(packet)" }
    if let offset { place += packet == nil ? ": offset \(offset)" : " at offset \(offset)" }
    return "\(place): \(message)"
  }
}
