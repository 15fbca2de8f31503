/// What became of one recorded packet in one mode.
enum PacketFate: UInt8, Sendable, CaseIterable {
  /// It got where the recording shows it.
  case arrived
  /// pf keeps the fragment, to send it on with the rest.
  case held
  /// pf blocked it.
  case blocked
  /// It left with an address that no answer finds, had no route, or reached somebody else.
  case lost
  /// Its TTL ran out at the host, or it was too large: the host answers itself.
  case answeredByHost
  /// Softnet dropped it.
  case softnet
  /// The bridge's isolation dropped it.
  case isolation
  /// pfsim cannot tell.
  case undetermined
  /// It would not exist: what it answers did not arrive.
  case notHappening
  /// It is none of the host's or its VMs', or nothing that hooks see.
  case ignored
}

/// Why a packet did not arrive.
struct PacketFailure: Sendable {
  /// The frame.
  var packet: Int
  var fate: PacketFate
  /// The path's end.
  var disposition: Disposition
  /// What pfsim's replay itself has to say; none where the disposition says it all.
  var remark = Remark.none
}
