import Foundation
import PFSim

/// What a run of pfctl gave.
struct PfctlResult: Equatable {
  /// Standard output.
  var output = ""
  /// Standard error.
  var error = ""
  /// The exit status.
  var status: Int32 = 0
}

/// `pfctl -n -f FILE`: reads rules and prints them, and touches nothing.
struct PfctlDryRun {
  /// The host's interfaces.
  var interfaces: [Interface] = []
  /// The only host names that resolve.
  var hosts: [String: [IPAddress]] = [:]
  /// Standard input, for `-f -`.
  var standardInput: @Sendable () -> [UInt8] = { [] }
  /// The contents of other files.
  var readFile: @Sendable (String) -> FileContents = { _ in .failure("No such file or directory") }
  /// The id of a user.
  var userID: @Sendable (String) -> UInt32? = { AccountNames.user($0) }
  /// The id of a group.
  var groupID: @Sendable (String) -> UInt32? = { AccountNames.group($0) }

  /// Runs a command line that has `-n` and `-f`.
  func run(_ arguments: PfctlArguments) -> PfctlResult {
    var result = PfctlResult()
    for warning in arguments.warnings { result.error += warning + "\n" }
    var options = ParseOptions(interfaces: interfaces)
    if let refusal = setAnchor(arguments, &options) {
      result.error += refusal
      result.status = 1
      return result
    }
    options.hosts = hosts
    options.macros = arguments.macros
    options.optimization = arguments.optimization
    options.verbosity = min(arguments.verbosity, 2)
    options.readFile = readFile
    options.userID = userID
    options.groupID = groupID
    guard let file = arguments.rulesFile else { return result }
    let text: [UInt8]
    switch file == "-" ? .success(standardInput()) : readFile(file) {
    case .success(let bytes): text = bytes
    case .failure(let reason):
      result.error += "pfctl: \(file): \(reason)\n"
      result.error += "pfctl: cannot open the main config file!: \(reason)\n"
      result.status = 1
      return result
    }
    let parsed = parseRuleset(text, file: file == "-" ? "stdin" : file, options: options)
    result.output += parsed.standardOutput
    result.error += parsed.standardError
    result.status = parsed.hasErrors ? 1 : 0
    return result
  }

  /// Sets the anchor and the parts; the refusal where the anchor's name is not allowed.
  private func setAnchor(_ arguments: PfctlArguments, _ options: inout ParseOptions) -> String? {
    options.parts = arguments.parts
    guard var anchor = arguments.anchor else {
      if options.parts.isEmpty { options.parts = .all }
      return nil
    }
    if anchor.isEmpty { return "pfctl: anchor name must not be empty\n" }
    if anchor.hasSuffix("*") { anchor.removeLast() }
    if anchor.hasSuffix("/"), arguments.anchor?.hasSuffix("*") == true { anchor.removeLast() }
    if anchor.utf8.count > 1023 { return "pfctl: anchor name '\(anchor)' too long\n" }
    if anchor.hasPrefix("_") || anchor.contains("/_") {
      return
        "pfctl: anchor names beginning with '_' cannot be modified from the command line\n"
    }
    if options.parts.isEmpty { options.parts = .all }
    options.parts.formIntersection(.anchor)
    options.anchorPath = anchor
    return nil
  }
}
