extension Options {
  /// The options as statements, one a line, in a fixed order.
  ///
  /// `set block-policy` and `set state-policy` are no part of it, as rules carry their effect.
  var text: String {
    var text = ""
    for timeout in Timeout.allCases {
      if let value = timeouts[timeout] { text += "set timeout \(timeout.name) \(value)\n" }
    }
    for limit in Limit.allCases {
      if let value = limits[limit] { text += "set limit \(limit.name) \(value)\n" }
    }
    if let logInterface {
      text += "set loginterface \(logInterface.isEmpty ? "none" : logInterface)\n"
    }
    if let hostID { text += "set hostid \(hostID)\n" }
    if let debug { text += "set debug \(debug)\n" }
    for interface in skipInterfaces { text += "set skip on \(interface)\n" }
    if let fingerprintsFile { text += "set fingerprints \"\(fingerprintsFile)\"\n" }
    if let optimization { text += "set ruleset-optimization \(optimization)\n" }
    return text
  }
}
