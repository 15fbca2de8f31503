import PFSim
import Yams

/// A value of a YAML document that knows its place, so that errors can name it.
struct YAMLValue {
  /// The file as the user named it.
  let file: String
  /// The value.
  let node: Node

  /// Reads a document.
  /// - Throws: ``CommandFailure`` with exit code 65 for text that is not YAML.
  init(parsing text: String, file: String) throws(CommandFailure) {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw CommandFailure.badInput("\(file): is empty")
      }
      self.init(file: file, node: node)
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw .badInput("\(file): \(error)")
    }
  }

  private init(file: String, node: Node) {
    self.file = file
    self.node = node
  }

  /// An error at this place.
  func failure(_ reason: String) -> CommandFailure {
    let place = node.mark.map { ":\($0.line):\($0.column)" } ?? ""
    return .badInput("\(file)\(place): \(reason)")
  }

  /// The line, from 1.
  var line: Int { node.mark?.line ?? 0 }

  /// The column, from 1.
  var column: Int { node.mark?.column ?? 0 }

  /// Whether the value is a block of text (`|`).
  var isBlock: Bool { node.scalar?.style == .literal }

  /// The text of a scalar.
  func string() throws(CommandFailure) -> String {
    guard let scalar = node.scalar else { throw failure("expected a text") }
    return scalar.string
  }

  /// The text of a scalar, empty for other values.
  var plain: String { node.scalar?.string ?? "" }

  /// A whole number.
  func integer() throws(CommandFailure) -> Int {
    guard let value = node.int else { throw failure("expected a whole number") }
    return value
  }

  /// A number.
  func number() throws(CommandFailure) -> Double {
    guard let value = node.float, value.isFinite else { throw failure("expected a number") }
    return value
  }

  /// `true` or `false`.
  func bool() throws(CommandFailure) -> Bool {
    guard let value = node.bool else { throw failure("expected true or false") }
    return value
  }

  /// The items of a sequence.
  func items() throws(CommandFailure) -> [YAMLValue] {
    guard let sequence = node.sequence else { throw failure("expected a list") }
    return sequence.map { YAMLValue(file: file, node: $0) }
  }

  /// The items of a sequence, or a lone value as the only item.
  func itemsOrSelf() -> [YAMLValue] {
    node.sequence?.map { YAMLValue(file: file, node: $0) } ?? [self]
  }

  /// Whether the value is a text.
  var isScalar: Bool { node.scalar != nil }

  /// The members of a mapping in the order of the text.
  func members() throws(CommandFailure) -> [(key: YAMLValue, value: YAMLValue)] {
    guard let mapping = node.mapping else { throw failure("expected a mapping") }
    return mapping.map {
      (YAMLValue(file: file, node: $0.key), YAMLValue(file: file, node: $0.value))
    }
  }

  /// Hands each member of a mapping to a reader; a key that the reader refuses is an error.
  func read(
    _ known: [String], _ take: (String, YAMLValue) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    for (key, value) in try members() {
      let name = try key.string()
      guard known.contains(name) else {
        throw key.failure("unknown key \(name); expected one of \(known.joined(separator: ", "))")
      }
      try take(name, value)
    }
  }

  /// One of the words of a setting.
  func word<Word: RawRepresentable & CaseIterable>(
    _ type: Word.Type
  ) throws(CommandFailure) -> Word where Word.RawValue == String {
    let text = try string()
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw failure("expected one of \(words)")
    }
    return word
  }

  /// An address.
  func address() throws(CommandFailure) -> IPAddress {
    guard let address = IPAddress(try string()) else {
      throw failure("expected an IPv4 or IPv6 address")
    }
    return address
  }
}
