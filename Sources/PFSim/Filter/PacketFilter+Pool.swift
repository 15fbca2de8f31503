extension PacketFilter {
  /// Chooses an address of a rule's pool (kernel: `pf_map_addr()`).
  /// - Parameters:
  ///   - key: The address that sticky and hashed pools go by: the packet's source.
  ///   - result: The chosen address.
  ///   - initial: The first address chosen for the packet; zero at first.
  ///   - usesInitial: Whether the caller keeps an `initial`.
  ///   - node: The source node of a sticky pool, -1 until found.
  /// - Returns: False when the pool has no address.
  func selectAddress(
    _ rule: Int32, key: AddressBits, isIPv6: Bool, _ result: inout AddressBits,
    _ initial: inout AddressBits, usesInitial: Bool, _ node: inout Int32
  ) -> Bool {
    let body = program.body(rule)
    guard body.pointee.pool >= 0 else { return false }
    let pool = program.pools.base + Int(body.pointee.pool)
    let hasFamily = pool.pointee.family != 0
    if node < 0, pool.pointee.isSticky, pool.pointee.selection != .none {
      status.sourceSearches &+= 1
      node = sourceNodes.find(rule: rule, isIPv6: isIPv6, key)
      if node >= 0, !hasFamily { return true }
      if node >= 0, !sourceNodes.node(node).pointee.translated.isZero {
        result = sourceNodes.node(node).pointee.translated
        return true
      }
    }
    if !hasFamily, let succeeds = passWithoutFamily(pool, isIPv6: isIPv6) { return succeeds }
    guard let network = currentNetwork(pool, isIPv6: isIPv6) else { return false }
    switch pool.pointee.selection {
    case .none: result = network.bits
    case .bitmask: result = Self.mask(network, key)
    case .random:
      if usesInitial, initial.isZero {
        drawCounter(pool, network.mask, isIPv6: isIPv6)
        result = Self.mask(network, pool.pointee.counter)
        initial = result
      } else {
        pool.pointee.counter = pool.pointee.counter.successor(isIPv6: isIPv6)
        result = Self.mask(network, pool.pointee.counter)
      }
    case .sourceHash:
      result = Self.mask(network, SourceHash.hash(key, pool.pointee.key, isIPv6: isIPv6))
    case .roundRobin:
      guard takeTurn(pool, network, isIPv6: isIPv6) else { return false }
      result = pool.pointee.counter
      if usesInitial, initial.isZero { initial = result }
      pool.pointee.counter = pool.pointee.counter.successor(isIPv6: isIPv6)
    }
    if node >= 0 { sourceNodes.node(node).pointee.translated = result }
    return true
  }

  /// The address and mask of a pool's current element; nil where nothing can be chosen.
  private func currentNetwork(
    _ pool: UnsafeMutablePointer<RulePool>, isIPv6: Bool
  ) -> AddressOperand? {
    let element = program.elements.base[Int(pool.pointee.current)]
    let isTurn = pool.pointee.selection == .roundRobin
    switch element.kind {
    case .noRoute: return nil
    case .dynamic:
      let dynamic = program.dynamics.records.base[element.operand.index]
      if dynamic.count(isIPv6) < 1, !isTurn { return nil }
      return dynamic.first(isIPv6)
    case .table: return isTurn ? AddressOperand() : nil
    default: return element.operand
    }
  }

  private func drawCounter(
    _ pool: UnsafeMutablePointer<RulePool>, _ mask: AddressBits, isIPv6: Bool
  ) {
    guard isIPv6 else {
      pool.pointee.counter = AddressBits(ipv4: random.next() & 0x7fff_ffff)
      return
    }
    // KERNEL: pf_map_addr() draws words from the last upward until the mask has one all set.
    var words = (0..<4).map { pool.pointee.counter.word($0) }
    for index in stride(from: 3, through: 0, by: -1) {
      if mask.word(index) == .max { break }
      words[index] = random.next()
    }
    pool.pointee.counter = AddressBits(words: words[0], words[1], words[2], words[3])
  }

  /// Moves a round-robin pool's counter to the next address that it may give.
  private func takeTurn(
    _ pool: UnsafeMutablePointer<RulePool>, _ network: AddressOperand, isIPv6: Bool
  ) -> Bool {
    let start = pool.pointee.current
    let element = program.elements.base[Int(start)]
    switch element.kind {
    case .table, .dynamic:
      if takeFromTable(pool, element, isIPv6: isIPv6) { return true }
    default:
      let counter = pool.pointee.counter
      if (counter & network.mask) == (network.bits & network.mask) { return true }
    }
    repeat {
      let next = pool.pointee.current + 1
      pool.pointee.current =
        next < pool.pointee.first + pool.pointee.count ? next : pool.pointee.first
      let element = program.elements.base[Int(pool.pointee.current)]
      switch element.kind {
      case .table, .dynamic:
        pool.pointee.tableIndex = -1
        if takeFromTable(pool, element, isIPv6: isIPv6) { return true }
      default:
        pool.pointee.counter = element.operand.bits
        return true
      }
    } while pool.pointee.current != start
    return false
  }

  /// Whether a choice from the pool of a rule without a family succeeds.
  ///
  /// It leaves the packet's address as it is. Nil for what is chosen as with a family.
  private func passWithoutFamily(
    _ pool: UnsafeMutablePointer<RulePool>, isIPv6: Bool
  ) -> Bool? {
    // KERNEL: pf_rule_setup() gives the pool the rule's family, and pf_map_addr() copies addresses
    // of that family: none here.
    let start = pool.pointee.current
    let element = program.elements.base[Int(start)]
    switch pool.pointee.selection {
    case .none, .random: return element.kind != .noRoute && element.kind != .table
    case .bitmask, .sourceHash:
      // DIFFERS: name-bits
      return nil
    case .roundRobin:
      // An interface is asked with the packet's family at first, then with the pool's.
      if element.kind == .dynamic, takeFromTable(pool, element, isIPv6: isIPv6) { return true }
    }
    repeat {
      let next = pool.pointee.current + 1
      pool.pointee.current =
        next < pool.pointee.first + pool.pointee.count ? next : pool.pointee.first
      switch program.elements.base[Int(pool.pointee.current)].kind {
      case .table, .dynamic: pool.pointee.tableIndex = -1
      default: return true
      }
    } while pool.pointee.current != start
    return false
  }

  /// Continues in the table of a pool's element (kernel: `pfr_pool_get()`).
  private func takeFromTable(
    _ pool: UnsafeMutablePointer<RulePool>, _ element: RulePool.Element, isIPv6: Bool
  ) -> Bool {
    let index = element.operand.index
    let table: PrefixTable
    var record: UnsafeMutablePointer<KernelTable>?
    if element.kind == .table {
      guard let resolved = program.tables.resolve(index) else { return false }
      record = resolved
      table = program.tables.contents[program.tables.records.base.distance(to: resolved)]
    } else {
      table = program.dynamics.tables[index]
    }
    var position = PrefixTable.PoolPosition(
      index: pool.pointee.tableIndex, counter: pool.pointee.counter)
    guard table.next(&position, isIPv6 ? .inet6 : .inet) != nil else {
      record?.pointee.misses &+= 1
      return false
    }
    record?.pointee.matches &+= 1
    pool.pointee.tableIndex = position.index
    pool.pointee.counter = position.counter
    return true
  }
}

extension AddressBits {
  /// The next address (kernel: `PF_AINC`).
  func successor(isIPv6: Bool) -> AddressBits {
    guard isIPv6 else { return AddressBits(ipv4: ipv4 &+ 1) }
    let (low, carries) = low.addingReportingOverflow(1)
    return AddressBits(high: carries ? high &+ 1 : high, low: low)
  }
}
