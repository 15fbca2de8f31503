extension FingerprintList {
  /// Reads a file in the format of `pf.os`; lines that cannot be read become ``problems``.
  ///
  /// A line is `window:ttl:df:size:options:genre:version:subtype:details`. Each stands for IPv4
  /// and, twenty bytes longer and never in fragments, for IPv6. Ranges such as `4.0-4.2` as a
  /// version or subtype also stand for each of their members.
  /// - Complexity: O(bytes), and linear in the entries for each name.
  public init(parsing bytes: [UInt8]) {
    for (number, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated()
    {
      let text = String(decoding: line.prefix { $0 != 35 }, as: UTF8.self).trimmed
      guard !text.isEmpty else { continue }
      do throws(FingerprintError) {
        var reader = FingerprintLine(text)
        let (signature, system) = try reader.read()
        add(signature, system)
        add(signature.forIPv6, system)
      } catch {
        problems.append(Problem(line: number + 1, message: error.message))
      }
    }
  }

  /// Adds a system and what its ranges stand for (pfctl: `add_fingerprint()`).
  private mutating func add(_ signature: FingerprintSignature, _ system: OperatingSystem) {
    for version in Self.expand(system.version) {
      var one = system
      one.version = version
      add(signature, one)
    }
    for subtype in Self.expand(system.subtype) {
      var one = system
      one.subtype = subtype
      add(signature, one)
    }
    insert(signature, system)
  }

  /// The members of a range such as `2-5` or `4.0-4.2`; none for other names.
  private static func expand(_ name: String) -> [String] {
    let ends = name.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else { return [] }
    var (first, last) = (ends[0], ends[1])
    var major = ""
    if let digit = first.first, digit.isDigit, first.dropFirst().first == "." {
      guard last.hasPrefix("\(digit).") else { return [] }
      major = "\(digit)."
      first = first.dropFirst(2)
      last = last.dropFirst(2)
    }
    guard (1...2).contains(first.count), (1...3).contains(last.count),
      first.allSatisfy(\.isDigit), last.allSatisfy(\.isDigit),
      let low = Int(first), let high = Int(last), low <= high
    else { return [] }
    return (low...high).map { "\(major)\($0)" }
  }
}

extension FingerprintSignature {
  /// The signature of the same system's IPv6 packets.
  fileprivate var forIPv6: FingerprintSignature {
    var other = self
    other.isIPv6 = true
    other.dontFragment = true
    other.length.value &+= 20
    return other
  }
}

/// Why a line could not be read.
private struct FingerprintError: Error {
  var message: String
}

/// One line of a fingerprint file.
private struct FingerprintLine {
  private var fields: [Substring]
  private var next = 0

  init(_ text: Substring) {
    fields = text.split(separator: ":", omittingEmptySubsequences: false)
  }

  mutating func read() throws(FingerprintError) -> (FingerprintSignature, OperatingSystem) {
    var signature = FingerprintSignature()
    signature.window = try measure("window size", most: 0xffff, allowing: "%ST*")
    signature.ttl = UInt8(try measure("ttl", most: 0xff, allowing: "").value)
    signature.dontFragment = try measure("don't fragment frag", most: 1, allowing: "").value == 1
    signature.length = try measure("overall packet size", most: 8192, allowing: "%*")
    let options = try name("TCP Options", least: 1)
    var genre = try name("OS class", least: 1)
    let version = try name("OS version", least: 0)
    let subtype = try name("OS subtype", least: 0)
    _ = try name("OS description", least: 2)
    if options != "." { try read(options, into: &signature) }
    guard next >= fields.count || fields[next...].allSatisfy(\.isEmpty) else {
      throw FingerprintError(message: "excess field")
    }
    if genre.hasPrefix("@") || genre.hasPrefix("*") { genre = genre.dropFirst() }
    guard genre.lowercased() != "nomatch" else {
      throw FingerprintError(message: "fingerprint class \"nomatch\" is reserved")
    }
    let system = OperatingSystem(
      genre: String(genre.prefix(31)), version: String(version.prefix(31)),
      subtype: String(subtype.prefix(31)))
    return (signature, system)
  }

  private mutating func field() -> Substring {
    defer { next += 1 }
    return next < fields.count ? fields[next].trimmed : ""
  }

  private mutating func name(
    _ what: String, least: Int
  ) throws(FingerprintError) -> Substring {
    let field = field()
    guard field.utf8.count >= least else {
      throw FingerprintError(message: "too short \(what)")
    }
    return field
  }

  private mutating func measure(
    _ what: String, most: Int, allowing marks: String
  ) throws(FingerprintError) -> FingerprintSignature.Measure {
    var field = field()
    guard let mark = field.first else { throw FingerprintError(message: "empty \(what)") }
    var comparison = FingerprintSignature.Measure.Comparison.exact
    if "%ST*".contains(mark) {
      guard marks.contains(mark) else {
        throw FingerprintError(message: "does not allow \(mark)' \(what)")
      }
      field = field.dropFirst()
      if mark == "*" {
        guard field.isEmpty else { throw FingerprintError(message: "long '*' \(what)") }
        return FingerprintSignature.Measure(.any)
      }
      comparison = mark == "%" ? .modulus : mark == "S" ? .segments : .packets
      guard mark != "%" || !field.isEmpty else {
        throw FingerprintError(message: "modulus \(what) must have a value")
      }
      if field.isEmpty { return FingerprintSignature.Measure(comparison) }
    }
    guard field.allSatisfy(\.isDigit) else {
      throw FingerprintError(message: "non-digit character in \(what)")
    }
    guard let value = Int(field) else { throw FingerprintError(message: "\(what) overflowed") }
    guard value <= most else {
      throw FingerprintError(message: "\(what) value \(value) > \(most)")
    }
    return FingerprintSignature.Measure(comparison, UInt16(value))
  }

  private func read(
    _ text: Substring, into signature: inout FingerprintSignature
  ) throws(FingerprintError) {
    var rest = text[...]
    while let letter = rest.popFirst(), signature.optionCount < FingerprintSignature.mostOptions {
      switch letter.uppercased() {
      case "N": signature.append(.noOperation)
      case "S": signature.append(.selectiveAck)
      case "W":
        signature.append(.windowScale)
        signature.windowScale = try optionValue(&rest, letter)
      case "M":
        signature.append(.segmentSize)
        signature.segmentSize = try optionValue(&rest, letter)
      case "T":
        signature.append(.timestamp)
        if rest.first == "0" {
          signature.hasZeroTimestamp = true
          rest = rest.dropFirst()
        }
      // pfctl counts an option that it does not know.
      default: signature.optionCount += 1
      }
      guard let separator = rest.popFirst() else { return }
      guard separator == "," else {
        throw FingerprintError(message: "unknown option to \(letter.uppercased()) TCP opt")
      }
    }
  }

  private func optionValue(
    _ rest: inout Substring, _ letter: Character
  ) throws(FingerprintError) -> FingerprintSignature.Measure {
    let text = rest.prefix { $0 != "," }
    rest = rest.dropFirst(text.count)
    if text == "*" { return FingerprintSignature.Measure(.any) }
    let digits = text.first == "%" ? text.dropFirst() : text
    if let odd = digits.first(where: { !$0.isDigit }) {
      throw FingerprintError(message: "unknown character '\(odd)' in \(letter) TCP opt")
    }
    guard let value = UInt16(digits) else {
      throw FingerprintError(message: "unknown character '\0' in \(letter) TCP opt")
    }
    return FingerprintSignature.Measure(text.first == "%" ? .modulus : .exact, value)
  }
}

extension Character {
  fileprivate var isDigit: Bool { isASCII && isWholeNumber }
}

extension StringProtocol where SubSequence == Substring {
  /// The text without white space at either end.
  fileprivate var trimmed: Substring {
    var text = self[...]
    while text.first?.isWhitespace ?? false { text = text.dropFirst() }
    while text.last?.isWhitespace ?? false { text = text.dropLast() }
    return text
  }
}
