/// A state as a hook found it: where it lies, and what shows later whether it still is the same.
struct StatePlace: Sendable, Equatable {
  /// Its place in the table, -1 for none.
  var index: Int32 = -1
  /// The interface of the hook, by the host's index.
  var interface: Int32 = -1
  /// Its number in order of creation.
  var id: Int64 = -1

  /// No state.
  init() {}

  /// The state that a hook's result names.
  init(_ result: HookResult, on interface: Int32) {
    index = result.statePlace
    self.interface = interface
    id = result.stateID
  }
}
