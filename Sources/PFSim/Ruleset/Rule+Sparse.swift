/// The members of a rule that most rules leave in their usual form.
extension Rule {
  /// The label after replacing `$if` and its like; empty for none.
  public var label: String {
    get { marks.value.label }
    set { if marks.value.label != newValue { marks.value.label = newValue } }
  }

  /// The tag that a match sets; empty for none.
  public var tag: String {
    get { marks.value.tag }
    set { if marks.value.tag != newValue { marks.value.tag = newValue } }
  }

  /// The tag that a packet must carry; empty for none.
  public var tagged: String {
    get { marks.value.tagged }
    set { if marks.value.tagged != newValue { marks.value.tagged = newValue } }
  }

  /// Whether the packet must not carry ``tagged``.
  public var taggedNegated: Bool {
    get { marks.value.taggedNegated }
    set { if marks.value.taggedNegated != newValue { marks.value.taggedNegated = newValue } }
  }

  /// The ruleset that an anchor rule calls; nil for ordinary rules.
  public var anchorCall: AnchorCall? {
    get { extras.value.anchorCall }
    set { if extras.value.anchorCall != newValue { extras.value.anchorCall = newValue } }
  }

  /// The operating system fingerprint asked for, as written; nil for none.
  public var fingerprint: String? {
    get { extras.value.fingerprint }
    set { if extras.value.fingerprint != newValue { extras.value.fingerprint = newValue } }
  }

  /// The socket owner asked for.
  public var user: IDMatch? {
    get { extras.value.user }
    set { if extras.value.user != newValue { extras.value.user = newValue } }
  }

  /// The socket's group asked for.
  public var group: IDMatch? {
    get { extras.value.group }
    set { if extras.value.group != newValue { extras.value.group = newValue } }
  }

  /// The match probability as the kernel's 32-bit fraction, 0 for no test.
  public var probability: UInt32 {
    get { extras.value.probability }
    set { if extras.value.probability != newValue { extras.value.probability = newValue } }
  }

  /// The routing table (on macOS an interface scope), nil for none.
  public var rtable: Int32? {
    get { extras.value.rtable }
    set { if extras.value.rtable != newValue { extras.value.rtable = newValue } }
  }

  /// The ALTQ queue names; parsed, printed and otherwise ignored.
  public var queue: String {
    get { extras.value.queue }
    set { if extras.value.queue != newValue { extras.value.queue = newValue } }
  }

  /// The ALTQ priority queue name; parsed, printed and otherwise ignored.
  public var priorityQueue: String {
    get { extras.value.priorityQueue }
    set { if extras.value.priorityQueue != newValue { extras.value.priorityQueue = newValue } }
  }

  /// Route-to and its relatives.
  public var routing: Routing? {
    get { extras.value.routing }
    set { if extras.value.routing != newValue { extras.value.routing = newValue } }
  }

  /// Dummynet: the pipe or queue.
  public var dummynet: DummynetTarget? {
    get { extras.value.dummynet }
    set { if extras.value.dummynet != newValue { extras.value.dummynet = newValue } }
  }

  /// The owner given by who inserted the rule (`[ Owner : … ]`), empty for none.
  public var owner: String {
    get { extras.value.owner }
    set { if extras.value.owner != newValue { extras.value.owner = newValue } }
  }

  /// The priority given by who inserted the rule; rules of a file have 0.
  public var priority: UInt32 {
    get { extras.value.priority }
    set { if extras.value.priority != newValue { extras.value.priority = newValue } }
  }

  /// State options; they mean something only where ``state`` keeps some.
  public var stateOptions: StateOptions {
    get { limits.value }
    set { limits.value = newValue }
  }

  /// Translation: the addresses and ports put into packets; nil where none was written.
  public var pool: AddressPool? {
    get { translation.value.pool }
    set { translation.value.pool = newValue }
  }
}

extension StateOptions: Sparing {
  static let usual = StateOptions()
}
