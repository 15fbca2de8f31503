extension Host {
  /// Time passes: states and leases age.
  func wait(_ seconds: Double, _ report: inout EventReport) {
    advance(to: filter.now + max(0, seconds))
    noteExpiredLeases(&report)
  }

  /// The Mac sleeps: pf keeps rules, states and tokens, and its clock goes on.
  func sleep(_ seconds: Double, _ report: inout EventReport) {
    report.effects.append("pf keeps its rules and tokens; states and leases age meanwhile")
    wait(seconds, &report)
  }

  /// bootpd's answer to a VM: Softnet learns it, and exposed ports move to the address.
  func lease(
    _ name: String, _ address: IPAddress, seconds: Double, _ report: inout EventReport
  ) {
    guard let vm = index(ofVM: name) else { return report.fail("no VM named \(name) runs") }
    let network = networks[machines[vm].network]
    guard network.gateway != nil, network.contains(address.bits, address.family) else {
      return report.fail("\(address) is not of the network that the host leases addresses of")
    }
    machines[vm].address = address
    report.effects.append("\(name) has \(address)")
    guard machines[vm].softnet != nil, let gateway = network.gateway else { return }
    // Softnet counts a lease as over a tenth of a second before the VM does.
    machines[vm].softnet?.lease = Softnet.Lease(
      address: address.bits.ipv4, validUntil: filter.now + max(0, seconds) - 0.1,
      nameServers: [gateway.bits.ipv4])
    report.effects.append("Softnet learns the lease: valid for \(seconds) s less 0.1 s")
    updateExposedPorts(of: vm)
    if machines[vm].description.softnet.expose != nil {
      report.effects.append("exposed ports lead to \(address)")
    }
  }

  private func noteExpiredLeases(_ report: inout EventReport) {
    for machine in machines where machine.isRunning {
      guard let softnet = machine.softnet, let lease = softnet.lease,
        !softnet.leaseIsValid(at: filter.now)
      else { continue }
      report.effects.append(
        "Softnet: the lease of \(machine.description.name) "
          + "(\(IPAddress(ipv4: lease.address))) has run out")
    }
  }
}
