import PFSim

extension ScenarioReader {
  /// The expectations of a step; a lone word stands for the verdict.
  ///
  /// What asserts nothing is an error: an empty list of expectations, an empty text.
  func expectations(_ value: YAMLValue) -> [Expectation] {
    let failures = description.failures
    let list = failures.attempt { try members(of: value) } ?? []
    for expectation in list where expectation.assertsNothing {
      let place = expectation.location ?? value.location()
      failures.add(
        .badInput(
          "\(place.file):\(place.line):\(place.column): \(expectation.title): an empty text is "
            + "part of every line"))
    }
    return list
  }

  private func members(of value: YAMLValue) throws(CommandFailure) -> [Expectation] {
    if value.isScalar {
      return [Expectation(.verdict, try value.expectedLines(), location: value.location())]
    }
    let known = Expectation.Subject.allCases.map(\.rawValue)
    let members = try value.members()
    guard !members.isEmpty else { throw value.failure("nothing is expected") }
    var list: [Expectation] = []
    for (key, item) in members {
      description.failures.attempt {
        guard let subject = Expectation.Subject(rawValue: key.plain) else {
          throw key.unknown(key.plain, known)
        }
        list += try expectations(subject, key, item)
      }
    }
    return list
  }

  private func expectations(
    _ subject: Expectation.Subject, _ key: YAMLValue, _ item: YAMLValue
  ) throws(CommandFailure) -> [Expectation] {
    if subject.takesArgument, !item.isScalar || subject == .show {
      return try withArguments(subject, item)
    }
    return [Expectation(subject, try item.expectedLines(), location: key.location())]
  }

  /// `ARGUMENT: VALUE` for each thing of a kind, with counters one level deeper.
  private func withArguments(
    _ subject: Expectation.Subject, _ value: YAMLValue
  ) throws(CommandFailure) -> [Expectation] {
    var list: [Expectation] = []
    let members = try value.members()
    guard !members.isEmpty else { throw value.failure("nothing is expected") }
    for (key, item) in members {
      let argument = try key.string()
      guard subject == .counters else {
        list.append(
          Expectation(
            subject, argument: argument, try item.expectedLines(), location: key.location()))
        continue
      }
      let counts = try item.members()
      guard !counts.isEmpty else { throw item.failure("nothing is expected") }
      for (name, count) in counts {
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
