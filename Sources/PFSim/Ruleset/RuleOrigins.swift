/// Where the rules of one statement come from: the list items and macros of each combination.
struct RuleOrigins {
  /// The lists in the order of the text.
  private static let textOrder = [0, 1, 3, 4, 5, 6, 7, 2, 8, 9]

  private let location: Provenance.Location?
  /// The lists that leave a trace, in the order of the text.
  private var traced: [Int] = []
  /// What each item of ``traced`` leaves, once it is known.
  private var parts: [[[Provenance.Part]?]] = []

  init(_ lists: ExpansionLists, at place: Place, records: Bool, _ lexer: inout Lexer) {
    location = lexer.location(of: place)
    guard records else { return }
    for list in Self.textOrder where lists.leavesTrace(list) {
      traced.append(list)
      parts.append(Array(repeating: nil, count: lists.length(list)))
    }
  }

  /// The origin of the rule of a combination.
  mutating func provenance(
    _ lists: ExpansionLists, _ choice: Combination, _ family: AddressFamily,
    _ lexer: inout Lexer
  ) -> Provenance {
    var provenance = Provenance(location: location)
    for (position, list) in traced.enumerated() {
      let item = choice[list]
      let known = parts[position][item] ?? lists.trace(list, item, family, &lexer)
      parts[position][item] = known
      for part in known where part.kind != .macro || provenance.parts.last != part {
        provenance.parts.append(part)
      }
    }
    return provenance
  }
}

extension ExpansionLists {
  /// Whether rules remember which item of a list they took: there are several, or a macro or name
  /// stood for it.
  fileprivate func leavesTrace(_ list: Int) -> Bool {
    if length(list) > 1 { return true }
    guard let place = place(list, 0) else { return false }
    return place.macro >= 0 || host(list, 0)?.isResolved ?? false
  }

  /// What the item of a list leaves in a rule: the macro that held it, and itself.
  fileprivate func trace(
    _ list: Int, _ index: Int, _ family: AddressFamily, _ lexer: inout Lexer
  ) -> [Provenance.Part] {
    guard let place = place(list, index) else { return [] }
    var parts: [Provenance.Part] = []
    if place.macro >= 0 {
      let macro = lexer.macros.definitions[Int(place.macro)]
      parts.append(
        Provenance.Part(
          kind: .macro, text: macro.name, location: lexer.location(of: macro.place)))
    }
    let isResolved = host(list, index)?.isResolved ?? false
    if length(list) > 1 || isResolved {
      parts.append(
        Provenance.Part(
          kind: isResolved ? .resolved : .listItem, text: text(list, index, family),
          location: lexer.location(of: place)))
    }
    return parts
  }

  private func host(_ list: Int, _ index: Int) -> HostItem? {
    switch list {
    case 3: source.item(index)
    case 6: destination.item(index)
    default: nil
    }
  }

  private func place(_ list: Int, _ index: Int) -> Place? {
    switch list {
    case 0: interfaces.item(index)?.place
    case 1: protocols.item(index)?.place
    case 2: icmp.item(index)?.place
    case 3: source.item(index)?.place
    case 4: sourcePorts.item(index)?.place
    case 5: systems.item(index)?.place
    case 6: destination.item(index)?.place
    case 7: destinationPorts.item(index)?.place
    case 8: users.item(index)?.place
    default: groups.item(index)?.place
    }
  }

  /// The item for people.
  private func text(_ list: Int, _ index: Int, _ family: AddressFamily) -> String {
    switch list {
    case 0: (interfaces[index].isNegated ? "! " : "") + interfaces[index].name
    case 1:
      ProtocolNames.name(of: protocols[index].proto.rawValue)
        ?? "\(protocols[index].proto.rawValue)"
    case 2: icmp[index].text(family)
    case 3: source[index].text(family)
    case 4: sourcePorts[index].match.text
    case 5: systems[index].name
    case 6: destination[index].text(family)
    case 7: destinationPorts[index].match.text
    case 8: users[index].match.text
    default: groups[index].match.text
    }
  }
}

extension HostItem {
  fileprivate func text(_ family: AddressFamily) -> String {
    var side = RuleHost()
    side.address = spec(family)
    side.negated = isNegated
    var text = ""
    side.print(
      to: &text, family: self.family == .unspecified ? family : self.family, RulePrintStyle())
    return text
  }
}

extension ICMPItem {
  fileprivate func text(_ family: AddressFamily) -> String {
    ICMPNames.name(ofType: storedType &- 1, family) ?? "\(storedType &- 1)"
  }
}

extension PortMatch {
  fileprivate var text: String { comparison.text("\(first)", "\(second)") }
}

extension IDMatch {
  fileprivate var text: String {
    func name(_ id: UInt32) -> String { id == Self.unknown ? "unknown" : "\(id)" }
    return comparison.text(name(first), name(second))
  }
}

extension Comparison {
  /// A test for people.
  fileprivate func text(_ first: String, _ second: String) -> String {
    var text = ""
    print(to: &text, first, second)
    return String(text.drop { $0 == " " })
  }
}
