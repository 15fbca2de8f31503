/// The first frames of a recording, kept until the replay knows enough to start.
struct FrameSample {
  private struct Entry {
    var frame: CapturedFrame
    var type: LinkType
    var start: Int
    var length: Int
  }
  private var entries: [Entry] = []
  private var bytes: [UInt8] = []

  /// The number of frames.
  var count: Int { entries.count }
  /// Whether the frames together need so much memory that no more should be kept.
  var isLarge: Bool { bytes.count >= 8 << 20 }

  /// Copies a frame.
  mutating func append(_ frame: CapturedFrame, _ type: LinkType) {
    entries.append(Entry(frame: frame, type: type, start: bytes.count, length: frame.bytes.count))
    bytes += frame.bytes
  }

  /// Hands over the frames in order; their bytes are valid during the call.
  func forEach(_ body: (CapturedFrame, LinkType) -> Void) {
    bytes.withUnsafeBytes { all in
      for entry in entries {
        var frame = entry.frame
        frame.bytes = UnsafeRawBufferPointer(
          rebasing: all[entry.start..<entry.start + entry.length])
        body(frame, entry.type)
      }
    }
  }
}
