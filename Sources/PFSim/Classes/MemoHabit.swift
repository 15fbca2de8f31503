/// Notices whether combinations of classes come again, and pauses the memo of walks while they
/// do not: where nearly every packet is new, remembering costs more than it saves.
struct MemoHabit {
  /// The packets that shall be logged without a look into the memo.
  var pause: UInt32 = 0
  /// Rises with hits and falls with misses; at zero a pause begins.
  ///
  /// The first pause comes late, because every memo begins with misses.
  private var credit: UInt32 = 32_768

  private static let creditLimit: UInt32 = 65_536
  private static let creditAfterPause: UInt32 = 1_024
  private static let pauseLength: UInt32 = 8_192

  /// A combination was remembered.
  @inline(__always)
  mutating func hit() { credit &+= 2 }

  /// A combination was new.
  mutating func miss() {
    credit = min(credit, Self.creditLimit) &- 1
    guard credit == 0 else { return }
    credit = Self.creditAfterPause
    pause = Self.pauseLength
  }
}
