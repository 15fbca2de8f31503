/// Why reading or expanding a statement stopped.
enum StatementError: Error {
  /// A token that the grammar does not allow here; not yet reported.
  case syntax
  /// An error that has been reported; the rest of the line is skipped.
  case abandoned
  /// An error at which pfctl exits at once.
  case fatal
}
