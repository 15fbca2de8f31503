import ArgumentParser
import Foundation

/// When to use colour.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// On a terminal that can, unless `NO_COLOR` is set.
  case auto
  /// Always.
  case always
  /// Never.
  case never
}

/// What the command knows about the terminal it writes to.
struct Terminal: Sendable {
  /// Whether text may carry colour.
  var usesColor: Bool
  /// Whether standard error is a terminal, so that progress may be shown.
  var showsProgress: Bool

  /// Decides from the user's choice, the environment and the two streams.
  /// - Parameter toStandardOutput: Whether the answer goes to standard output at all.
  init(
    color: ColorChoice, toStandardOutput: Bool = true,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    let isDumb = environment["TERM"] == "dumb"
    switch color {
    case .always: usesColor = true
    case .never: usesColor = false
    case .auto:
      let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      usesColor = toStandardOutput && isatty(STDOUT_FILENO) == 1 && !isRefused && !isDumb
    }
    let inCI = environment["CI"].map { !$0.isEmpty } ?? false
    showsProgress = isatty(STDERR_FILENO) == 1 && !isDumb && !inCI
  }

  /// The styles that reports use.
  ///
  /// Colour never carries meaning alone.
  enum Style: String, Sendable {
    /// Headings.
    case bold = "1"
    /// Less important text.
    case dim = "2"
    /// Something is wrong.
    case red = "31"
    /// Something is fine.
    case green = "32"
    /// Something deserves a look.
    case yellow = "33"
    /// Names and places.
    case cyan = "36"
  }

  /// The text in a style, or unchanged where colour is off.
  func styled(_ text: String, _ style: Style) -> String {
    usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
