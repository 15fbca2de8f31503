/// A property of a class that packets read and change without checks of exclusive access.
///
/// A class's stored properties can be reached by several names at once, so the runtime guards
/// every access to them. Behind a pointer of its own a value is read and written directly; the
/// owner, which one thread uses at a time, calls ``deallocate()`` at its end.
@propertyWrapper
struct Unshared<Value> {
  private let place: UnsafeMutablePointer<Value>

  /// Stores a value.
  init(wrappedValue: Value) {
    place = .allocate(capacity: 1)
    place.initialize(to: wrappedValue)
  }

  /// The value.
  var wrappedValue: Value {
    @inline(__always) _read { yield place.pointee }
    @inline(__always) nonmutating _modify { yield &place.pointee }
  }

  /// Gives the memory back.
  func deallocate() {
    place.deinitialize(count: 1)
    place.deallocate()
  }
}
