/// A table as a file defines it.
public struct TableDefinition: Sendable, Hashable {
  /// One address or network of a table.
  public struct Entry: Sendable, Hashable {
    /// The family, never ``AddressFamily/unspecified``.
    public var family: AddressFamily
    /// The address, masked.
    public var address: AddressBits
    /// The length of the prefix, 0…32 or 0…128.
    public var prefixLength: UInt8
    /// Whether the entry is an exception (`!`).
    public var negated: Bool

    /// Makes an entry.
    public init(
      family: AddressFamily, address: AddressBits, prefixLength: UInt8, negated: Bool = false
    ) {
      self.family = family
      self.address = address
      self.prefixLength = prefixLength
      self.negated = negated
    }
  }
  /// The name.
  public var name: String
  /// `const`.
  public var isConst = false
  /// `persist`.
  public var isPersistent = false
  /// Whether the definition gives contents (also an empty list); without them a reload keeps
  /// what the table holds.
  public var hasContents = false
  /// The contents, of the list and of the files.
  public var entries: [Entry] = []
  /// The definition's source for printing: the list items as written and the files.
  public var sources: [Source] = []
  /// Where the definition stands.
  public var location: Provenance.Location?

  /// Where contents come from.
  public enum Source: Sendable, Hashable {
    /// Addresses listed in braces.
    case list([Entry])
    /// A file.
    case file(String)
  }

  /// An empty definition.
  public init(name: String) { self.name = name }
}
