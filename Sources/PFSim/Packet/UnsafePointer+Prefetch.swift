import CIntrinsics

extension UnsafePointer {
  /// Begins to fetch every cache line of the value.
  @inline(__always)
  func prefetch() {
    let place = UnsafeRawPointer(self)
    var line = 0
    while line < MemoryLayout<Pointee>.stride {
      pfsim_prefetch(place + line)
      line &+= 64
    }
  }
}
