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
