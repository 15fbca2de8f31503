extension PacketFilter {
  /// Finds the translation of a packet without a state (kernel: `pf_get_translation_aux()`).
  func findTranslation<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> Translation {
    expectState(&run.packet)
    var translation = Translation(run.packet)
    var rule: Int32
    if run.packet.isOut {
      rule = program.walkTranslation(.binat, &run.packet, &observer)
      // KERNEL: pf_get_translation_aux() tries redirections on outgoing packets too.
      if rule < 0 { rule = program.walkTranslation(.rdr, &run.packet, &observer) }
      if rule < 0 { rule = program.walkTranslation(.nat, &run.packet, &observer) }
    } else {
      rule = program.walkTranslation(.rdr, &run.packet, &observer)
      if rule < 0 { rule = program.walkTranslation(.binat, &run.packet, &observer) }
    }
    guard rule >= 0 else { return translation }
    run.packet.translatedSource = run.packet.source
    run.packet.translatedDestination = run.packet.destination
    let body = program.body(rule)
    let works: Bool
    switch body.pointee.action {
    case .nat:
      var address = run.packet.source
      works = selectPort(&run.packet, rule, &translation, &address)
      run.packet.translatedSource = address
    case .binat: works = mapOneToOne(&run, rule)
    case .rdr where run.packet.isOut: works = mapRedirectedSource(&run, rule, &translation)
    case .rdr: works = redirect(&run, rule, &translation)
    case .nat64 where !run.packet.isOut:
      // DIFFERS: nat64
      run.undetermined = .notModelled
      works = false
    default: works = false
    }
    guard works else { return translation }
    translation.rule = rule
    translation.action = body.pointee.action
    return translation
  }

  /// The bits of a pool address under its mask, of another address elsewhere
  /// (kernel: `pf_poolmask()`).
  @inline(__always)
  static func mask(_ pool: AddressOperand, _ host: AddressBits) -> AddressBits {
    (pool.bits & pool.mask) | (host & ~pool.mask)
  }

  /// The address and mask of an operand: a network's own, an interface's first, or a range's ends;
  /// nil for an interface without addresses.
  private func network(
    _ kind: AddressKind, _ operand: AddressOperand, isIPv6: Bool
  ) -> AddressOperand? {
    // KERNEL: pf_get_translation_aux() takes a range's last address for a mask.
    if kind == .range { return operand.rangeEnds }
    guard kind == .dynamic else { return operand }
    let dynamic = program.dynamics.records.base[operand.index]
    return dynamic.count(isIPv6) < 1 ? nil : dynamic.first(isIPv6)
  }

  private func mapOneToOne(_ run: inout HookRun, _ rule: Int32) -> Bool {
    let body = program.body(rule)
    let isIPv6 = run.packet.isIPv6
    if run.packet.isOut {
      guard body.pointee.pool >= 0 else { return false }
      let pool = program.pools.base[Int(body.pointee.pool)]
      let element = program.elements.base[Int(pool.current)]
      guard let network = network(element.kind, element.operand, isIPv6: isIPv6) else {
        return false
      }
      run.packet.translatedSource = Self.mask(network, run.packet.source)
    } else {
      guard
        let network = network(body.pointee.sourceKind, body.pointee.source, isIPv6: isIPv6)
      else { return false }
      run.packet.translatedDestination = Self.mask(network, run.packet.destination)
    }
    return true
  }

  /// Gives the packets that a redirection's target sends the redirected address and port.
  private func mapRedirectedSource(
    _ run: inout HookRun, _ rule: Int32, _ translation: inout Translation
  ) -> Bool {
    let body = program.body(rule)
    guard
      let network = network(
        body.pointee.destinationKind, body.pointee.destination, isIPv6: run.packet.isIPv6)
    else { return false }
    // KERNEL: pf_get_translation_aux() takes the host bits from the packet's destination.
    run.packet.translatedSource = Self.mask(network, run.packet.destination)
    if body.pointee.destinationPort != 0 { translation.port = UInt32(body.pointee.destinationPort) }
    return true
  }

  private func redirect(
    _ run: inout HookRun, _ rule: Int32, _ translation: inout Translation
  ) -> Bool {
    let body = program.body(rule)
    guard body.pointee.pool >= 0 else { return false }
    var initial = AddressBits.zero
    guard
      selectAddress(
        rule, key: run.packet.source, isIPv6: run.packet.isIPv6,
        &run.packet.translatedDestination, &initial, usesInitial: false, &translation.sourceNode)
    else { return false }
    let pool = program.pools.base[Int(body.pointee.pool)]
    if pool.selection == .bitmask {
      let mask = program.elements.base[Int(pool.current)].operand.mask
      run.packet.translatedDestination = Self.mask(
        AddressOperand(bits: run.packet.translatedDestination, mask: mask),
        run.packet.destination)
    }
    redirectPort(body, pool, &translation)
    return true
  }

  private func redirectPort(
    _ body: UnsafeMutablePointer<RuleBody>, _ pool: RulePool, _ translation: inout Translation
  ) {
    if pool.lastPort != 0 {
      let width = Int32(pool.lastPort) &- Int32(pool.firstPort) &+ 1
      let port = Int32(truncatingIfNeeded: translation.originalDestinationPort & 0xffff)
      let offset = port &- Int32(body.pointee.destinationPort)
      var new =
        width == 0
        ? UInt32(pool.firstPort)
        : UInt32(bitPattern: offset % width &+ Int32(pool.firstPort))
      if new > 65535 { new &-= 65535 }
      translation.port = new & 0xffff
    } else if pool.firstPort != 0 {
      translation.port = UInt32(pool.firstPort)
    }
  }

  /// Rewrites the packet as its translation says (kernel: part of `pf_test_rule()`).
  func apply(_ translation: Translation, _ run: inout HookRun) {
    run.packet.translationRule = translation.rule
    run.packet.originalSource = run.packet.source
    run.packet.originalDestination = run.packet.destination
    let sourceChanges = run.packet.source != run.packet.translatedSource
    let destinationChanges = run.packet.destination != run.packet.translatedDestination
    let port = UInt16(truncatingIfNeeded: translation.port)
    switch run.packet.proto {
    case .tcp, .udp:
      let isUDP = run.packet.proto == .udp
      // KERNEL: pf_test_rule() rewrites the source, port included, only when the address differs.
      if sourceChanges {
        run.setSource(run.packet.translatedSource, port: port, isUDP: isUDP)
      }
      let redirects = translation.action == .rdr && run.packet.destinationPort != port
      if destinationChanges || redirects {
        // KERNEL: pf_test_rule() gives an rdr's port to the destination of outgoing packets too,
        // and does not treat UDP's missing checksum as such here.
        run.setDestination(
          run.packet.translatedDestination,
          port: redirects ? port : run.packet.destinationPort, isUDP: false)
      }
    case .icmp where !run.packet.isIPv6:
      if sourceChanges {
        run.replaceSource(run.packet.translatedSource)
        run.setICMPIdentifier(run.packet.sourcePort, port)
      }
      if destinationChanges { run.replaceDestination(run.packet.translatedDestination) }
    case .icmpv6 where run.packet.isIPv6:
      if sourceChanges { run.setICMPv6Address(run.packet.translatedSource, isSource: true) }
      if destinationChanges {
        run.setICMPv6Address(run.packet.translatedDestination, isSource: false)
      }
    case .icmp, .icmpv6: break
    default:
      if run.packet.proto == .gre, run.packet.isPPTP, !run.packet.isOut {
        run.transport.put16(6, port)
        run.isChanged = run.isChanged || port != run.packet.destinationPort
      }
      if sourceChanges { run.replaceSource(run.packet.translatedSource) }
      if destinationChanges { run.replaceDestination(run.packet.translatedDestination) }
    }
  }

  /// Takes a translation back before an answer is sent (kernel: part of `pf_test_rule()`).
  func undo(_ translation: Translation, _ run: inout HookRun) {
    let sourcePort = UInt16(truncatingIfNeeded: translation.originalSourcePort)
    let destinationPort = UInt16(truncatingIfNeeded: translation.originalDestinationPort)
    switch run.packet.proto {
    case .tcp, .udp:
      let isUDP = run.packet.proto == .udp
      if run.packet.isOut {
        run.setSource(run.packet.originalSource, port: sourcePort, isUDP: isUDP)
      } else {
        run.setDestination(run.packet.originalDestination, port: destinationPort, isUDP: isUDP)
      }
    case .icmp, .icmpv6:
      // KERNEL: pf_test_rule() leaves ICMP as it is.
      break
    case .gre where run.packet.isOut, .esp where run.packet.isOut:
      // KERNEL: pf_test_rule() overwrites what it saved before it restores it.
      break
    default:
      if run.packet.isOut {
        run.replaceSource(run.packet.originalSource)
      } else {
        if run.packet.isPPTP { run.transport.put16(6, destinationPort) }
        run.replaceDestination(run.packet.originalDestination)
      }
    }
  }
}
