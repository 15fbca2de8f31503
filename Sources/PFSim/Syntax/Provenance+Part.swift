extension Provenance {
  /// A list item that a rule took out of a list, or a macro that supplied text.
  ///
  /// All rules that an item went into share its memory.
  public struct Part: Sendable {
    /// What supplied the text.
    public enum Kind: UInt8, Sendable, Hashable {
      /// An item of a list in braces.
      case listItem
      /// A macro.
      case macro
      /// An interface name that stood for its addresses, or a host name.
      case resolved
    }

    private final class Storage: Sendable {
      let kind: Kind
      let text: String
      let location: Location?

      init(_ kind: Kind, _ text: String, _ location: Location?) {
        self.kind = kind
        self.text = text
        self.location = location
      }
    }
    private let storage: Storage

    /// What supplied the text.
    public var kind: Kind { storage.kind }
    /// The item's or macro's text.
    public var text: String { storage.text }
    /// Where it stands (macros: their definition).
    public var location: Location? { storage.location }

    /// Makes a part.
    public init(kind: Kind, text: String, location: Location? = nil) {
      storage = Storage(kind, text, location)
    }
  }
}

extension Provenance.Part: Hashable {
  /// Whether kind, text and place agree.
  public static func == (left: Self, right: Self) -> Bool {
    left.storage === right.storage
      || left.kind == right.kind && left.text == right.text && left.location == right.location
  }

  /// Hashes kind, text and place.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(text)
    hasher.combine(location)
  }
}
