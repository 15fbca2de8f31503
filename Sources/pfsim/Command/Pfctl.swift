import ArgumentParser
import Foundation
import PFSim

/// `pfsim pfctl ARGS…`: pfctl's own command line against a simulated Mac.
struct Pfctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The pfctl command line against a simulated host.",
    discussion: """
      Behaves, prints and exits as macOS's pfctl does. With --session FILE (or PFSIM_SESSION) the \
      Mac is kept in a file, which is made at the first change and can be read and edited; --host \
      FILE says what a new session starts from.

      What happens on a Mac beside pfctl is an event: --event 'vm start nat', 'vm start softnet \
      NAME', 'vm stop', 'tart run vm --net-bridged=en0', 'restart-sharing', 'reboot', 'wait 60s', \
      'send tcp 192.168.64.5:50000 > 1.1.1.1:443 S', or a timeline step of a host file such as \
      'interface-up: {name: utun5, addresses: [10.1.0.2/32->10.1.0.1], routes: [10.0.0.0/8]}'. \
      Events happen before pfctl runs, and say what they did.
      """)

  @Option(
    help: ArgumentHelp("The file that keeps the simulated Mac.", valueName: "file"))
  var session: String?

  @Option(
    help: ArgumentHelp(
      "The host file or snapshot that a new session, or a run without one, starts from.",
      valueName: "file"))
  var host: String?

  @Option(
    name: .customLong("event"),
    help: ArgumentHelp("Something that happens before; repeatable.", valueName: "event"))
  var events: [String] = []

  @Option(
    help: ArgumentHelp("The host's interfaces: 'name=addr/len;…'.", valueName: "list"))
  var interfaces: InterfaceList?

  @Option(
    help: ArgumentHelp("The only host names that resolve: 'name=addr,…;…'.", valueName: "list"))
  var hosts = HostTable()

  @Option(
    help: ArgumentHelp(
      "The services that rules may name, such as /etc/services.", valueName: "file"))
  var services: String?

  @Argument(parsing: .captureForPassthrough, help: "pfctl's own arguments.")
  var arguments: [String] = []

  func run() throws {
    let parsed: PfctlArguments
    do {
      guard !arguments.isEmpty || !events.isEmpty else { throw try refusal(of: ["-h"]) }
      parsed = try PfctlArguments(arguments)
    } catch let refusal as PfctlArguments.Refusal {
      FileHandle.standardError.write(Data(refusal.text.utf8))
      throw ExitCode(1)
    }
    let run = PfctlRun(self, parsed)
    let result = try run.run()
    print(result.output, terminator: "")
    fflush(nil)
    FileHandle.standardError.write(Data(result.error.utf8))
    if result.status != 0 { throw ExitCode(result.status) }
  }

  /// What pfctl says about a command line that it refuses.
  private func refusal(of words: [String]) throws -> PfctlArguments.Refusal {
    do {
      _ = try PfctlArguments(words)
    } catch {
      return error
    }
    throw CommandFailure.usage("pfctl wants arguments")
  }
}
