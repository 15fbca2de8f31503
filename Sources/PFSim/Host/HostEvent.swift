/// Something that happens to the host.
public enum HostEvent: Sendable, Hashable {
  /// The Mac starts: everything of before is gone, pf.conf is loaded, pf is off.
  case boot
  /// A VM starts.
  case startVM(VirtualMachine)
  /// A VM stops.
  case stopVM(name: String)
  /// `pfctl [-a ANCHOR] -f FILE`.
  case load(RulesFile)
  /// A program adds rules at the end of a ruleset, as sshuttle does (`DIOCCHANGERULE`): nothing is
  /// replaced, and the rules stand behind the calls that services inserted.
  case append(RulesFile)
  /// `pfctl -e`.
  case enable
  /// `pfctl -E`, by a process.
  case enableWithToken(holder: String)
  /// `pfctl -d`.
  case disable
  /// `pfctl -X TOKEN`.
  case release(token: UInt64)
  /// `pfctl -X` with the newest token of a process.
  case releaseTokens(holder: String)
  /// `pfctl [-a ANCHOR] [-i IF] -F WHAT`.
  case flush(FlushTarget, anchor: String, interface: String? = nil)
  /// `pfctl -t TABLE -T …`, the commands that change a table.
  case table(TableCommand)
  /// `pfctl -k` and `-K`.
  case kill(KillRequest)
  /// `pfctl [-a ANCHOR] -z`.
  case clearCounters(anchor: String)
  /// `pfctl -x LEVEL`.
  case setDebug(DebugLevel)
  /// The sharing service restarts its network.
  case restartSharing
  /// The sharing service is killed.
  case killSharing
  /// An interface comes up with its addresses and routes (a VPN, another network).
  case interfaceUp(Interface, routes: [Route])
  /// An interface goes down; its routes vanish.
  case interfaceDown(name: String)
  /// The default route moves.
  case setDefaultRoute(interface: String, gateway: IPAddress?)
  /// A packet is sent.
  case packet(PacketNotation)
  /// A pfctl command line that does several things.
  case pfctl(PfctlCommandLine)
  /// DHCP gives a VM an address for some seconds.
  case lease(vm: String, address: IPAddress, seconds: Double)
  /// `tart run …`.
  case tart(TartRun)
  /// Another program does what it does to pf.
  case tool(ToolPreset)
  /// The Mac sleeps and wakes, in seconds.
  case sleep(seconds: Double)
  /// Time passes, in seconds.
  case wait(seconds: Double)
  /// pfd sets or the user clears `skip` on an interface.
  case setSkip(interface: String, skip: Bool)
}

/// What `pfctl -F` removes.
public enum FlushTarget: String, Sendable, Hashable, CaseIterable {
  /// Filter and scrub rules.
  case rules
  /// Translation rules.
  case nat
  /// Dummynet rules (Apple).
  case dummynet
  /// States.
  case states
  /// Source nodes.
  case sources = "Sources"
  /// Counters.
  case info
  /// Tables.
  case tables = "Tables"
  /// Fingerprints.
  case osfp
  /// All of them.
  case all
}

/// What an event did.
public struct EventReport: Sendable, Hashable {
  /// The event in a few words, for example `VM "vm" starts (nat)`.
  public var title: String
  /// What changed, a sentence each.
  public var effects: [String] = []
  /// What pfctl prints on standard error; empty for events that are not pfctl's.
  public var messages: [String] = []
  /// What pfctl prints on standard output; empty for most.
  public var output = ""
  /// pfctl's exit status; 0 for other events.
  public var exitCode: Int32 = 0
  /// Whether messages of success are left out (`pfctl -q`).
  public var isQuiet = false
  /// The time, in seconds since the host was made.
  public var time: Double = 0

  /// Makes a report.
  public init(title: String) { self.title = title }

  /// Adds a message of success, which `pfctl -q` leaves out.
  mutating func say(_ message: String) {
    if !isQuiet { messages.append(message) }
  }
}
