import PFSim

/// A host as a YAML file describes it: what it is made of, its VMs, and what happens to it.
struct HostDescription {
  /// The host, its rules, VMs and timeline.
  var deployment = Deployment()
  /// The VMs by name, for the timeline.
  var machines: [VirtualMachine] = []
  /// The texts under `files`, by the names that rules and pfctl commands use.
  var texts: [String: String] = [:]
  /// The errors so far.
  let failures = FailureLog()
  private let files: InputFile
  private let folder: String

  /// The keys of a host file.
  static let keys = [
    "base", "profile", "interfaces", "routes", "hosts", "settings", "vms", "rules", "anchors",
    "load-order", "timeline", "files", "enabled", "seed",
  ]

  /// Reads a host file.
  /// - Throws: ``CommandFailure`` with file, line and column.
  init(file: String, files: InputFile = InputFile()) throws(CommandFailure) {
    let text = try InputFile.text(of: file)
    guard HostSnapshot.isSnapshot(text) else {
      try self.init(text: text, file: file, files: files)
      return
    }
    self.init(folder: Self.folder(of: file), files: files)
    do throws(SnapshotError) {
      deployment.host = try HostSnapshot(parsing: text, file: file).configuration
    } catch {
      throw .badInput(error.description)
    }
    // The Mac's VMs are those of the snapshot; a verb adds the one it asks about.
    finish()
  }

  /// Reads the text of a host file.
  /// - Throws: ``CommandFailure`` with file, line and column.
  init(text: String, file: String, files: InputFile) throws(CommandFailure) {
    let value = try YAMLValue(parsing: text, file: file)
    self.init(folder: Self.folder(of: file), files: files)
    // A scenario is a host file, too: what it sends and expects does not matter here.
    try ScenarioReader.check(value, failures)
    try takeAll(value)
    for step in failures.attempt({ try value.member("timeline")?.items() }) ?? [] {
      let event = failures.attempt { try eventOnly(step) }
      if let event { deployment.timeline.append(event) }
    }
    finish()
    try failures.throwIfAny()
  }

  /// Takes the members of a host file but its timeline, those first that others refer to.
  mutating func takeAll(_ value: YAMLValue) throws(CommandFailure) {
    let hasTimeline = try value.member("timeline") != nil
    defer { deployment.hasTimeline = deployment.hasTimeline || hasTimeline }
    let first = ["base", "files"]
    for key in first + Self.keys.filter({ !first.contains($0) && $0 != "timeline" }) {
      guard let member = try value.member(key) else { continue }
      failures.attempt { try take(key, member) }
    }
  }

  /// An empty description; files are looked up beside the folder.
  init(folder: String, files: InputFile = InputFile()) {
    self.folder = folder
    self.files = files
  }

  /// The folder of a file, with a slash at its end; empty for the working directory.
  static func folder(of file: String) -> String {
    file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
  }

  /// Takes one member of a host file.
  mutating func take(_ key: String, _ value: YAMLValue) throws(CommandFailure) {
    switch key {
    case "base": try takeBase(value)
    case "profile": deployment.host.profile = try profile(value)
    case "interfaces": deployment.host.interfaces = try interfaces(value)
    case "routes":
      deployment.host.routes = []
      for item in try value.items() {
        failures.attempt { deployment.host.routes.append(try route(item)) }
      }
    case "hosts": try hosts(value)
    case "settings": try HostSettingsReader.read(value, into: &deployment.host.settings)
    case "vms":
      for item in try value.items() {
        failures.attempt { machines.append(try machine(item)) }
      }
    case "rules": deployment.rules = try rulesFile(value, anchor: "")
    case "anchors":
      for (name, file) in try value.members() {
        deployment.anchors.append(try rulesFile(file, anchor: try name.string()))
      }
    case "files":
      for (name, file) in try value.members() {
        let isText = file.isScalar
        texts[try name.string()] =
          isText ? try file.string() : try rulesFile(file, anchor: "").text
      }
    case "enabled": deployment.enablesFilter = try value.bool()
    case "seed": deployment.seed = UInt64(try value.integer(in: 0...Int.max))
    case "load-order": deployment.loadOrder = try value.word(Deployment.LoadOrder.self)
    default: break
    }
  }

