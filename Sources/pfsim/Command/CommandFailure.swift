/// An error that ends the command: what to print on standard error and the exit code.
struct CommandFailure: Error, Sendable {
  /// The exit code.
  var status: ExitStatus
  /// The message without the program's name; empty prints nothing.
  var message: String

  /// Makes a failure.
  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// Wrong usage that ArgumentParser could not see.
  static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }

  /// A damaged or wrong input; the message names the place.
  static func badInput(_ message: String) -> CommandFailure { CommandFailure(.badInput, message) }

  /// An input that cannot be opened.
  static func noInput(_ message: String) -> CommandFailure { CommandFailure(.noInput, message) }

  /// An output that cannot be written.
  static func cannotWrite(_ message: String) -> CommandFailure {
    CommandFailure(.cannotWrite, message)
  }

  /// The reader of standard output went away: the command ends without a word.
  static let closedPipe = CommandFailure(.success, "")
}
