/// What every JSON document of the command holds beside its own keys.
public enum ReportDocument {
  /// The version of the documents' form.
  public static let schema = "1"
  /// The version of pfsim.
  public static let version = "0.1.0"
  /// The kernel whose pf is modelled.
  public static let kernel = "xnu-11417.101.15"

  /// A document with the common keys in front of its own.
  public static func make(
    assumptions: [Assumption], _ members: [JSONValue.Member]
  ) -> JSONValue {
    .object(
      [
        .init("schema", .string(schema)), .init("pfsim", .string(version)),
        .init("kernel", .string(kernel)),
        .init(
          "assumptions",
          .array(
            assumptions.map { ["code": .string($0.code), "text": .string($0.text)] })),
      ] + members)
  }
}
