import ArgumentParser
import Foundation
import PFSim

/// `pfsim pfctl ARGS…`: pfctl's own command line, for rules that are only read (`-n`).
struct Pfctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The pfctl command line against a simulated host.",
    discussion: "So far the forms with -n: rules are read and printed as macOS's pfctl does.")

  @Option(
    help: ArgumentHelp("The host's interfaces: 'name=addr/len;…'.", valueName: "list"))
  var interfaces: InterfaceList?

  @Option(
    help: ArgumentHelp("The only host names that resolve: 'name=addr,…;…'.", valueName: "list"))
  var hosts = HostTable()

  @Argument(parsing: .captureForPassthrough, help: "pfctl's own arguments.")
  var arguments: [String] = []

  func run() throws {
    let parsed: PfctlArguments
    do {
      parsed = try PfctlArguments(arguments)
    } catch {
      FileHandle.standardError.write(Data(error.text.utf8))
      throw ExitCode(1)
    }
    guard parsed.isDryRun, parsed.rulesFile != nil else {
      throw CommandFailure.usage("only pfctl -n -f FILE is simulated so far")
    }
    var run = PfctlDryRun()
    run.interfaces = interfaces?.interfaces ?? Check.defaultInterfaces
    run.hosts = hosts.addresses
    run.standardInput = { (try? InputFile.bytes(of: "-")) ?? [] }
    run.readFile = { RuleFiles.contents($0, InputFile()) }
    let result = run.run(parsed)
    print(result.output, terminator: "")
    FileHandle.standardError.write(Data(result.error.utf8))
    if result.status != 0 { throw ExitCode(result.status) }
  }
}
