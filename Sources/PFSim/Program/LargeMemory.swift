#if canImport(Glibc)
  import Glibc
#endif

/// Memory for tables that are read at random.
///
/// Tables of several megabytes are laid on large pages where the system offers them, so that a
/// random read costs no walk over page tables on top of the cache miss.
enum LargeMemory {
  /// The size of a large page, from which on they are asked for.
  static let page = 1 << 21

  /// Allocates uninitialised memory; `deallocate()` of the pointer gives it back.
  static func allocate<Element>(
    _ type: Element.Type, _ count: Int, alignment: Int
  ) -> UnsafeMutablePointer<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    let isLarge = bytes >= page
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? page : alignment)
    #if canImport(Glibc)
      if isLarge { madvise(memory, bytes & ~(page - 1), MADV_HUGEPAGE) }
    #endif
    return memory.bindMemory(to: type, capacity: count)
  }
}
