import Foundation

/// A mode's part of `pfsim replay --json`, as a script would read it.
struct ReplayAnswer {
  /// One flow.
  struct Flow {
    var proto: String
    var source: String
    var destination: String
    var port: Int
    var outcome: String
    var reason: String
    var translated: String?
    var states: Int
    var hooks: [[String: Any]]
    var rule: [String: Any]?

    init(_ json: [String: Any]) {
      proto = json["proto"] as? String ?? ""
      source = json["src"] as? String ?? ""
      destination = json["dst"] as? String ?? ""
      port = json["dport"] as? Int ?? 0
      outcome = json["outcome"] as? String ?? ""
      reason = json["reason"] as? String ?? ""
      translated = json["translatedSrc"] as? String
      states = json["states"] as? Int ?? -1
      hooks = json["hooks"] as? [[String: Any]] ?? []
      rule = json["rule"] as? [String: Any]
    }

    /// What happened at one hook; nil where the flow did not meet it.
    func hook(_ direction: String, _ interface: String) -> [String: Any]? {
      hooks.first {
        $0["direction"] as? String == direction
          && $0["interface"] as? String == interface
      }
    }

    /// Whether the destination is behind the host's uplink and not on its LAN.
    var isInternet4: Bool {
      !destination.contains(":") && !destination.hasPrefix("192.168.")
        && destination != "255.255.255.255"
    }
    var isLAN: Bool { destination.hasPrefix("192.168.1.") && destination != "192.168.1.20" }
    var isSibling4: Bool {
      destination.hasPrefix("192.168.64.") && destination != "192.168.64.1"
    }
  }
  var isEnabled: Bool
  var enabledBy: String?
  var anchors: [String]
  var totals: [String: Any]
  var flows: [Flow]
  var findings: [[String: Any]]

  /// The modes of a document, by name.
  static func modes(_ run: CommandRun) throws -> [String: ReplayAnswer] {
    let modes = try run.json()["modes"] as? [[String: Any]] ?? []
    return Dictionary(
      modes.map { ($0["mode"] as? String ?? "", ReplayAnswer($0)) }, uniquingKeysWith: { $1 })
  }

  private init(_ json: [String: Any]) {
    let filter = json["pf"] as? [String: Any] ?? [:]
    isEnabled = filter["enabled"] as? Bool ?? false
    enabledBy = filter["enabledBy"] as? String
    anchors = filter["anchorsInserted"] as? [String] ?? []
    totals = json["totals"] as? [String: Any] ?? [:]
    flows = (json["flows"] as? [[String: Any]] ?? []).map(Flow.init)
    findings = json["findings"] as? [[String: Any]] ?? []
  }

  /// The messages of the findings of a kind.
  func messages(_ code: String) -> [String] {
    findings.filter { $0["code"] as? String == code }.compactMap { $0["message"] as? String }
  }
}
