import ArgumentParser
import PFSim

/// `pfsim snapshot`: the script that collects a Mac's state, or a snapshot of a simulated Mac.
struct Snapshot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Collect a real Mac's pf state, or that of a simulated one.",
    discussion: """
      pfsim snapshot --script > snapshot.sh
      sudo sh snapshot.sh > snapshot.txt      (on the Mac)
      pfsim show rules --host snapshot.txt

      The script only looks, and says what it collects. Without --script the simulated Mac that \
      the other options describe is written in the same form. Every verb starts from a snapshot \
      with --host; states are not taken over.
      """)

  @Flag(help: "Print the shell script.")
  var script = false

  @OptionGroup var deployment: DeploymentOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    _ = try output.format(among: [.text])
    let file = try output.open()
    try file.write(script ? SnapshotScript.text : try simulated())
    try file.finish()
  }

  private func simulated() throws(CommandFailure) -> String {
    let mode = NetworkMode(deployment.host.modes.first ?? .nat)
    let host = try DeploymentOptions.boot(try deployment.deployment(for: mode, isLookedAt: true))
    return SnapshotText(host: host).text
  }
}
