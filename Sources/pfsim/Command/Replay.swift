import ArgumentParser
import PFSim

/// `pfsim replay CAPTURE…`: what pf would do with recorded traffic.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Drive captures of VM traffic through a simulated Mac and report what pf does.",
    discussion: """
      pfsim replay traffic.pcap --rules pf.conf --modes nat,softnet,bridged

      Captures may come from the VM's side or from the host's uplink (detected from the \
      addresses); - is standard input; several are merged by time. Without --rules macOS's stock \
      pf.conf is in force.
      """)

  @Argument(help: ArgumentHelp("The captures, pcap or pcapng; - is standard input."))
  var captures: [String]

  @OptionGroup var deployment: DeploymentOptions

  @Option(help: ArgumentHelp("Where the capture was taken.", valueName: "vm|uplink"))
  var vantage: Vantage?

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "An address of the capture stands for another; repeatable.", valueName: "a=b"))
  var maps: [String] = []

  @Option(
    help: ArgumentHelp(
      "Whether Softnet's VMs are taken to have a lease when the capture begins after DHCP."))
  var lease = LeaseChoice.assume

  @Flag(help: "Report what is readable of a damaged capture and exit 0.")
  var keepGoing = false

  @Option(
    name: .customShort("w"),
    help: ArgumentHelp(
      "Write the packets that pass, as they leave; - is standard output.", valueName: "file"))
  var passedFile: String?

  @Option(
    name: .customLong("capture"),
    help: ArgumentHelp(
      "Write what a capture on an interface would hold; repeatable.", valueName: "if=file"))
  var interfaceFiles: [NamedValue] = []

  @Option(
    name: .customLong("pflog"),
    help: ArgumentHelp("Write the packets that pf logs, as pflog0 shows them.", valueName: "file"))
  var logFile: String?

  @Option(
    name: .customLong("coverage"),
    help: ArgumentHelp(
      "Write which lines of the rules decided packets, in LCOV's form.", valueName: "file"))
  var coverageFile: String?

  @Flag(help: "Replay again whenever a file of rules, the host's description or a capture changes.")
  var watch = false

  @Flag(
    help: "Compare the counters of a snapshot's rules (--host) with the simulated ones.")
  var counters = false

  @OptionGroup var advice: AdviceOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let format = try output.format(
      among: [.text, .json, .ndjson, .csv, .html, .junit, .lcov, .sarif, .github])
    if watch {
      try ReplayWatch(self, format: format).run()
    } else {
      try ReplaySession(self, format: format, interrupt: Interrupt(), log: FileLog(inputs)).run()
    }
  }

  /// The files that the command line names.
  var inputs: [String] {
    let named = [deployment.rules.rules, deployment.host.host].compactMap { $0 }
    return (named + deployment.rules.anchors.map(\.value) + captures).filter { $0 != "-" }
  }

  func validate() throws {
    let writes = passedFile != nil || !interfaceFiles.isEmpty || logFile != nil
    if writes, deployment.host.modes.count > 1 {
      throw ValidationError("-w, --capture and --pflog need a single mode (--mode)")
    }
    if captures.count(where: { $0 == "-" }) > 1
      || captures.contains("-")
        && deployment.rules.rules == "-"
    {
      throw ValidationError("standard input can be read once only")
    }
    if watch, captures.contains("-") || deployment.rules.rules == "-" {
      throw ValidationError("--watch needs files: standard input can be read once only")
    }
    var map = AddressMap()
    for pair in maps where !map.add(pair) {
      throw ValidationError("--map \(pair): expected two addresses of one family as A=B")
    }
    if passedFile == "-", output.output == nil, output.chosenFormat != .text {
      throw ValidationError("-w - and the answer both want standard output; use -o")
    }
  }

  /// What the replay is told.
  /// - Parameter log: Takes the files that rules name.
  func options(log: FileLog) throws(CommandFailure) -> PFSim.Replay.Options {
    var modes: [ModeSetup] = []
    for name in advice.modes(deployment.host) {
      let mode = NetworkMode(name)
      var softnet = deployment.softnet
      softnet.assumesLease = lease == .assume
      var described = try deployment.deployment(for: mode)
      softnet = advice.softnetOptions(softnet, on: described.host)
      for index in described.machines.indices {
        let given = described.machines[index].softnet
        described.machines[index].softnet = advice.softnetOptions(given, on: described.host)
        described.machines[index].softnet.assumesLease = softnet.assumesLease
      }
      let read = described.host.readFile
      described.host.readFile = { path in
        log.add(path)
        return read(path)
      }
      modes.append(ModeSetup(mode, deployment: described, softnet: softnet))
    }
    var options = PFSim.Replay.Options(modes: modes)
    options.vantage = vantage
    for pair in maps { _ = options.map.add(pair) }
    options.recordsEvents = output.verbose > 0
    return options
  }
}

/// Whether Softnet's VMs are taken to have a lease.
enum LeaseChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// A valid lease, unless the capture shows another.
  case assume
  /// Only what the capture shows.
  case strict
}

extension Vantage: ExpressibleByArgument {}
