/// The macros of a file, in the order of their definition.
struct MacroTable {
  /// One definition.
  struct Definition {
    /// The name.
    var name: String
    /// The text.
    var value: [UInt8]
    /// Where it is defined; ``Place/none`` for the command line.
    var place: Place
    /// Whether it was used.
    var isUsed = false
    /// Whether it comes from the command line, so that the file cannot change it.
    var isFixed: Bool
    /// Whether a later definition took its place.
    var isReplaced = false
  }

  /// Every definition so far, replaced ones too.
  private(set) var definitions: [Definition] = []
  private var current: [String: Int] = [:]

  /// Defines a macro, or replaces one; does nothing where the command line defined the name.
  mutating func define(_ name: String, _ value: String, at place: Place, isFixed: Bool = false) {
    if let old = current[name] {
      if definitions[old].isFixed { return }
      definitions[old].isReplaced = true
    }
    current[name] = definitions.count
    definitions.append(
      Definition(name: name, value: Array(value.utf8), place: place, isFixed: isFixed))
  }

  /// The index of a macro's definition, now used; nil for an unknown name.
  mutating func use(_ name: String) -> Int? {
    guard let index = current[name] else { return nil }
    definitions[index].isUsed = true
    return index
  }

  /// The definitions in force that nothing used, in order.
  var unused: [Definition] {
    definitions.filter { !$0.isUsed && !$0.isReplaced }
  }
}
