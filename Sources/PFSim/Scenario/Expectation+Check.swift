extension Expectation {
  /// Compares a fact with what is expected; nil where it holds, else the place that differs.
  func difference(from fact: Fact) -> Difference? {
    guard case .lines(let actual) = fact else {
      guard case .missing(let reason) = fact else { return nil }
      return Difference(message: reason, actual: [], location: location)
    }
    switch subject.comparison {
    case .spellings: return compareSpellings(actual)
    case .among: return compareAmong(actual)
    case .exact: return compareLines(actual) { $0 == $1 }
    case .words: return compareLines(actual, Self.begins)
    case .ends: return compareLines(actual, Self.hasSameEnds)
    }
  }

  /// What differs.
  struct Difference {
    var message: String
    var actual: [String]
    var location: Provenance.Location?
  }

  private func compareLines(
    _ actual: [String], _ matches: (String, String) -> Bool
  ) -> Difference? {
    for (line, found) in zip(expected, actual) where !matches(line.text, found) {
      return Difference(message: "", actual: actual, location: line.location ?? location)
    }
    if expected.count > actual.count {
      let extra = expected[actual.count]
      return Difference(message: "", actual: actual, location: extra.location ?? location)
    }
    guard expected.count < actual.count else { return nil }
    return Difference(message: "", actual: actual, location: location)
  }

  private func compareSpellings(_ actual: [String]) -> Difference? {
    let wanted = expected.first?.text ?? ""
    if actual.contains(where: { $0 == wanted }) { return nil }
    return Difference(
      message: "", actual: [actual.joined(separator: "  |  ")],
      location: expected.first?.location ?? location)
  }

  /// Each line must be found; an empty list means that there is nothing to find.
  private func compareAmong(_ actual: [String]) -> Difference? {
    if expected.isEmpty { return compareLines(actual) { $0 == $1 } }
    for line in expected where !actual.contains(where: { $0.contains(line.text) }) {
      return Difference(
        message: "not among what was found", actual: actual,
        location: line.location ?? location)
    }
    return nil
  }

  /// Whether the expected words begin the text.
  private static func begins(_ expected: String, _ actual: String) -> Bool {
    let wanted = expected.split(separator: " ")
    let found = actual.split(separator: " ")
    guard !wanted.isEmpty, wanted.count <= found.count else { return expected == actual }
    return zip(wanted, found).allSatisfy { wanted, found in
      wanted == found || (found.hasSuffix(",") && wanted == found.dropLast())
    }
  }

  /// Whether two pairs of ends agree in what the expected one writes.
  static func hasSameEnds(_ expected: String, _ actual: String) -> Bool {
    let wanted = expected.split(separator: " ")
    let found = actual.split(separator: " ")
    guard wanted.count == found.count else { return false }
    return zip(wanted, found).allSatisfy { wanted, found in
      wanted == found || wanted == address(of: found)
    }
  }

  /// An end without its port.
  private static func address(of end: Substring) -> Substring {
    if end.hasPrefix("["), let close = end.firstIndex(of: "]") {
      return end[end.index(after: end.startIndex)..<close]
    }
    guard end.count(where: { $0 == ":" }) == 1, let colon = end.firstIndex(of: ":") else {
      return end
    }
    return end[..<colon]
  }
}
