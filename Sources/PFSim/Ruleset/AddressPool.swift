/// The addresses and ports behind `->`, or the next hops of a routing option.
public struct AddressPool: Sendable, Hashable {
  /// One element.
  public struct Element: Sendable, Hashable {
    /// The address.
    public var address: AddressSpec
    /// Routing options: the interface, nil where none was written.
    public var interface: String?

    /// Makes an element.
    public init(address: AddressSpec, interface: String? = nil) {
      self.address = address
      self.interface = interface
    }
  }
  /// The elements in the order written.
  public var elements: [Element] = []
  /// How an address is chosen.
  public var selection = PoolSelection.none
  /// The key of ``PoolSelection/sourceHash``, four words as the kernel stores them (host order values
  /// of memory words), else zero.
  public var hashKey: [UInt32] = []
  /// `sticky-address`.
  public var sticky = false
  /// nat: the lowest port (0 and 0: `static-port`); rdr: the first port, 0 for unchanged.
  public var firstPort: UInt16 = 0
  /// nat: the highest port; rdr: the last port, 0 for a single one.
  public var lastPort: UInt16 = 0
  /// The kernel's port operator (`PF_OP_…`) of the pool; 0 where no port was written.
  public var portOperator: UInt8 = 0
  /// `extfilter` (Apple): how replies are matched for UDP.
  public var externalFilter = EndpointDependence.unset
  /// `extmap` (Apple): how ports are chosen for UDP.
  public var externalMapping = EndpointDependence.unset

  /// An empty pool.
  public init() {}
}
