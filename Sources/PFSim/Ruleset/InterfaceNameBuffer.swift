/// pfctl's buffer for the interface's name of the rule being expanded.
///
/// KERNEL: `expand_rule` copies names into one buffer without clearing it, so that a shorter name
/// keeps the tail of a longer one before it, and the optimiser compares the whole buffer.
struct InterfaceNameBuffer {
  private var bytes: [UInt8] = []

  /// Stores a name, nil for none; a digest of what stands behind its end, 0 for nothing.
  mutating func store(_ name: String?) -> UInt32 {
    guard let name else {
      bytes.removeAll(keepingCapacity: true)
      return 0
    }
    if bytes.isEmpty {
      bytes.append(contentsOf: name.utf8)
      return 0
    }
    let length = name.utf8.count
    if bytes.count <= length { bytes += [UInt8](repeating: 0, count: length + 1 - bytes.count) }
    bytes.replaceSubrange(0..<length, with: name.utf8)
    bytes[length] = 0
    let tail = bytes[(length + 1)...]
    guard tail.contains(where: { $0 != 0 }) else { return 0 }
    // A trailing terminator of the longer name is no part of what is left.
    let end = (tail.lastIndex { $0 != 0 } ?? length) + 1
    return bytes[(length + 1)..<end].reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }
}
