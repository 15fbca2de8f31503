import Foundation

/// Compares the object of a vector with what came out, field by field.
struct FieldComparison {
  /// The paths of fields that differ between random seeds, as in `states[0].gwy_port`.
  var skipped: Set<String>

  /// The first field that differs, or nil.
  func compare(_ expected: Any, _ got: Any?, _ path: String) -> VectorFailure? {
    if skipped.contains(path) { return nil }
    if let expected = expected as? [String: Any], let got = got as? [String: Any] {
      return compareObjects(expected, got, path)
    }
    if let expected = expected as? [Any], let got = got as? [Any] {
      return compareLists(expected, got, path)
    }
    let (left, right) = (Self.text(expected), Self.text(got))
    return left == right ? nil : VectorFailure(field: path, expected: left, got: right)
  }

  private func compareObjects(
    _ expected: [String: Any], _ got: [String: Any], _ path: String
  ) -> VectorFailure? {
    // The plain decisions first: they tell more than what follows from them.
    let first = ["verdict", "rule", "reason", "state"]
    let keys = first.filter { expected[$0] != nil || got[$0] != nil }
    let others = Set(expected.keys).union(got.keys).subtracting(first).sorted()
    for key in keys + others {
      let inner = path.isEmpty ? key : "\(path).\(key)"
      if skipped.contains(inner) { continue }
      guard let value = expected[key] else {
        if got[key] is NSNull { continue }
        return VectorFailure(field: inner, expected: "(absent)", got: Self.text(got[key]))
      }
      if let failure = compare(value, got[key], inner) { return failure }
    }
    return nil
  }

  private func compareLists(_ expected: [Any], _ got: [Any], _ path: String) -> VectorFailure? {
    for (index, pair) in zip(expected, got).enumerated() {
      if let failure = compare(pair.0, pair.1, "\(path)[\(index)]") { return failure }
    }
    guard expected.count != got.count else { return nil }
    return VectorFailure(field: path, expected: Self.text(expected), got: Self.text(got))
  }

  private static func text(_ value: Any?) -> String {
    switch value {
    case nil, is NSNull: "null"
    case let text as String: text
    // JSON's numbers bridge to flags, so what is a number goes first.
    case let number as NSNumber: number.stringValue
    case let flag as Bool: flag ? "1" : "0"
    case let list as [Any]: "[" + list.map { Self.text($0) }.joined(separator: ", ") + "]"
    case let object as [String: Any]:
      "{"
        + object.sorted { $0.key < $1.key }.map { "\($0.key): \(Self.text($0.value))" }
        .joined(separator: ", ") + "}"
    default: "\(value ?? "null")"
    }
  }
}
