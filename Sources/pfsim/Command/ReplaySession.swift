import ArgumentParser
import Foundation
import PFSim

/// One run of `pfsim replay`: reading, replaying, writing.
final class ReplaySession {
  private let command: Replay
  private let format: OutputFormat
  private let replay: PFSim.Replay
  private let recording: Recording
  private let answer: OutputFile
  private let coverage: OutputFile?
  private let interrupt: Interrupt
  private var taps: CaptureTaps?
  private var damage: [CaptureError] = []
  private var failure: CommandFailure?

  /// Opens everything that the run needs.
  /// - Parameters:
  ///   - interrupt: Notices Ctrl-C.
  ///   - log: Takes the files that rules name.
  /// - Throws: ``CommandFailure`` with the contract's exit codes.
  init(_ command: Replay, format: OutputFormat, interrupt: Interrupt, log: FileLog) throws {
    self.command = command
    self.format = format
    self.interrupt = interrupt
    do {
      replay = try PFSim.Replay(command.options(log: log))
      recording = try Recording(paths: command.captures)
    } catch let error as DeploymentError {
      throw error.failure
    } catch let error as CaptureError {
      if interrupt.isRequested { throw ExitStatus.interrupted.exitCode }
      throw error.failure
    }
    let isTaken = command.passedFile == "-" && command.output.output == nil
    answer = try OutputFile(isTaken ? "/dev/stderr" : command.output.output)
    coverage = try command.coverageFile.map { path throws(CommandFailure) in try OutputFile(path) }
  }

  /// Replays and reports.
  /// - Throws: ``CommandFailure`` or the exit code.
  func run() throws {
    prepare()
    let interrupted: Bool
    let result: ReplayResult
    do {
      interrupted = try readAll()
      result = try replay.finish()
    } catch let error as CaptureError {
      throw error.failure
    } catch let error as DeploymentError {
      throw error.failure
    }
    if let failure { throw failure }
    let findings = try withCounters(ReplayFindings.add(to: result, replay))
    try report(findings)
    try coverage?.write(lcov)
    try coverage?.finish()
    do throws(CaptureError) { try taps?.finish() } catch { throw error.failure }
    for error in damage { PFSimCommand.printError(error.description) }
    if interrupted { throw ExitStatus.interrupted.exitCode }
    if !damage.isEmpty, !command.keepGoing { throw ExitStatus.badInput.exitCode }
    if result.packets == 0 {
      throw CommandFailure.badInput(
        "\(command.captures.joined(separator: ", ")): holds no IP packets (\(result.frames) frames)"
      )
    }
    try decideExit(findings)
  }

  private func prepare() {
    replay.onStart = { [unowned self] in
      guard command.passedFile != nil || command.logFile != nil || !command.interfaceFiles.isEmpty,
        let mode = replay.modes.first
      else { return }
      taps = try mode.openTaps(
        interfaces: command.interfaceFiles.map { ($0.name, $0.value) },
        passed: command.passedFile, log: command.logFile)
    }
    guard command.output.verbose > 0, format == .text || format == .ndjson else { return }
    replay.onPacket = { [unowned self] mode, event in
      guard failure == nil else { return }
      do throws(CommandFailure) {
        try write(event, of: mode)
      } catch {
        failure = error
      }
    }
  }

  private func write(_ event: PacketEvent, of mode: ModeReplay) throws(CommandFailure) {
    if format == .ndjson {
      let members: [JSONValue.Member] = [
        .init("event", "packet"), .init("mode", .string(mode.setup.mode.rawValue)),
      ]
      try answer.writeLine(JSONValue.object(members + event.json).text())
    } else {
      let prefix = replay.modes.count > 1 ? "[\(mode.setup.mode.rawValue)] " : ""
      try answer.write(prefix + event.text)
    }
  }

  /// Reads to the end, to the first damage, or to Ctrl-C.
  /// - Returns: Whether Ctrl-C ended it.
  private func readAll() throws -> Bool {
    var progress = Progress(on: command.output.terminal)
    defer { progress.finish() }
    var count = 0
    while failure == nil {
      do {
        guard let (frame, capture) = try recording.next() else { return false }
        try replay.feed(frame, type: recording.linkType(of: capture))
      } catch let error as CaptureError where error.kind == .badData && error.packet != nil {
        if interrupt.isRequested { return true }
        damage.append(error)
        if !command.keepGoing { return false }
      }
      count += 1
      guard count & 1023 == 0 else { continue }
      if interrupt.isRequested { return true }
      let share = recording.progress.map { " (\(Int($0 * 100)) %)" } ?? ""
      progress.update("\(count) packets\(share)")
    }
    return false
  }

