/// Where an expanded rule comes from.
extension RulesetBuilder {
  func fillProvenance(
    _ rule: inout Rule, _ lists: ExpansionLists, _ choice: Combination, at place: Place,
    _ lexer: Lexer
  ) {
    rule.provenance.location = lexer.location(of: place)
    guard options.recordsOrigin else { return }
    var parts: [Provenance.Part] = []
    func add(_ place: Place, _ count: Int, resolved: Bool = false, _ text: () -> String) {
      if place.macro >= 0 {
        let macro = lexer.macros.definitions[Int(place.macro)]
        let part = Provenance.Part(
          kind: .macro, text: macro.name, location: lexer.location(of: macro.place))
        if parts.last != part { parts.append(part) }
      }
      guard count > 1 || resolved else { return }
      parts.append(
        Provenance.Part(
          kind: resolved ? .resolved : .listItem, text: text(), location: lexer.location(of: place))
      )
    }
    if let item = lists.interfaces.item(choice[0]) {
      add(item.place, lists.interfaces.count) { (item.isNegated ? "! " : "") + item.name }
    }
    if let item = lists.protocols.item(choice[1]) {
      add(item.place, lists.protocols.count) {
        ProtocolNames.name(of: item.proto.rawValue) ?? "\(item.proto.rawValue)"
      }
    }
    if let item = lists.source.item(choice[3]) {
      add(item.place, lists.source.count, resolved: item.isResolved) { item.text(rule.family) }
    }
    if let item = lists.sourcePorts.item(choice[4]) {
      add(item.place, lists.sourcePorts.count) { item.text }
    }
    if let item = lists.destination.item(choice[6]) {
      add(item.place, lists.destination.count, resolved: item.isResolved) { item.text(rule.family) }
    }
    if let item = lists.destinationPorts.item(choice[7]) {
      add(item.place, lists.destinationPorts.count) { item.text }
    }
    if let item = lists.icmp.item(choice[2]) {
      add(item.place, lists.icmp.count) {
        ICMPNames.name(ofType: item.storedType &- 1, rule.family) ?? "\(item.storedType &- 1)"
      }
    }
    rule.provenance.parts = parts
  }
}

extension HostItem {
  /// The address for people.
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

extension PortItem {
  /// The test for people.
  fileprivate var text: String {
    var text = ""
    match.comparison.print(to: &text, "\(match.first)", "\(match.second)")
    return String(text.drop { $0 == " " })
  }
}
