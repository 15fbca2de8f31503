/// The bytes of a file, or why there are none.
public enum FileContents: Sendable {
  /// The bytes.
  case success([UInt8])
  /// The reason in the system's words, such as `No such file or directory`.
  case failure(String)
}
