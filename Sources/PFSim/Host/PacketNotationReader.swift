/// Reads ``PacketNotation`` word by word.
struct PacketNotationReader {
  private struct Word {
    var text: Substring
    var column: Int
  }
  private let words: [Word]
  private let end: Int
  private var index = 0
  private var place = PacketNotation.Place.unspecified
  private var template: PacketTemplate?

  init(_ text: String) {
    var words: [Word] = []
    var start: String.Index?
    var column = 0
    var startColumn = 1
    for position in text.indices {
      column += 1
      if text[position].isWhitespace {
        if let begin = start {
          words.append(Word(text: text[begin..<position], column: startColumn))
        }
        start = nil
      } else if start == nil {
        start = position
        startColumn = column
      }
    }
    if let begin = start { words.append(Word(text: text[begin...], column: startColumn)) }
    self.words = words
    end = column + 1
  }

  mutating func read() throws(PacketNotationError) -> PacketNotation {
    guard let first = words.first else { throw error("expected a packet", at: 1) }
    index = 1
    let content: PacketNotation.Content?
    if first.text.hasPrefix("hex:") {
      content = .bytes(try hex(first))
    } else if let hash = first.text.lastIndex(of: "#"), hash > first.text.startIndex {
      content = try capture(first, hash)
    } else {
      content = nil
      try header(first)
    }
    while index < words.count { try option(isTemplate: content == nil) }
    guard let bytes = content ?? template.map({ .bytes($0.bytes) }) else {
      throw error("expected a packet", at: 1)
    }
    return PacketNotation(content: bytes, place: place)
  }

  private func error(_ reason: String, at column: Int? = nil) -> PacketNotationError {
    let here = index < words.count ? words[index].column : end
    return PacketNotationError(column: column ?? here, reason: reason)
  }

  private func hex(_ word: Word) throws(PacketNotationError) -> [UInt8] {
    let digits = Array(word.text.utf8.dropFirst(4))
    var bytes: [UInt8] = []
    for (offset, digit) in digits.enumerated() {
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue else {
        throw error("not a hexadecimal digit", at: word.column + 4 + offset)
      }
      if offset % 2 == 0 {
        bytes.append(UInt8(value) << 4)
      } else {
        bytes[offset / 2] |= UInt8(value)
      }
    }
    guard digits.count % 2 == 0 else {
      throw error("an odd number of digits", at: word.column + 3 + digits.count)
    }
    guard RoutedHeader.isReadable(bytes) else {
      throw error("not an IPv4 or IPv6 packet", at: word.column + 4)
    }
    return bytes
  }

  private func capture(
    _ word: Word, _ hash: Substring.Index
  ) throws(PacketNotationError) -> PacketNotation.Content {
    let number = word.text[word.text.index(after: hash)...]
    guard let value = Int(number), value >= 1 else {
      throw error(
        "expected a packet number from 1",
        at: word.column + word.text.distance(from: word.text.startIndex, to: hash) + 1)
    }
    return .capture(file: String(word.text[..<hash]), number: value)
  }

  /// `PROTO SOURCE > DESTINATION`.
  private mutating func header(_ first: Word) throws(PacketNotationError) {
    guard let proto = PacketTemplate.proto(named: first.text) else {
      throw error(
        "expected tcp, udp, icmp, icmp6, a protocol number, hex:… or FILE#N", at: first.column)
    }
    let source = try end(hasPort: proto == .tcp || proto == .udp)
    guard index < words.count, words[index].text == ">" else { throw error("expected >") }
    index += 1
    let column = index < words.count ? words[index].column : end
    let destination = try end(hasPort: proto == .tcp || proto == .udp)
    guard source.address.family == destination.address.family else {
      throw error("the addresses are of different families", at: column)
    }
    guard proto != .icmp || source.address.family == .inet else {
      throw error("icmp is IPv4's; write icmp6", at: first.column)
    }
    guard proto != .icmpv6 || source.address.family == .inet6 else {
      throw error("icmp6 is IPv6's; write icmp", at: first.column)
    }
    template = PacketTemplate(
      proto: proto, source: source.address, destination: destination.address,
      sourcePort: source.port, destinationPort: destination.port)
  }

