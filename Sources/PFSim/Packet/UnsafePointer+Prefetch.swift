import CIntrinsics

extension UnsafePointer {
  /// Begins to fetch the cache lines of the value, all or those of its first bytes.
  @inline(__always)
  func prefetch(bytes: Int = MemoryLayout<Pointee>.stride) {
    let place = UnsafeRawPointer(self)
    var line = 0
    while line < bytes {
      pfsim_prefetch(place + line)
      line &+= 64
    }
  }
}
