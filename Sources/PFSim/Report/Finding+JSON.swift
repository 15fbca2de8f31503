extension Finding {
  /// The finding with the contract's keys.
  public var json: JSONValue {
    [
      "code": .string(code), "severity": .string(severity.name), "message": .string(message),
      "cause": .optional(cause.isEmpty ? nil : cause),
      "file": .optional(file), "line": .optional(line), "column": .optional(column),
      "fix": .optional(fix?.text),
      "witness": .optional(witness.isEmpty ? nil : witness),
    ]
  }
}
