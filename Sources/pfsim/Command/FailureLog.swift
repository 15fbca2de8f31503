/// Errors of one input, collected so that a user sees all of them at once.
final class FailureLog {
  private var failures: [CommandFailure] = []

  /// Notes an error.
  func add(_ failure: CommandFailure) { failures.append(failure) }

  /// Does something; nil where it fails, and the error is noted.
  @discardableResult
  func attempt<Value>(_ body: () throws -> Value?) -> Value? {
    do {
      return try body()
    } catch {
      failures.append(error as? CommandFailure ?? CommandFailure(.internalError, "\(error)"))
      return nil
    }
  }

  /// Ends the reading where there are errors: one message, a line for each.
  /// - Throws: ``CommandFailure`` with the first error's exit code.
  func throwIfAny() throws(CommandFailure) {
    guard let first = failures.first else { return }
    throw CommandFailure(first.status, failures.map(\.message).joined(separator: "\n"))
  }
}