  /// Starts from another host file.
  private mutating func takeBase(_ value: YAMLValue) throws(CommandFailure) {
    let name = try value.string()
    let base = try HostDescription(file: name.hasPrefix("/") ? name : folder + name, files: files)
    deployment = base.deployment
    machines = base.machines
    texts = base.texts
  }

  /// Without a timeline the VMs start after boot.
  mutating func finish() {
    let texts = texts
    let readFile = deployment.host.readFile
    deployment.host.readFile = { path in
      texts[path].map { .success(Array($0.utf8)) } ?? readFile(path)
    }
    if let text = texts[StockRules.main.name] {
      deployment.host.bootRules = RulesFile(name: StockRules.main.name, text: text)
    }
    if !deployment.hasTimeline { deployment.machines = machines }
  }

  private func profile(_ value: YAMLValue) throws(CommandFailure) -> MacOSProfile {
    let version = try value.string()
    guard let profile = MacOSProfile.all.first(where: { $0.version == version }) else {
      let known = MacOSProfile.all.map(\.version).joined(separator: ", ")
      throw value.failure("expected a macOS version, one of \(known)")
    }
    return profile
  }

  /// A file beside the description, or `{text: …}` with the rules themselves.
  func rulesFile(_ value: YAMLValue, anchor: String) throws(CommandFailure) -> RulesFile {
    if value.isScalar {
      let name = try value.string()
      if let text = texts[name] { return RulesFile(name: name, text: text, anchor: anchor) }
      if let text = StockRules.text(ofFile: name) {
        return RulesFile(name: name, text: text, anchor: anchor)
      }
      let path = name.hasPrefix("/") ? name : folder + name
      let text = String(decoding: try files.bytes(named: path), as: UTF8.self)
      return RulesFile(name: name, text: text, anchor: anchor)
    }
    var file = RulesFile(name: "rules", text: "", anchor: anchor)
    var given: RulesFile?
    try value.read(["file", "text", "name", "anchor"]) { key, item throws(CommandFailure) in
      switch key {
      case "file": given = try rulesFile(item, anchor: anchor)
      case "text": file.text = try item.string()
      case "name": file.name = try item.string()
      default: file.anchor = try item.string()
      }
    }
    if let given { return RulesFile(name: given.name, text: given.text, anchor: file.anchor) }
    return file
  }

  /// The text of a file that a pfctl command names: one under `files`, a stock file, or a file
  /// beside the description; nil where there is none.
  func text(ofFile name: String) -> String? {
    if let text = texts[name] ?? StockRules.text(ofFile: name) { return text }
    let path = name.hasPrefix("/") ? name : folder + name
    guard let bytes = try? files.bytes(named: path) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  func machine(_ value: YAMLValue) throws(CommandFailure) -> VirtualMachine {
    var machine = VirtualMachine(mode: .nat)
    let keys = [
      "name", "mode", "mac", "address", "bridged-to", "program", "softnet-allow",
      "softnet-block", "softnet-expose", "lease",
    ]
    try value.read(keys) { key, item throws(CommandFailure) in
      switch key {
      case "name": machine.name = try item.string()
      case "mode": machine.mode = try mode(item)
      case "mac":
        guard let mac = MACAddress(try item.string()) else {
          throw item.failure("expected an Ethernet address")
        }
        machine.mac = mac
      case "address": machine.address = try item.address()
      case "bridged-to": machine.bridgedTo = try item.string()
      case "program": machine.program = try item.string()
      case "softnet-allow": machine.softnet.allow = try item.string()
      case "softnet-block": machine.softnet.block = try item.string()
      case "softnet-expose": machine.softnet.expose = try item.string()
      default: machine.softnet.assumesLease = try item.string() != "strict"
      }
    }
    return machine
  }

  func mode(_ value: YAMLValue) throws(CommandFailure) -> NetworkMode {
    guard let mode = NetworkMode(name: try value.string()) else {
      throw value.failure("expected nat, softnet, bridged or host")
    }
    return mode
  }
}
