import PFSim

/// The JSON schema of scenario files, made from the names that the reader knows.
enum ScenarioSchema {
  /// The schema as a document.
  static var text: String {
    let document: JSONValue = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "A pfsim scenario, or without packets, captures and expect a host description",
      "type": "object",
      "additionalProperties": false,
      "properties": members(HostDescription.keys + ScenarioReader.keys, types: topTypes),
      "$defs": [
        "expectations": ["anyOf": [["type": "string"], expectations]],
        "step": [
          "anyOf": [
            ["type": "string"],
            object(ScenarioReader.stepKeys, types: ["expect": reference("expectations")]),
          ]
        ],
        "scalar": ["type": ["string", "number", "boolean"]],
        "lines": [
          "anyOf": [reference("scalar"), ["type": "array", "items": reference("scalar")]]
        ],
      ],
    ]
    return document.text(indented: true) + "\n"
  }

  private static let topTypes: [String: JSONValue] = [
    "timeline": ["type": "array", "items": reference("step")],
    "packets": ["type": "array", "items": reference("step")],
    "captures": ["type": "array"],
    "vms": ["type": "array"],
    "expect": reference("expectations"),
    "settings": object(HostSettingsReader.keys, types: [:]),
    "profile": ["enum": .array(MacOSProfile.all.map { .string($0.version) })],
    "load-order": ["enum": .array(Deployment.LoadOrder.allCases.map { .string($0.rawValue) })],
    "name": ["type": "string"], "teaches": ["type": "string"], "enabled": ["type": "boolean"],
    "seed": ["type": "integer"],
  ]

  private static var expectations: JSONValue {
    let subjects = Expectation.Subject.allCases
    var types: [String: JSONValue] = [:]
    for subject in subjects {
      types[subject.rawValue] =
        subject == .show ? ["type": "object"] : subject.takesArgument ? [:] : reference("lines")
    }
    return object(subjects.map(\.rawValue), types: types)
  }

  private static func reference(_ name: String) -> JSONValue {
    ["$ref": .string("#/$defs/\(name)")]
  }

  private static func members(_ keys: [String], types: [String: JSONValue]) -> JSONValue {
    .object(keys.map { .init($0, types[$0] ?? [:]) })
  }

  private static func object(_ keys: [String], types: [String: JSONValue]) -> JSONValue {
    ["type": "object", "additionalProperties": false, "properties": members(keys, types: types)]
  }
}
