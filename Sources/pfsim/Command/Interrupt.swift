import Dispatch
import Foundation

/// Notices Ctrl-C, so that long work can stop and still print its summary.
///
/// Make one before the work on the thread that works, ask ``isRequested`` once a batch of packets,
/// print what there is and end with ``ExitStatus/interrupted``. A read that waits for input ends
/// with an error then. A second Ctrl-C ends the process at once.
final class Interrupt {
  private let flag = Flag()
  private let source: any DispatchSourceSignal

  /// Takes over the interrupt signal until the process ends.
  init() {
    signal(SIGINT, SIG_IGN)
    Self.installWakeUp()
    let flag = flag
    let worker = Worker()
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      if flag.raise() { _exit(ExitStatus.interrupted.rawValue) }
      // Again and again: the worker may be on its way into a read.
      DispatchQueue.global().async {
        while !flag.isNoticed {
          pthread_kill(worker.thread, Self.wakeUp)
          usleep(20_000)
        }
      }
    }
    source.resume()
  }

  deinit {
    source.cancel()
    _ = flag.isRaised(noticing: true)
    signal(SIGINT, SIG_DFL)
  }

  /// Whether Ctrl-C was pressed; takes a lock, so ask once a batch.
  var isRequested: Bool { flag.isRaised(noticing: true) }

  /// A signal that does nothing but end a waiting system call.
  private static var wakeUp: Int32 { SIGUSR2 }

  private static func installWakeUp() {
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = { _ in }
    #else
      action.__sigaction_handler.sa_handler = { _ in }
    #endif
    // Without SA_RESTART, so that the call fails with EINTR.
    action.sa_flags = 0
    sigaction(wakeUp, &action, nil)
    // A parent may have handed down a mask that blocks it.
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, wakeUp)
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  /// The thread that made the object: a name, which threads may share.
  private struct Worker: @unchecked Sendable {
    let thread = pthread_self()
  }

  /// Two flags behind a lock, since the handler runs on another thread.
  private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var isSet = false
    private var wasNoticed = false

    /// Whether the worker knows.
    var isNoticed: Bool { lock.withLock { wasNoticed } }

    /// Whether the flag is raised; `noticing` says that the worker asks.
    func isRaised(noticing: Bool) -> Bool {
      lock.withLock {
        if isSet, noticing { wasNoticed = true }
        return isSet
      }
    }

    /// Raises the flag.
    /// - Returns: Whether it was raised before.
    func raise() -> Bool {
      lock.withLock {
        defer { isSet = true }
        return isSet
      }
    }
  }
}
