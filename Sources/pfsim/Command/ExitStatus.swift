import ArgumentParser

/// The exit codes of the command, as its documentation fixes them.
enum ExitStatus: Int32, Sendable {
  /// The answer is yes, fine or found.
  case success = 0
  /// The answer is no: a test failed, a difference was found, a finding was severe enough.
  case negative = 1
  /// The question cannot be decided.
  case undecidable = 3
  /// The command line is wrong (`EX_USAGE`).
  case usage = 64
  /// An input is damaged or wrong (`EX_DATAERR`).
  case badInput = 65
  /// An input cannot be opened (`EX_NOINPUT`).
  case noInput = 66
  /// A fault of the program (`EX_SOFTWARE`).
  case internalError = 70
  /// An output cannot be written (`EX_IOERR`).
  case cannotWrite = 74
  /// Ended by Ctrl-C.
  case interrupted = 130

  /// The same as ArgumentParser's error that ends the command without a message.
  var exitCode: ExitCode { ExitCode(rawValue) }
}
