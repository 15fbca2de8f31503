/// The prefixes of Softnet's `--allow` and `--block`.
public struct SoftnetPolicy: Sendable, Hashable {
  private struct Entry: Sendable, Hashable {
    var network: UInt32
    var length: UInt8
    var allows: Bool

    var mask: UInt32 { length == 0 ? 0 : ~UInt32(0) << UInt32(32 - length) }
  }
  private var entries: [Entry] = []
  /// Whether the list of `--allow` holds exactly `0.0.0.0/0`, which also ends the isolation.
  public private(set) var allowsEverything = false

  /// No rules.
  public init() {}

  /// Reads the two lists; blocks win over allows of the same prefix.
  /// - Throws: ``SoftnetOptionError`` for what Softnet refuses.
  public init(
    allow: String?, block: String?, gateway: UInt32
  ) throws(SoftnetOptionError) {
    for (option, list, allows) in [("--allow", allow, true), ("--block", block, false)] {
      guard let list else { continue }
      for element in list.split(separator: ",", omittingEmptySubsequences: false) {
        let entry = try Self.parse(element, option: option, allows: allows, gateway: gateway)
        if allows, element == "0.0.0.0/0" { allowsEverything = true }
        entries.removeAll { $0.network == entry.network && $0.length == entry.length }
        entries.append(entry)
      }
    }
    entries.sort { $0.length > $1.length }
  }

  private static func parse(
    _ element: Substring, option: String, allows: Bool, gateway: UInt32
  ) throws(SoftnetOptionError) -> Entry {
    if element == "@host" { return Entry(network: gateway, length: 32, allows: allows) }
    let parts = element.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(parts[0]), address.family == .inet,
      let length = UInt8(parts[1]), length <= 32, parts[1].first != "+"
    else {
      throw SoftnetOptionError(
        option: option, text: String(element),
        reason: "expected @host or an IPv4 network such as 10.0.0.0/8")
    }
    var entry = Entry(network: 0, length: length, allows: allows)
    entry.network = address.bits.ipv4 & entry.mask
    return entry
  }

  /// Whether the longest prefix that holds the address allows it; nil where none holds it.
  /// - Complexity: Linear in the number of prefixes.
  public func verdict(for destination: UInt32) -> Bool? {
    for entry in entries where destination & entry.mask == entry.network { return entry.allows }
    return nil
  }
}

/// An option that Softnet refuses.
public struct SoftnetOptionError: Error, Sendable, Hashable {
  /// The option.
  public var option: String
  /// The part that cannot be read.
  public var text: String
  /// What is wrong with it.
  public var reason: String
}

/// One pair of `--expose`.
public struct ExposedPort: Sendable, Hashable {
  /// The port on the host's uplinks.
  public var external: UInt16
  /// The VM's port.
  public var inner: UInt16

  /// Reads a list `EXT:INT,EXT:INT`.
  /// - Throws: ``SoftnetOptionError`` for what cannot be read.
  public static func list(parsing text: String) throws(SoftnetOptionError) -> [ExposedPort] {
    var ports: [ExposedPort] = []
    for element in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = element.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let external = UInt16(parts[0]), let inner = UInt16(parts[1]),
        external > 0, inner > 0
      else {
        throw SoftnetOptionError(
          option: "--expose", text: String(element), reason: "expected EXTERNAL:INTERNAL")
      }
      ports.append(ExposedPort(external: external, inner: inner))
    }
    return ports
  }
}
