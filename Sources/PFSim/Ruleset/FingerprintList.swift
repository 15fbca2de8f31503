/// An operating system as fingerprints name it.
public struct OperatingSystem: Sendable, Hashable {
  /// The genre, such as `Linux`.
  public var genre: String
  /// The version, empty for none.
  public var version: String
  /// The subtype or patch level, empty for none.
  public var subtype: String

  /// Makes a name.
  public init(genre: String, version: String = "", subtype: String = "") {
    self.genre = genre
    self.version = version
    self.subtype = subtype
  }
}

/// The fingerprints that are loaded, in the kernel's order: the first that fits decides.
public struct FingerprintList: Sendable, Hashable {
  /// A signature and the systems that have it.
  public struct Entry: Sendable, Hashable {
    /// The signature.
    public var signature: FingerprintSignature
    /// The systems.
    public var systems: [OperatingSystem]
  }
  /// A line that could not be read.
  public struct Problem: Sendable, Hashable {
    /// The line's number, from 1.
    public var line: Int
    /// What is wrong, in pfctl's words.
    public var message: String
  }
  /// What `os "NAME"` asks for.
  public enum Query: Sendable, Hashable {
    /// `os "unknown"`: packets without a fingerprint.
    case unknown
    /// No system of the list has the name: the rule never matches.
    case nothing
    /// A system; nil for any version or subtype.
    case system(genre: String, version: String?, subtype: String?)
  }

  /// The entries in the order of the file.
  public private(set) var entries: [Entry] = []
  /// The lines that could not be read.
  public internal(set) var problems: [Problem] = []
  /// Whether these are the fingerprints of a file, not pfsim's few.
  public var isWhole = true
  private var places: [FingerprintSignature: Int] = [:]

  /// No fingerprints.
  public init() {}

  /// The number of fingerprints, as pfctl counts them.
  public var count: Int { entries.reduce(0) { $0 + $1.systems.count } }

  /// Adds a system to the signature's others (kernel: `pf_osfp_add()`).
  public mutating func insert(_ signature: FingerprintSignature, _ system: OperatingSystem) {
    if let place = places[signature] {
      if !entries[place].systems.contains(system) { entries[place].systems.append(system) }
    } else {
      places[signature] = entries.count
      entries.append(Entry(signature: signature, systems: [system]))
    }
  }

  // MARK: Names

  /// What a rule's `os "NAME"` asks for (pfctl: `pfctl_get_fingerprint()`).
  public func query(_ name: String) -> Query {
    if name.lowercased() == "unknown" { return .unknown }
    let systems = entries.lazy.flatMap(\.systems)
    if let found = systems.first(where: { $0.genre.isSameName(name) }) {
      return .system(genre: found.genre, version: nil, subtype: nil)
    }
    guard let space = name.firstIndex(of: " ") else { return .nothing }
    let genre = name[..<space]
    let rest = name[name.index(after: space)...]
    let known = systems.filter { $0.genre.isSameName(genre) && !$0.version.isEmpty }
    if let found = known.first(where: { $0.version.isSameName(rest) }) {
      return .system(genre: found.genre, version: found.version, subtype: nil)
    }
    for system in known
    where !system.subtype.isEmpty && rest.hasPrefix(ignoringCase: system.version) {
      let tail = rest.dropFirst(system.version.count)
      guard let connector = tail.first, [".", " ", "\t", "-"].contains(connector),
        tail.dropFirst().lowercased() == system.subtype.lowercased()
      else { continue }
      return .system(genre: system.genre, version: system.version, subtype: system.subtype)
    }
    return .nothing
  }

  /// The genres with their versions and subtypes, as `pfctl -s osfp` lists them.
  public func listing() -> String {
    guard !entries.isEmpty else { return "" }
    var lines: Set<[String]> = []
    for system in entries.lazy.flatMap(\.systems) {
      lines.insert([system.genre])
      guard !system.version.isEmpty else { continue }
      lines.insert([system.genre, system.version])
      if !system.subtype.isEmpty { lines.insert([system.genre, system.version, system.subtype]) }
    }
    let sorted = lines.sorted { one, other in
      one.map { $0.lowercased() }.lexicographicallyPrecedes(other.map { $0.lowercased() })
    }
    // pfctl's buffer for a line holds 31 characters.
    return "Class\tVersion\tSubtype(subversion)\n-----\t-------\t-------------------\n"
      + sorted.map { String(($0.joined(separator: "\t") + "\t").prefix(31)) + "\n" }.joined()
  }
}

extension FingerprintList.Query {
  /// Whether a system is what was asked for (kernel: `pf_osfp_match()`).
  func matches(_ system: OperatingSystem) -> Bool {
    guard case .system(let genre, let version, let subtype) = self else { return false }
    return system.genre.isSameName(genre)
      && (version.map { system.version.isSameName($0) } ?? true)
      && (subtype.map { system.subtype.isSameName($0) } ?? true)
  }
}

extension StringProtocol {
  /// Whether two names differ at most in their case.
  fileprivate func isSameName(_ other: some StringProtocol) -> Bool {
    utf8.count == other.utf8.count && lowercased() == other.lowercased()
  }

  fileprivate func hasPrefix(ignoringCase prefix: String) -> Bool {
    lowercased().hasPrefix(prefix.lowercased())
  }
}
