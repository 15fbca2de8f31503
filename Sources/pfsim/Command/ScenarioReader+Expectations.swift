import PFSim

extension ScenarioReader {
  /// The expectations of a step; a lone word stands for the verdict.
  func expectations(_ value: YAMLValue) throws(CommandFailure) -> [Expectation] {
    if value.isScalar {
      return [Expectation(.verdict, try value.expectedLines(), location: value.location())]
    }
    var list: [Expectation] = []
    let known = Expectation.Subject.allCases.map(\.rawValue)
    for (key, item) in try value.members() {
      guard let subject = Expectation.Subject(rawValue: key.plain) else {
        throw key.unknown(key.plain, known)
      }
      if subject.takesArgument, !item.isScalar || subject == .show {
        list += try withArguments(subject, item)
      } else {
        list.append(
          Expectation(subject, try item.expectedLines(), location: key.location()))
      }
    }
    return list
  }

  /// `ARGUMENT: VALUE` for each thing of a kind, with counters one level deeper.
  private func withArguments(
    _ subject: Expectation.Subject, _ value: YAMLValue
  ) throws(CommandFailure) -> [Expectation] {
    var list: [Expectation] = []
    for (key, item) in try value.members() {
      let argument = try key.string()
      guard subject == .counters else {
        list.append(
          Expectation(
            subject, argument: argument, try item.expectedLines(), location: key.location()))
        continue
      }
      for (name, count) in try item.members() {
        list.append(
          Expectation(
            subject, argument: "\(try name.string()) of \(argument)",
            try count.expectedLines(), location: name.location()))
      }
    }
    return list
  }
}

extension YAMLValue {
  /// The lines expected: one for a scalar, one for each entry of a list or line of a block.
  func expectedLines() throws(CommandFailure) -> [Expectation.Line] {
    guard isScalar else {
      var lines: [Expectation.Line] = []
      for item in try items() {
        lines.append(Expectation.Line(try item.string(), at: item.location()))
      }
      return lines
    }
    let text = try string()
    guard isBlock else { return [Expectation.Line(text, at: location())] }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.enumerated().map { index, line in
      let place = Provenance.Location(file: file, line: self.line + 1 + index, column: 1)
      return Expectation.Line(String(line), at: place)
    }
  }
}
