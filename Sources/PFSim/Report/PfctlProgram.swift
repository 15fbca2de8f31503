/// What a run of pfctl gave.
public struct PfctlResult: Sendable, Equatable {
  /// Standard output.
  public var output: String
  /// Standard error.
  public var error: String
  /// The exit status.
  public var status: Int32

  /// Makes a result.
  public init(output: String = "", error: String = "", status: Int32 = 0) {
    self.output = output
    self.error = error
    self.status = status
  }
}

/// pfctl's command line against a simulated host: behaves, prints and exits as macOS's does.
///
/// Forms with `-n` read rules only and are not for this program.
public struct PfctlProgram {
  private let host: Host

  /// Makes the program of a host.
  public init(host: Host) { self.host = host }

  /// Runs a command line; its changes become one entry of the host's timeline.
  public func run(_ line: PfctlCommandLine) -> PfctlResult {
    var report = EventReport(title: HostEvent.pfctl(line).title)
    report.time = host.filter.now
    host.announce(line.arguments, &report)
    if !line.events.isEmpty, let refusal = line.arguments.anchorRefusal { report.fail(refusal) }
    for step in line.steps where report.exitCode == 0 {
      switch step {
      case .change(let event): host.performQuietly(event, &report)
      case .view(let word): show(word, line.arguments, &report)
      case .table(let command): query(command, &report)
      }
    }
    if !line.events.isEmpty { host.timeline.append(report) }
    return PfctlResult(
      output: report.output, error: report.messages.map { $0 + "\n" }.joined(),
      status: report.exitCode)
  }

  private func views(anchor: String, verbosity: Int) -> PfctlViews {
    PfctlViews(host: host, verbosity: min(verbosity, 2), anchor: anchor)
  }

  private func show(
    _ word: String, _ arguments: PfctlArguments, _ report: inout EventReport
  ) {
    let (anchor, isRecursive) = arguments.anchorPath
    var views = views(anchor: anchor, verbosity: arguments.verbosity)
    views.interface = arguments.interface
    views.isRecursive = isRecursive
    guard let subject = PfctlViews.Subject(rawValue: word) else { return }
    if subject == .osfp {
      report.messages.append("pfsim: /etc/pf.os is not part of pfsim; its entries are not listed")
    }
    do throws(PfctlViewError) {
      if subject == .rules, isRecursive {
        _ = try views.text(.nat)
        let (output, error) = views.rulesAndErrors()
        report.output += output
        report.messages += error.split(separator: "\n").map(String.init)
      } else {
        report.output += try views.text(subject)
      }
    } catch {
      report.fail(error.message)
    }
  }

  private func query(_ command: TableCommand, _ report: inout EventReport) {
    let views = views(anchor: command.anchor, verbosity: command.verbosity)
    do throws(PfctlViewError) {
      let list = try views.addresses(ofTable: command.table)
      if command.verb == .show { report.output += list } else { test(command, &report) }
    } catch {
      report.fail(error.message)
    }
  }

  /// `-T test`: exits with 2 where not all addresses are in the table.
  private func test(_ command: TableCommand, _ report: inout EventReport) {
    guard let entries = host.entries(of: command, &report) else { return }
    let addresses = entries.map { IPAddress(family: $0.family, bits: $0.address) }
    let matches =
      (try? host.filter.testTable(command.table, addresses, anchor: command.anchor)) ?? []
    let count = matches.count { $0 }
    report.say("\(count)/\(addresses.count) addresses match.")
    if command.verbosity > 0 {
      for (address, matches) in zip(addresses, matches) where matches || command.verbosity > 1 {
        report.output += "\(matches ? "M" : " ")  \(address)\n"
      }
    }
    if count < addresses.count { report.exitCode = 2 }
  }
}
