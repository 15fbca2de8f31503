/// One `load anchor` statement.
public struct LoadAnchor: Sendable, Hashable {
  /// The anchor's absolute path.
  public var path: String
  /// The file.
  public var file: String
  /// Where the statement stands.
  public var location: Provenance.Location?

  /// Makes a statement.
  public init(path: String, file: String, location: Provenance.Location? = nil) {
    self.path = path
    self.file = file
    self.location = location
  }
}
