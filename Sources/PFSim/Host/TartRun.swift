/// A command line `tart run …` as far as it concerns the network.
public struct TartRun: Sendable, Hashable {
  /// The words behind `tart`.
  public var arguments: [String]
  /// What is known about the VM beside its options: addresses, how its lease is treated.
  public var known: VirtualMachine?

  /// Makes a command line.
  public init(_ arguments: [String], known: VirtualMachine? = nil) {
    self.arguments = arguments
    self.known = known
  }

  /// The VM that Tart would start.
  /// - Throws: ``TartError`` with what Tart prints.
  public func machine() throws(TartError) -> VirtualMachine {
    var options = Options()
    try options.read(arguments)
    guard let name = options.name else {
      throw TartError("Missing expected argument '<name>'")
    }
    // Tart switches Softnet on for each of its options, before it looks for conflicts.
    let usesSoftnet =
      options.softnet || options.allow != nil || options.block != nil || options.expose != nil
    guard [!options.bridged.isEmpty, usesSoftnet, options.host].count(where: { $0 }) < 2 else {
      throw TartError("--net-bridged, --net-softnet and --net-host are mutually exclusive")
    }
    var machine = known ?? VirtualMachine(name: name, mode: .nat)
    machine.name = name
    machine.program = "tart"
    machine.mode =
      usesSoftnet ? .softnet : options.host ? .host : options.bridged.isEmpty ? .nat : .bridged
    machine.bridgedTo = options.bridged.first
    machine.softnet.allow = options.allow
    machine.softnet.block = options.block
    machine.softnet.expose = options.expose
    return machine
  }

  /// The options that were given.
  private struct Options {
    var name: String?
    var bridged: [String] = []
    var softnet = false
    var allow: String?
    var block: String?
    var expose: String?
    var host = false

    mutating func read(_ arguments: [String]) throws(TartError) {
      var words = arguments[...]
      if words.first == "run" { words = words.dropFirst() }
      while let word = words.popFirst() {
        guard word.hasPrefix("-") else {
          guard name == nil else { throw TartError("Unexpected argument '\(word)'") }
          name = word
          continue
        }
        try option(word, &words)
      }
    }

    private mutating func option(
      _ word: String, _ words: inout ArraySlice<String>
    ) throws(TartError) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      switch name {
      case "--net-softnet": softnet = true
      case "--net-host": host = true
      case "--net-bridged": bridged.append(try value(parts, &words))
      case "--net-softnet-allow": allow = try value(parts, &words)
      case "--net-softnet-block": block = try value(parts, &words)
      case "--net-softnet-expose": expose = try value(parts, &words)
      case "--no-graphics", "--no-audio", "--no-clipboard", "--vnc", "--suspendable": break
      default: throw TartError(Self.unknown(name), hint: Self.hint(name))
      }
    }

    private func value(
      _ parts: [Substring], _ words: inout ArraySlice<String>
    ) throws(TartError) -> String {
      if parts.count == 2 { return String(parts[1]) }
      guard let value = words.popFirst() else {
        throw TartError("Missing value for '\(parts[0]) <value>'")
      }
      return value
    }

    private static func unknown(_ name: String) -> String {
      guard name == "--net-bridge" else { return "Unknown option '\(name)'" }
      return "Unknown option '\(name)'. Did you mean '--net-bridged'?"
    }

    private static func hint(_ name: String) -> String? {
      name == "--net-bridge"
        ? "pfsim: the option is --net-bridged=INTERFACE; some articles misspell it" : nil
    }
  }
}

/// What Tart refuses.
public struct TartError: Error, Sendable, Hashable {
  /// What Tart prints behind `Error:`.
  public var message: String
  /// What pfsim adds to it; nil for nothing.
  public var hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

extension Host {
  /// `tart run`: the VM starts as its options say, or Tart refuses with exit code 64.
  func run(_ tart: TartRun, _ report: inout EventReport) {
    do {
      startVM(try tart.machine(), &report)
    } catch {
      report.messages.append("Error: \(error.message)")
      if let hint = error.hint { report.messages.append(hint) }
      report.exitCode = 64
      report.effects.append("Tart refuses; no VM starts")
    }
  }
}
