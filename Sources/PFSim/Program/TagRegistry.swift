/// The numbers of tag names.
struct TagRegistry {
  private var numbers: [String: UInt16] = [:]
  private var names: [UInt16: String] = [:]
  private var next: UInt16 = 1

  /// The number of a name, given out at its first appearance; 0 for the empty name or when all
  /// 50,000 are taken.
  mutating func number(_ name: String) -> UInt16 {
    if name.isEmpty { return 0 }
    if let known = numbers[name] { return known }
    guard next <= 50_000 else { return 0 }
    numbers[name] = next
    names[next] = name
    next += 1
    return next - 1
  }

  /// The name of a number; nil for 0 and numbers never given out.
  func name(_ number: UInt16) -> String? { names[number] }
}
