extension Host {
  /// Takes a frame that the bridge hands to a VM, whoever sent it: what Softnet sees of it.
  /// - Parameters:
  ///   - link: The Ethernet header; without a destination the frame is for the VM.
  ///   - vm: The VM's index in ``machines``.
  public func frameToVM(
    _ packet: PacketBuffer, link: LinkHeader, vm: Int
  ) -> Disposition {
    if recordsPath { path.removeAll(keepingCapacity: true) }
    guard machines.indices.contains(vm), machines[vm].isRunning else {
      return .dropped(.bridge, .absent)
    }
    var link = link
    if link.destination == nil { link.destination = machines[vm].mac }
    var disposition = Disposition()
    hand(packet, link, to: vm, .deliveredToVM, &disposition)
    return disposition
  }
}
