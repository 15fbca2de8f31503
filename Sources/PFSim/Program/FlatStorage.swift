/// A growing list of plain values in raw memory, with a list of free places.
///
/// Copies share the memory; exactly one owner calls ``deallocate()``. Elements must be trivial.
struct FlatStorage<Element> {
  /// The first element; moves when the storage grows.
  private(set) var base: UnsafeMutablePointer<Element>
  /// The number of places handed out, the freed ones included.
  private(set) var count = 0
  private var capacity = 0
  private let alignment: Int

  /// Makes an empty storage.
  /// - Parameter alignment: The alignment of the first element in bytes, a power of two.
  init(alignment: Int) {
    self.alignment = alignment
    capacity = 4
    base = Self.allocate(capacity, alignment)
  }

  private static func allocate(
    _ capacity: Int, _ alignment: Int
  ) -> UnsafeMutablePointer<Element> {
    LargeMemory.allocate(Element.self, capacity, alignment: alignment)
  }

  /// Gives the memory back.
  func deallocate() { UnsafeMutableRawPointer(base).deallocate() }

  /// The bytes in use.
  var bytes: Int { count * MemoryLayout<Element>.stride }

  /// Adds an element behind the last one and returns its index; amortised constant time.
  mutating func append(_ element: Element) -> Int {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
    return count - 1
  }

  private mutating func grow() {
    // The system gives memory when it is first written, so that room ahead costs a large storage
    // nothing and saves it copies.
    let isLarge = capacity * MemoryLayout<Element>.stride >= LargeMemory.page
    reserve(isLarge ? capacity * 4 : capacity + capacity / 2 + 4)
  }

  /// Makes room for a number of elements.
  mutating func reserve(_ larger: Int) {
    guard larger > capacity else { return }
    let memory = Self.allocate(larger, alignment)
    memory.moveInitialize(from: base, count: count)
    UnsafeMutableRawPointer(base).deallocate()
    base = memory
    capacity = larger
  }

  /// Forgets all elements and keeps the memory.
  mutating func removeAll() { count = 0 }

  /// The element at an index that ``append(_:)`` returned.
  @inline(__always)
  subscript(index: UInt32) -> Element {
    get { base[Int(index)] }
    nonmutating set { base[Int(index)] = newValue }
  }
}
