/// What a scenario needs of the world outside: captures.
public struct ScenarioEnvironment: Sendable {
  /// The path of a capture that a scenario names, or why it must not be opened.
  public var resolve: @Sendable (String) -> Result<String, Refusal>

  /// Why a file must not be opened.
  public struct Refusal: Error, Sendable, Hashable {
    /// The reason in words.
    public var reason: String

    /// Makes a refusal.
    public init(_ reason: String) { self.reason = reason }
  }

  /// Makes an environment.
  public init(
    resolve: @escaping @Sendable (String) -> Result<String, Refusal> = { .success($0) }
  ) {
    self.resolve = resolve
  }

  /// The path of a capture.
  func path(of file: String) throws(StepError) -> String {
    switch resolve(file) {
    case .success(let path): return path
    case .failure(let refusal): throw StepError(refusal.reason)
    }
  }

  /// Reads the Nth packet of a capture, counted from 1.
  func fetch(
    _ number: Int, of file: String, into buffer: PacketBuffer
  ) throws(StepError) -> LinkHeader {
    let path = try path(of: file)
    do throws(CaptureError) {
      let reader = try CaptureReader(path: path)
      while let frame = try reader.next() {
        guard reader.count == number else { continue }
        guard let view = FrameView(frame, type: reader.linkType) else { break }
        buffer.assign(view.payload)
        return view.link
      }
      throw CaptureError(
        .badData, path: path, message: "packet \(number) is missing or cut short")
    } catch {
      throw StepError(error.description)
    }
  }
}
