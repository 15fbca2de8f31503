extension Rule {
  /// Whether two rules are the same but for where they come from.
  func isTwin(of other: Rule) -> Bool {
    var one = self
    var two = other
    one.provenance = Provenance()
    two.provenance = Provenance()
    one.loadNumber = 0
    two.loadNumber = 0
    return one == two
  }

  /// Whether two rules do the same to a packet that both match.
  func doesTheSame(as other: Rule) -> Bool {
    var one = self
    // What a rule asks for, and what only names it, does not count.
    one.direction = other.direction
    one.quick = other.quick
    one.interface = other.interface
    one.interfaceNegated = other.interfaceNegated
    one.family = other.family
    one.proto = other.proto
    one.source = other.source
    one.destination = other.destination
    one.flags = other.flags
    one.flagMask = other.flagMask
    one.icmpType = other.icmpType
    one.icmpCode = other.icmpCode
    one.user = other.user
    one.group = other.group
    one.tos = other.tos
    one.fragment = other.fragment
    one.tagged = other.tagged
    one.taggedNegated = other.taggedNegated
    one.fingerprint = other.fingerprint
    one.probability = other.probability
    one.label = other.label
    return one.isTwin(of: other)
  }
}

extension Provenance.Location {
  /// Whether the place comes before another of the same file.
  func isBefore(_ other: Provenance.Location) -> Bool {
    file == other.file && (line, column) < (other.line, other.column)
  }
}
