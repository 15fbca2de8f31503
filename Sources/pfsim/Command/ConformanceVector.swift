import Foundation

/// One line of a vector file.
struct ConformanceVector: @unchecked Sendable {
  /// The file's name without its folder.
  var fileName: String
  /// The vector's name.
  var name: String
  /// The line's object.
  var object: [String: Any]

  /// Reads a line; nil where it is not an object with a name.
  init?(line: Data, fileName: String) {
    guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
      let name = object["name"] as? String
    else { return nil }
    self.fileName = fileName
    self.name = name
    self.object = object
  }

  /// Whether the vector does not count.
  var isUncertain: Bool { object["uncertain"] != nil }

  /// A string of the object, or empty.
  func text(_ key: String) -> String { object[key] as? String ?? "" }
}

/// The first field in which a vector differs.
struct VectorFailure: Sendable {
  /// The field's name, with a path for nested ones.
  var field: String
  /// What the vector says.
  var expected: String
  /// What came out.
  var got: String
}

/// A kind of vectors and how they are run.
protocol VectorRunner {
  /// Whether a vector is of this kind, by its keys.
  func recognises(_ vector: ConformanceVector) -> Bool

  /// Runs a vector: nil where everything agrees.
  func run(_ vector: ConformanceVector) -> VectorFailure?

  /// Runs a vector and says what a reader should know besides.
  func outcome(of vector: ConformanceVector) -> VectorOutcome
}

extension VectorRunner {
  func outcome(of vector: ConformanceVector) -> VectorOutcome {
    VectorOutcome(failure: run(vector), remark: nil)
  }
}

/// How a vector went.
struct VectorOutcome: Sendable {
  /// The first difference, nil where everything agrees.
  var failure: VectorFailure?
  /// What had to be assumed to compare the vector, nil for nothing.
  var remark: String?
}
