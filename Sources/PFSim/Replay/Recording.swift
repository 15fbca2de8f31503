/// Reads one or several captures as one, in the order of time.
public final class Recording {
  /// The captures in the order given.
  public let readers: [CaptureReader]
  private var pending: [CapturedFrame?]
  private var isEnded: [Bool]
  private var last: Int?
  /// A single capture, which needs no merging, and whether it is at its end.
  private let only: CaptureReader?
  @Unshared private var onlyHasEnded: Bool
  private let linkTypes: [LinkType]

  /// Opens all captures.
  /// - Throws: ``CaptureError`` of the first that cannot be read.
  public init(paths: [String]) throws(CaptureError) {
    var readers: [CaptureReader] = []
    for path in paths { readers.append(try CaptureReader(path: path)) }
    self.readers = readers
    pending = Array(repeating: nil, count: paths.count)
    isEnded = Array(repeating: false, count: paths.count)
    _onlyHasEnded = Unshared(wrappedValue: false)
    only = readers.count == 1 ? readers.first : nil
    linkTypes = readers.map(\.linkType)
  }

  deinit { _onlyHasEnded.deallocate() }

  /// The link type of a capture's frames.
  public func linkType(of capture: Int) -> LinkType { linkTypes[capture] }

  /// Reads the earliest frame that is left, with the capture it comes from; nil at the end.
  ///
  /// Its bytes are valid until the next call.
  /// - Throws: ``CaptureError`` for a damaged capture, once; further calls go on with the others.
  public func next() throws(CaptureError) -> (frame: CapturedFrame, capture: Int)? {
    if let only {
      guard !onlyHasEnded else { return nil }
      onlyHasEnded = true
      guard let frame = try only.next() else { return nil }
      onlyHasEnded = false
      return (frame, 0)
    }
    if let last {
      self.last = nil
      try fetch(last)
    }
    for index in readers.indices where pending[index] == nil { try fetch(index) }
    var earliest: Int?
    for index in readers.indices {
      guard let frame = pending[index] else { continue }
      if let found = earliest, let other = pending[found], other.time <= frame.time { continue }
      earliest = index
    }
    guard let earliest, let frame = pending[earliest] else { return nil }
    last = earliest
    pending[earliest] = frame
    return (frame, earliest)
  }

  private func fetch(_ index: Int) throws(CaptureError) {
    pending[index] = nil
    guard !isEnded[index] else { return }
    isEnded[index] = true
    pending[index] = try readers[index].next()
    isEnded[index] = pending[index] == nil
  }

  /// The share of the captures that is read, 0…1; nil where a size is not known.
  public var progress: Double? {
    var total = 0
    var read = 0
    for reader in readers {
      guard let size = reader.size, let position = reader.bytesRead else { return nil }
      total += size
      read += min(position, size)
    }
    return total == 0 ? nil : Double(read) / Double(total)
  }
}
