/// Comparisons that rules make; the operators have the kernel's numbers.
enum Criteria {
  /// Whether a number passes an operator (kernel: `pf_match()`).
  @inline(__always)
  static func match<Number: FixedWidthInteger>(
    _ comparison: UInt8, _ first: Number, _ second: Number, _ value: Number
  ) -> Bool {
    switch comparison {
    case 0: true
    case 1: value > first && value < second
    case 2: value == first
    case 3: value != first
    case 4: value < first
    case 5: value <= first
    case 6: value > first
    case 7: value >= first
    case 8: value < first || value > second
    case 9: value >= first && value <= second
    default: false
    }
  }

  /// Whether a user or group id passes an operator (kernel: `pf_match_uid()`).
  @inline(__always)
  static func matchID(_ comparison: UInt8, _ first: UInt32, _ second: UInt32, _ id: UInt32) -> Bool
  {
    if id == IDMatch.unknown, comparison != 2, comparison != 3 { return false }
    return match(comparison, first, second, id)
  }
}

extension Program {
  /// Whether an address fails a criterion (kernel: `PF_MISMATCHAW`).
  @inline(__always)
  func mismatch(
    _ kind: AddressKind, _ operand: UnsafePointer<AddressOperand>, _ negated: Bool,
    _ address: AddressBits, isIPv6: Bool
  ) -> Bool {
    if kind == .network {
      let bits = operand.pointee.bits
      let mask = operand.pointee.mask
      let differs =
        ((bits.high ^ address.high) & mask.high) | ((bits.low ^ address.low) & mask.low)
      return (differs != 0) != negated
    }
    return mismatchRare(kind, operand.pointee, address, isIPv6: isIPv6) != negated
  }

  @inline(never)
  private func mismatchRare(
    _ kind: AddressKind, _ operand: AddressOperand, _ address: AddressBits, isIPv6: Bool
  ) -> Bool {
    switch kind {
    case .network: return false
    case .range:
      let swapped = address.swappedWords
      return swapped < operand.bits || operand.mask < swapped
    case .table: return !tables.contains(operand.index, address, isIPv6: isIPv6)
    case .dynamic:
      return !dynamics.records.base[operand.index].contains(address, isIPv6: isIPv6)
    case .noRoute, .urpfFailed, .routeLabel:
      // KERNEL: pf_routable() says yes to everything, pf_rtlabel_match() no.
      return true
    }
  }
}
