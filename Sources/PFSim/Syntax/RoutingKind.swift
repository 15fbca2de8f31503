/// The kinds of routing option, with the kernel's numbers (`PF_FASTROUTE` …).
public enum RoutingKind: UInt8, Sendable, Hashable {
  /// An ordinary route lookup.
  case fastRoute = 1
  /// Route packets in the rule's direction.
  case routeTo = 2
  /// Route a copy.
  case dupTo = 3
  /// Route the replies.
  case replyTo = 4
}