  /// `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
  private mutating func end(
    hasPort: Bool
  ) throws(PacketNotationError) -> (address: IPAddress, port: UInt16) {
    guard index < words.count else { throw error("expected an address") }
    let word = words[index]
    var host = word.text
    var port: Substring?
    if host.hasPrefix("["), let close = host.firstIndex(of: "]") {
      port = try portBehind(close, of: word)
      host = host[host.index(after: host.startIndex)..<close]
    } else if host.count(where: { $0 == ":" }) == 1, let colon = host.firstIndex(of: ":") {
      port = host[host.index(after: colon)...]
      host = host[..<colon]
    }
    guard let address = IPAddress(host) else { throw error("not an IPv4 or IPv6 address") }
    guard let port else {
      if hasPort {
        throw error("expected a port behind the address", at: word.column + word.text.count)
      }
      index += 1
      return (address, 0)
    }
    let column = word.column + word.text.count - port.count
    guard hasPort else { throw error("only tcp and udp have ports", at: column) }
    guard let value = UInt16(port), port.first != "+" else {
      throw error("a port is a number from 0 to 65535", at: column)
    }
    index += 1
    return (address, value)
  }

  private func portBehind(
    _ close: Substring.Index, of word: Word
  ) throws(PacketNotationError) -> Substring? {
    let rest = word.text[word.text.index(after: close)...]
    if rest.isEmpty { return nil }
    guard rest.hasPrefix(":") else {
      throw error(
        "expected : and a port",
        at: word.column + word.text.distance(from: word.text.startIndex, to: close) + 1)
    }
    return rest.dropFirst()
  }
}

extension PacketNotationReader {
  /// One of the words behind the addresses.
  private mutating func option(isTemplate: Bool) throws(PacketNotationError) {
    let word = words[index]
    switch word.text {
    case "in", "out": return try hook(word.text == "in" ? .in : .out)
    case "from": return try from()
    default: break
    }
    guard isTemplate, var template else { throw error("expected in on, out on or from") }
    index += 1
    switch word.text {
    case "ttl": template.ttl = UInt8(try number(0...255))
    case "tos": template.tos = UInt8(try number(0...255))
    case "len": template.length = try number(0...65_000)
    case "id": template.identifier = UInt16(try number(0...65_535))
    case "seq": template.sequence = UInt32(try number(0...Int(UInt32.max)))
    case "ack": template.acknowledgment = UInt32(try number(0...Int(UInt32.max)))
    case "type": template.icmpType = UInt8(try number(0...255))
    case "code": template.icmpCode = UInt8(try number(0...255))
    case "df": template.dontFragment = true
    case "frag": template.fragment = try fragment()
    default: try nameOrFlags(word, &template)
    }
    self.template = template
  }

  private mutating func number(_ range: ClosedRange<Int>) throws(PacketNotationError) -> Int {
    guard index < words.count else { throw error("expected a number") }
    let text = words[index].text
    let value = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
    guard let value, range.contains(value) else {
      throw error("expected a number from \(range.lowerBound) to \(range.upperBound)")
    }
    index += 1
    return value
  }

  /// `frag OFFSET` or `frag OFFSET+`, in bytes.
  private mutating func fragment() throws(PacketNotationError) -> PacketTemplate.Fragment {
    guard index < words.count else { throw error("expected an offset in bytes") }
    let text = words[index].text
    let hasMore = text.hasSuffix("+")
    guard let offset = Int(hasMore ? text.dropLast() : text), (0...65_528).contains(offset),
      offset % 8 == 0
    else { throw error("expected an offset in bytes, a multiple of 8, with + for more to come") }
    index += 1
    return .init(offset: offset, hasMore: hasMore)
  }

  private func nameOrFlags(
    _ word: Word, _ template: inout PacketTemplate
  ) throws(PacketNotationError) {
    if template.proto == .tcp {
      guard let flags = PacketTemplate.flags(word.text) else {
        throw error(
          "expected TCP flags (letters of FSRPAUEW) or an option such as ttl, len, in on, from",
          at: word.column)
      }
      template.flags = flags
      return
    }
    guard let type = template.icmpType(named: word.text) else {
      throw error(
        "expected an option such as ttl, tos, len, id, frag, in on, from", at: word.column)
    }
    template.icmpType = type
  }

  /// `in on IF`, `out on IF`.
  private mutating func hook(_ direction: Direction) throws(PacketNotationError) {
    index += 1
    guard index < words.count, words[index].text == "on" else { throw error("expected on") }
    index += 1
    guard index < words.count else { throw error("expected an interface") }
    place = .hook(direction, interface: String(words[index].text))
    index += 1
  }

  /// `from VM`, `from VM:NAME`, `from uplink`, `from host`.
  private mutating func from() throws(PacketNotationError) {
    index += 1
    guard index < words.count else { throw error("expected VM, uplink or host") }
    let text = words[index].text
    switch text.lowercased() {
    case "vm": place = .fromVM(nil)
    case "uplink": place = .fromUplink
    case "host": place = .fromHost
    case let name where name.hasPrefix("vm:"): place = .fromVM(String(text.dropFirst(3)))
    default: throw error("expected VM, VM:NAME, uplink or host")
    }
    index += 1
  }
}
