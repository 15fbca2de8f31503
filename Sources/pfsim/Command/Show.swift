import ArgumentParser
import PFSim

/// `pfsim show WHAT`: the views of pfctl.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what pfctl -s WHAT prints on a host after its events.",
    discussion: """
      WHAT is rules, nat, queue, states, Sources, info, labels, timeouts, memory, Tables, osfp, \
      Interfaces, Anchors, References, dummynet or all, or the beginning of one of them; \
      timeline tells what the host's events did.
      """)

  @Argument(help: "What to show.")
  var what: String = "all"

  @Option(
    name: .customShort("a"), help: ArgumentHelp("Show an anchor's rules.", valueName: "anchor"))
  var inAnchor: String = ""

  @Option(
    name: .customShort("t"),
    help: ArgumentHelp("Show the addresses of a table.", valueName: "table"))
  var table: String?

  @OptionGroup var deployment: DeploymentOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    _ = try output.format(among: [.text])
    let mode = NetworkMode(deployment.host.modes.first ?? .nat)
    let host = try DeploymentOptions.boot(try deployment.deployment(for: mode, isLookedAt: true))
    let text = try view(of: host)
    let file = try output.open()
    try file.write(text)
    try file.finish()
  }

  private func view(of host: Host) throws(CommandFailure) -> String {
    if what == "timeline" { return Self.timeline(of: host) }
    let views = PfctlViews(host: host, verbosity: output.verbose, anchor: anchorPath)
    do throws(PfctlViewError) {
      if let table { return try views.addresses(ofTable: table) }
      guard let subject = PfctlViews.Subject(prefix: what) else {
        let known = PfctlViews.Subject.allCases.map(\.rawValue).joined(separator: ", ")
        throw PfctlViewError(message: "unknown view '\(what)'; choose one of \(known)")
      }
      return try views.text(subject)
    } catch {
      throw .usage(error.message)
    }
  }

  /// pfctl takes anchors with and without a leading slash.
  private var anchorPath: String {
    String(inAnchor.drop { $0 == "/" })
  }

  private static func timeline(of host: Host) -> String {
    var text = ""
    for report in host.timeline {
      text += "\(report.title)\n"
      for effect in report.effects { text += "  \(effect)\n" }
      for message in report.messages where report.exitCode != 0 { text += "  \(message)\n" }
    }
    return text
  }
}
