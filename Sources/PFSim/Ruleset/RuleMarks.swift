/// The names that a rule carries, gives to packets, or asks for.
struct RuleMarks: Sparing {
  var label = ""
  var tag = ""
  var tagged = ""
  var taggedNegated = false

  static let usual = RuleMarks()
}
