extension Finding {
  /// The finding with the contract's keys.
  public var json: JSONValue {
    [
      "code": .string(code), "severity": .string(severity.name), "message": .string(message),
      "cause": .optional(cause.isEmpty ? nil : cause),
      "file": .optional(file), "line": .optional(line), "column": .optional(column),
      "fix": .optional(fix?.text),
      "edits": .array(fix?.edits.map(\.json) ?? []),
      "notes": .array(notes.map(\.json)),
      "witness": .optional(witness.isEmpty ? nil : witness),
    ]
  }
}

extension Finding.Note {
  /// The note with its place.
  public var json: JSONValue {
    [
      "message": .string(text), "file": .optional(location?.file),
      "line": .optional(location?.line), "column": .optional(location?.column),
    ]
  }
}

extension Finding.Edit {
  /// The edit; `line` is null where the lines go to the end of the file.
  public var json: JSONValue {
    [
      "file": .string(file), "line": .optional(line == Self.endOfFile ? nil : line),
      "removed": .integer(Int64(removed)), "inserted": .array(inserted.map(JSONValue.string)),
      "rank": .integer(Int64(rank)),
    ]
  }
}
