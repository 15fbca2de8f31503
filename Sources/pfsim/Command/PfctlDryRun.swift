import Foundation
import PFSim

/// `pfctl -n -f FILE`: reads rules and prints them, and touches nothing.
struct PfctlDryRun {
  /// The host's interfaces.
  var interfaces: [Interface] = []
  /// The only host names that resolve.
  var hosts: [String: [IPAddress]] = [:]
  /// The services that rules may name; nil for a built-in list.
  var services: ServiceFile?
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
    options.services = services
    options.macros = arguments.macros.map { (name: $0.name, value: $0.value) }
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
    options.parts = arguments.parts.isEmpty ? .all : arguments.parts
    guard arguments.anchor != nil else { return nil }
    if let refusal = arguments.anchorRefusal { return refusal + "\n" }
    options.parts.formIntersection(.anchor)
    options.anchorPath = arguments.anchorPath.path
    return nil
  }
}
