import ArgumentParser

/// The command `pfsim`.
@main
struct PFSimCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pfsim",
    abstract: "The laboratory for macOS's packet filter (pf).",
    version: "0.1.0 (pf of xnu-11417.101.15)",
    subcommands: [])
}
