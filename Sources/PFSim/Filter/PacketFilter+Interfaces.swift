extension PacketFilter {
  /// Replaces the host's interfaces; dynamic addresses follow.
  ///
  /// The same as setting ``interfaces``.
  public func setInterfaces(_ interfaces: [Interface]) { self.interfaces = interfaces }

  /// Follows a change of the host's interfaces.
  func interfacesChanged() {
    evaluation.rulesWillChange()
    program.interfaces.attach(interfaces)
    program.dynamics.refresh { index in
      let host = program.interfaces.records.base[Int(index)].hostIndex
      return host < 0 ? nil : interfaces[Int(host)]
    }
  }

  /// Sets or clears `set skip on` for an interface by its exact name.
  public func setSkip(_ skips: Bool, on name: String) {
    // KERNEL: pfi_skip_if() compares whole names.
    guard let index = program.interfaces.find(name) else { return }
    program.interfaces.records.base[Int(index)].isSkipped = skips
  }

  /// Clears `set skip on` of every interface.
  public func clearSkips() {
    for index in 0..<program.interfaces.records.count {
      program.interfaces.records.base[index].isSkipped = false
    }
  }
}
