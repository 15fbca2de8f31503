import ArgumentParser
import Foundation
import PFSim

/// `pfsim test SCENARIO…`: scenario files as a test suite.
struct TestVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run scenario files as a test suite.",
    discussion: """
      A scenario describes a host, what happens to it, packets, and what is expected. Folders \
      stand for the .yaml files in them.
      """)

  @Argument(help: "Scenario files and folders.")
  var scenarios: [String] = []

  @Flag(help: "Print the scenarios' names and what they teach; run nothing.")
  var list = false

  @Flag(help: "Print the scenarios as a page of documentation (Markdown); run nothing.")
  var cookbook = false

  @Option(help: ArgumentHelp("Only scenarios whose name holds the text.", valueName: "text"))
  var filter: String?

  @Flag(help: "Rewrite expected blocks of text that differ.")
  var update = false

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp("Write a starter beside a pf.conf.", valueName: "pf.conf"))
  var starter: String?

  @Option(
    help: ArgumentHelp("The folder that files named by scenarios must lie in.", valueName: "dir"))
  var root: String?

  @Flag(help: "Print the JSON schema of scenario files.")
  var schema = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if scenarios.isEmpty, starter == nil, !schema {
      throw ValidationError("name scenario files or folders, or --init PF.CONF")
    }
  }

  func run() throws {
    if schema {
      let file = try output.open()
      try file.write(ScenarioSchema.text)
      return try file.finish()
    }
    if let starter {
      try ScenarioStarter.write(besides: starter)
      if scenarios.isEmpty { return }
    }
    let format = try output.format(among: [.text, .json, .junit, .tap, .github])
    let files = try ScenarioFiles.find(scenarios)
    let read = try read(files)
    let chosen = read.filter { filter.map($0.name.contains) ?? true }
    guard !list else { return try printList(chosen) }
    if cookbook {
      let file = try output.open()
      try file.write(ScenarioCookbook(chosen).text)
      return try file.finish()
    }
    var results = ScenarioSuite.run(chosen, root: root)
    if update {
      for result in results { try ScenarioUpdate.apply(result.result) }
      results = ScenarioSuite.run(try self.read(chosen.map(\.file)), root: root)
    }
    let file = try output.open()
    try file.write(ScenarioReport(results).text(format))
    try file.finish()
    if results.contains(where: { !$0.result.passed }) { throw ExitStatus.negative.exitCode }
  }

  /// Reads all files; the errors of all of them are reported together.
  private func read(_ files: [String]) throws(CommandFailure) -> [Scenario] {
    let failures = FailureLog()
    let scenarios = files.compactMap { file in
      failures.attempt { try ScenarioReader.read(file, files: InputFile(root: root)) }
    }
    try failures.throwIfAny()
    return scenarios
  }

  private func printList(_ scenarios: [Scenario]) throws(CommandFailure) {
    let file = try output.open()
    for scenario in scenarios {
      try file.writeLine(
        scenario.teaches.isEmpty ? scenario.name : "\(scenario.name): \(scenario.teaches)")
    }
    try file.finish()
  }
}

/// Finds scenario files.
enum ScenarioFiles {
  /// The files named, and the `.yaml` and `.yml` files below folders, in order of their names.
  /// - Throws: ``CommandFailure`` with exit code 66 for what is not there.
  static func find(_ paths: [String]) throws(CommandFailure) -> [String] {
    var files: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw .noInput("\(path): No such file or directory")
      }
      guard isFolder.boolValue else {
        files.append(path)
        continue
      }
      let names = (FileManager.default.enumerator(atPath: path)?.allObjects as? [String]) ?? []
      let base = path.hasSuffix("/") ? path : path + "/"
      files += names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        .map { base + $0 }
    }
    return files
  }
}

/// Writes a starter scenario.
enum ScenarioStarter {
  /// Writes `NAME.yaml` beside a file of rules; never over a file that is there.
  /// - Throws: ``CommandFailure`` with exit code 74.
  static func write(besides rules: String) throws(CommandFailure) {
    let path = rules + ".yaml"
    guard !FileManager.default.fileExists(atPath: path) else {
      throw .cannotWrite("\(path): exists already")
    }
    let name = rules.split(separator: "/").last.map(String.init) ?? rules
    let output = try OutputFile(path)
    try output.write(
      """
      name: \(name) keeps VMs working
      teaches: A VM in NAT mode reaches the Internet and the host.
      rules: \(name)
      load-order: before-vm
      vms:
        - name: vm
          mode: nat
          address: 192.168.64.5
      packets:
        - packet: tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM
          expect:
            verdict: pass
            hops: [in bridge100 pass, out en0 pass]
            translated: 192.168.1.20 > 1.1.1.1
        - packet: udp 192.168.64.5:40000 > 192.168.64.1:53 len 30 from VM
          expect: pass
      expect:
        status: enabled
        calls: [scrub-anchor, nat-anchor, rdr-anchor, anchor]

      """)
    try output.finish()
  }
}
