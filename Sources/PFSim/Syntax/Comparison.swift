/// Comparison operators on ports and ids, with the kernel's numbers (`PF_OP_…`).
public enum Comparison: UInt8, Sendable, Hashable {
  /// `a >< b`: between, ends excluded.
  case insideExclusive = 1
  /// `= a`.
  case equal = 2
  /// `!= a`.
  case notEqual = 3
  /// `< a`.
  case less = 4
  /// `<= a`.
  case lessOrEqual = 5
  /// `> a`.
  case greater = 6
  /// `>= a`.
  case greaterOrEqual = 7
  /// `a <> b`: outside.
  case outside = 8
  /// `a:b`: between, ends included.
  case range = 9
}
