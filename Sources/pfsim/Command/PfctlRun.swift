import Foundation
import PFSim

/// One run of `pfsim pfctl`: the Mac, the events before, and pfctl itself.
struct PfctlRun {
  private let options: Pfctl
  private let arguments: PfctlArguments
  private let files = ReadFiles()

  init(_ options: Pfctl, _ arguments: PfctlArguments) {
    self.options = options
    self.arguments = arguments
  }

  /// Runs the command line.
  /// - Throws: ``CommandFailure`` for a session or a host file that cannot be read.
  func run() throws(CommandFailure) -> PfctlResult {
    let path =
      options.session
      ?? ProcessInfo.processInfo.environment["PFSIM_SESSION"].flatMap {
        $0.isEmpty ? nil : $0
      }
    guard let path else { return try runAlone() }
    guard options.interfaces == nil, options.hosts.addresses.isEmpty, options.services == nil
    else {
      throw .usage("a session has its interfaces and names in its file (see --host)")
    }
    let session = try PfctlSession(path)
    guard session.isNew || options.host == nil else {
      throw .usage("\(path) has its host already; --host is for a new session")
    }
    let isNew = session.isNew
    let description =
      isNew && options.host != nil
      ? try self.description() : try session.description(InputFile())
    var steps: [String] = []
    let result = try perform(on: description, steps: &steps)
    guard !steps.isEmpty else { return result }
    if isNew { session.begin(from: options.host) }
    try session.add(steps)
    return result
  }

  /// Without a session: a Mac for this run only.
  private func runAlone() throws(CommandFailure) -> PfctlResult {
    var description = try self.description()
    if let list = options.interfaces {
      description.deployment.host.interfaces = list.interfaces
    } else if arguments.isDryRun, options.host == nil {
      description.deployment.host.interfaces = Check.defaultInterfaces
    }
    description.deployment.host.hostNames.merge(options.hosts.addresses) { _, new in new }
    if let file = options.services {
      description.deployment.host.services = ServiceFile(parsing: try InputFile.bytes(of: file))
    }
    var steps: [String] = []
    var result = try perform(on: description, steps: &steps)
    if !arguments.isDryRun {
      result.error =
        "pfsim: a fresh stock Mac; changes are lost without --session FILE or PFSIM_SESSION\n"
        + result.error
    }
    return result
  }

  private func description() throws(CommandFailure) -> HostDescription {
    guard let path = options.host else {
      return try HostDescription(text: "{}\n", file: "host", files: InputFile())
    }
    return try HostDescription(file: path)
  }

  /// Boots the Mac, lets the events happen and runs pfctl.
  private func perform(
    on description: HostDescription, steps: inout [String]
  ) throws(CommandFailure) -> PfctlResult {
    var deployment = description.deployment
    let (files, described) = (files, deployment.host.readFile)
    deployment.host.readFile = { files.contents(of: $0, described) }
    let host = try DeploymentOptions.boot(deployment)
    var result = PfctlResult()
    for text in options.events {
      let report = host.apply(try event(text, description))
      steps.append(text)
      let told = Self.text(of: report)
      if options.arguments.isEmpty { result.output += told } else { result.error += told }
      result.status = max(result.status, report.exitCode)
    }
    guard !options.arguments.isEmpty else { return result }
    if arguments.isDryRun { return dryRun(on: host, result) }
    let (line, failure) = try commandLine(host.configuration.readFile)
    guard let line else {
      result.error += failure
      result.status = 1
      return result
    }
    let answer = PfctlProgram(host: host).run(line)
    if !line.events.isEmpty {
      steps.append(PfctlSession.step(options.arguments, files: files.texts))
    }
    return PfctlResult(
      output: result.output + answer.output, error: result.error + answer.error,
      status: answer.status)
  }

  /// The command line with its files; pfctl's messages where a file cannot be read.
  private func commandLine(
    _ readFile: (String) -> FileContents
  ) throws(CommandFailure) -> (PfctlCommandLine?, failure: String) {
    var failure = ""
    do {
      let line = try PfctlCommandLine(options.arguments) { name in
        switch readFile(name) {
        case .success(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .failure(let reason):
          failure = "pfctl: \(name): \(reason)\n"
          if arguments.tableCommand == nil {
            failure += "pfctl: cannot open the main config file!: \(reason)\n"
          }
          return nil
        }
      }
      return (line, "")
    } catch {
      return (nil, failure.isEmpty ? "pfctl: \(error.message)\n" : failure)
    }
  }

  private func dryRun(on host: PFSim.Host, _ before: PfctlResult) -> PfctlResult {
    var run = PfctlDryRun()
    run.interfaces = host.interfaces.indices.filter { host.isPresent[$0] }.map {
      host.interfaces[$0]
    }
    run.hosts = host.configuration.hostNames
    run.services = host.configuration.services
    let readFile = host.configuration.readFile
    run.standardInput = { if case .success(let bytes) = readFile("-") { bytes } else { [] } }
    run.readFile = readFile
    var result = run.run(arguments)
    if arguments.rulesFile != nil, !arguments.isQuiet {
      result.error = PFSim.Host.loadNotice.map { $0 + "\n" }.joined() + result.error
    }
    return PfctlResult(
      output: before.output + result.output, error: before.error + result.error,
      status: max(before.status, result.status))
  }

  private func event(
    _ text: String, _ description: HostDescription
  ) throws(CommandFailure) -> HostEvent {
    let step = try YAMLValue(parsing: text, file: "--event")
    guard let event = try description.eventOnly(step) else {
      throw step.failure("'\(text)' is no event")
    }
    return event
  }

  private static func text(of report: EventReport) -> String {
    ([report.title] + report.effects.map { "  " + $0 } + report.messages.map { "  " + $0 })
      .map { $0 + "\n" }.joined()
  }
}

/// The files that a run of pfctl reads, with what was read so far.
final class ReadFiles: @unchecked Sendable {
  private let lock = NSLock()
  private var read: [String: String] = [:]

  /// The texts read so far, by name; those of macOS's own files are known anyway.
  var texts: [String: String] {
    lock.withLock { read.filter { StockRules.text(ofFile: $0.key) == nil } }
  }

  /// The contents of a file: one that the Mac is described with, a stock file, or one on disk.
  func contents(of name: String, _ described: (String) -> FileContents) -> FileContents {
    lock.withLock {
      if let text = read[name] { return .success(Array(text.utf8)) }
      let bytes: [UInt8]
      if case .success(let found) = described(name) {
        bytes = found
      } else if let text = StockRules.text(ofFile: name) {
        bytes = Array(text.utf8)
      } else {
        do throws(CommandFailure) {
          bytes = try InputFile.bytes(of: name)
        } catch {
          return .failure(String(error.message.split(separator: ": ").last ?? "unreadable"))
        }
      }
      read[name] = String(decoding: bytes, as: UTF8.self)
      return .success(bytes)
    }
  }
}
