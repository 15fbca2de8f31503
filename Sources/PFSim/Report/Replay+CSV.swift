extension ReplayResult {
  /// The flows of all modes as a table in CSV (RFC 4180, with line feeds).
  public var csv: String {
    let columns = [
      "mode", "proto", "src", "sport", "dst", "dport", "outcome", "reason", "translatedSrc",
      "translatedSport", "file", "line", "anchor", "rule", "packetsOut", "packetsBack",
    ]
    var text = columns.joined(separator: ",") + "\n"
    for mode in modes {
      for flow in mode.flows {
        let fields = [mode.mode.rawValue] + flow.csvFields
        text += fields.map(Self.quoted).joined(separator: ",") + "\n"
      }
    }
    return text
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
    let doubled = field.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    return "\"\(doubled)\""
  }
}

extension FlowReport {
  fileprivate var csvFields: [String] {
    [
      protocolName, "\(source)", "\(sourcePort)", "\(destination)", "\(destinationPort)",
      outcome.rawValue, reason, translatedSource?.description ?? "",
      translatedSourcePort.map(String.init) ?? "", rule?.location?.file ?? "",
      rule?.location.map { "\($0.line)" } ?? "", rule?.anchor ?? "", rule?.text ?? "",
      "\(packets.question)", "\(packets.answer)",
    ]
  }
}
