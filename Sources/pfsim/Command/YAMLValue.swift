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
    } catch let error as YamlError {
      throw .badInput(Self.describe(error, file: file))
    } catch {
      throw .badInput("\(file): \(error)")
    }
  }

  private static func describe(_ error: YamlError, file: String) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "\(file):\(mark.line):\(mark.column): \(problem)"
    case .duplicatedKeysInMapping(let keys, let context):
      let mark = context.mark
      return "\(file):\(mark.line):\(mark.column): written twice: \(keys.joined(separator: ", "))"
    default:
      return "\(file): " + ("\(error)".split(separator: "\n").first ?? "not YAML")
    }
  }

  /// The place, with an offset in characters within a scalar.
  func location(offset: Int = 0) -> Provenance.Location {
    let isQuoted = node.scalar.map { $0.style == .singleQuoted || $0.style == .doubleQuoted }
    let shift = offset > 0 && isQuoted == true ? offset + 1 : offset
    return Provenance.Location(file: file, line: line, column: column + shift)
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

  /// An error about a key that is none, with the one that was meant most likely.
  func unknown(_ name: String, _ known: [String]) -> CommandFailure {
    let near = known.map { (word: $0, distance: Self.distance($0, name)) }
      .filter { $0.distance <= max(1, name.count / 3) }.min { $0.distance < $1.distance }
    let advice = near.map { "did you mean \($0.word)?" }
    return failure(
      "unknown key \(name); " + (advice ?? "expected one of \(known.joined(separator: ", "))"))
  }

  /// The number of letters to add, drop or replace to make one word of the other.
  private static func distance(_ one: String, _ other: String) -> Int {
    let other = Array(other)
    var row = Array(0...other.count)
    for (index, letter) in one.enumerated() {
      var previous = row[0]
      row[0] = index + 1
      for column in other.indices {
        let replaced = previous + (letter == other[column] ? 0 : 1)
        previous = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, previous + 1)
      }
    }
    return row[other.count]
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

  /// A whole number of a range.
  func integer<Value: FixedWidthInteger>(
    in range: ClosedRange<Value>
  ) throws(CommandFailure) -> Value {
    guard let value = Value(exactly: try integer()), range.contains(value) else {
      throw failure("expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
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

  /// Whether there is no value.
  var isEmpty: Bool { node.scalar?.string.isEmpty ?? false }

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
        throw key.unknown(name, known)
      }
      try take(name, value)
    }
  }

  /// The member of a mapping with a name, nil where there is none.
  func member(_ name: String) throws(CommandFailure) -> YAMLValue? {
    for (key, value) in try members() where key.plain == name { return value }
    return nil
  }

  /// The key of a member with a name, nil where there is none.
  func key(named name: String) throws(CommandFailure) -> YAMLValue? {
    try members().first { $0.key.plain == name }?.key
  }

  /// A duration in seconds: `600s`, `10m`, `2h`, `1d`; a bare number counts seconds.
  func duration() throws(CommandFailure) -> Double {
    let text = try string()
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text[...] : text.dropLast()), number >= 0,
      number < 1e10
    else { throw failure("expected a duration such as 600s, 10m, 2h") }
    return number * (unit ?? 1)
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
