extension TableDefinition {
  /// The definition as pfctl prints it, without a line end.
  ///
  /// Lists that follow each other merge.
  public var text: String {
    var text = "table <\(name)>"
    if isConst { text += " const" }
    if isPersistent { text += " persist" }
    var isInList = false
    for source in sources {
      switch source {
      case .file(let name):
        if isInList { text += " }" }
        isInList = false
        text += " file \"\(name)\""
      case .list(let entries):
        if !isInList { text += " {" }
        isInList = true
        for entry in entries {
          text += entry.negated ? " !" : " "
          text += entry.text
        }
      }
    }
    if isInList { text += " }" }
    if hasContents, sources.isEmpty { text += " { }" }
    return text
  }
}

extension TableDefinition.Entry {
  /// The entry as pfctl prints it, without `!`.
  ///
  /// A network of length 0 prints as `any`.
  public var text: String {
    if prefixLength == 0, address.isZero { return "any" }
    let text = IPAddress(family: family, bits: address).description
    return Int(prefixLength) == family.addressBits ? text : "\(text)/\(prefixLength)"
  }
}
