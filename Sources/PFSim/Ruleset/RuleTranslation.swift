/// What a translation rule puts into packets.
struct RuleTranslation: Sparing {
  var pool: AddressPool?

  static let usual = RuleTranslation()
}
