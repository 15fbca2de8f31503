/// The sections of interfaces, routes, settings and leases.
extension SnapshotReader {
  mutating func takeInterfaces(_ section: Section) throws(SnapshotError) {
    for (offset, line) in section.lines.enumerated() {
      do throws(IfconfigText.Failure) {
        try IfconfigText.take(line, &snapshot.interfaces, &snapshot.members)
      } catch {
        throw failure(section.line + offset + 1, error.reason)
      }
    }
  }

  mutating func takeRoutes(_ section: Section) {
    var isIPv6 = false
    for line in section.lines {
      if line.hasPrefix("Internet6:") { isIPv6 = true }
      guard let route = NetstatText.route(line, isIPv6 ? .inet6 : .inet),
        !route.interface.hasPrefix("lo")
      else { continue }
      snapshot.routes.append(route)
    }
  }

  mutating func takeSettings(_ section: Section) {
    for line in section.lines where line.hasPrefix("net.inet.ip.forwarding:") {
      snapshot.isForwarding = line.split(separator: " ").last == "1"
    }
  }

  mutating func takeLeases(_ section: Section) {
    var address: IPAddress?
    for line in section.lines {
      let parts = line.drop { $0 == " " || $0 == "\t" }.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        address = nil
        continue
      }
      if parts[0] == "ip_address" { address = IPAddress(parts[1]) }
      if parts[0] == "hw_address", let address, parts[1].hasPrefix("1,"),
        let mac = MACAddress(String(parts[1].dropFirst(2)))
      {
        snapshot.leases[mac] = address
      }
    }
  }
}
