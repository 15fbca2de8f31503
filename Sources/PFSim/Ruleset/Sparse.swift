/// A value that has a usual form, in which it takes up no memory of its own.
protocol Sparing: Hashable, Sendable {
  /// The usual form.
  static var usual: Self { get }
}

/// Holds a value that most rules leave in its usual form.
///
/// It takes eight bytes, and a copy-on-write buffer where the value is unusual: that keeps large
/// rulesets small. Equal values are stored alike, so that comparing and hashing need no care.
struct Sparse<Value: Sparing>: Hashable, Sendable {
  /// The value where it is unusual; never more than one.
  private var storage: [Value] = []

  /// The value.
  var value: Value {
    @inline(__always)
    _read {
      if storage.isEmpty { yield Value.usual } else { yield storage[0] }
    }
    _modify {
      if storage.isEmpty { storage = [Value.usual] }
      defer { if storage[0] == Value.usual { storage = [] } }
      yield &storage[0]
    }
  }

  /// Whether the value has its usual form.
  var isUsual: Bool { storage.isEmpty }
}