  // MARK: The answer

  /// Adds the counters that `--counters` asks for.
  private func withCounters(_ result: ReplayResult) throws(CommandFailure) -> ReplayResult {
    guard command.counters else { return result }
    guard replay.modes.allSatisfy({ $0.host.configuration.snapshot != nil }) else {
      throw .usage("--counters needs a snapshot of a Mac (--host)")
    }
    var result = result
    for (index, mode) in replay.modes.enumerated() {
      result.modes[index].counters = mode.host.counterComparisons
    }
    return result
  }

  private func report(_ result: ReplayResult) throws(CommandFailure) {
    let advice = try command.advice.advice(on: replay.modes.map(\.setup), result)
    let member = advice.map { [JSONValue.Member("advice", $0.json)] } ?? []
    switch format {
    case .json: try answer.writeLine(result.json.adding(member).text(indented: true))
    case .csv: try answer.write(result.csv)
    case .ndjson:
      try writeEvents(result)
      let event = JSONValue.object([.init("event", "advice")])
      if !member.isEmpty { try answer.writeLine(event.adding(member).text()) }
    case .html: try answer.write(result.html(title: title))
    case .junit: try answer.write(result.junit)
    case .lcov: try answer.write(lcov)
    case .sarif: try answer.writeLine(FindingsReport(result.findings).sarif.text(indented: true))
    case .github: try answer.write(FindingsReport(result.findings).github)
    default:
      try answer.write(text(result))
      if let advice { try answer.write("\n" + advice.text) }
    }
    try answer.finish()
  }

  private func writeEvents(_ result: ReplayResult) throws(CommandFailure) {
    let head = ReportDocument.make(
      assumptions: result.assumptions,
      [.init("event", "recording"), .init("recording", result.recordingJSON)])
    try answer.writeLine(head.text())
    for mode in result.modes {
      let name = JSONValue.Member("mode", .string(mode.mode.rawValue))
      for flow in mode.flows {
        try answer.writeLine(Self.event("flow", name, flow.json))
      }
      for finding in mode.findings {
        try answer.writeLine(Self.event("finding", name, finding.json))
      }
      try answer.writeLine(
        JSONValue.object([.init("event", "summary")] + mode.head).text())
    }
  }

  private static func event(
    _ kind: String, _ mode: JSONValue.Member, _ body: JSONValue
  ) -> String {
    guard case .object(let members) = body else { return "" }
    return JSONValue.object([.init("event", .string(kind)), mode] + members).text()
  }

  private var lcov: String {
    var coverage = RuleCoverage()
    for mode in replay.modes {
      coverage.add(mode.host.filter) { FileManager.default.fileExists(atPath: $0) }
    }
    return coverage.lcov
  }

  private var title: String {
    let captures = command.captures.map { $0 == "-" ? "standard input" : $0 }
    let rules = command.deployment.rules.rules ?? "macOS's stock /etc/pf.conf"
    return "\(captures.joined(separator: ", ")), rules: \(rules)"
  }

  private func text(_ result: ReplayResult) -> String {
    let terminal = command.output.terminal
    return ReplayText(
      result, title: title, isVerbose: command.output.verbose > 0,
      style: { text, style in terminal.styled(text, Self.terminalStyle(style)) }
    ).text
  }

  private static func terminalStyle(_ style: ReplayText.Style) -> Terminal.Style {
    switch style {
    case .heading: .bold
    case .good: .green
    case .bad: .red
    case .doubtful: .yellow
    case .minor: .dim
    }
  }

  private func decideExit(_ result: ReplayResult) throws {
    let isBroken = result.modes.contains { mode in
      mode.totals.blocked.packets > 0 || mode.flows.contains { $0.outcome.isBroken }
    }
    if command.output.exitCode && isBroken
      || FindingsReport(result.findings).fails(at: command.output.failOn.severity)
    {
      throw ExitStatus.negative.exitCode
    }
  }
}

extension CaptureError {
  /// The error with its exit code.
  var failure: CommandFailure {
    switch kind {
    case .cannotOpen: .noInput(description)
    case .badData: .badInput(description)
    case .cannotWrite: .cannotWrite(description)
    }
  }
}

extension DeploymentError {
  /// The error with its exit code.
  var failure: CommandFailure {
    .badInput(message)
  }
}
