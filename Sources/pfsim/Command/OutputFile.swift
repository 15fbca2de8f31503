import Foundation

/// Where an answer goes: standard output, or a file that appears only when it is complete.
///
/// A file is written under a temporary name in its folder and renamed by ``finish()``; without
/// that call nothing is left behind. Writes are collected in blocks of 64 KB.
final class OutputFile {
  private let path: String?
  private let temporaryPath: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private let blockSize = 1 << 16

  /// Opens an output; nil or `-` is standard output.
  /// - Throws: ``CommandFailure`` with exit code 74.
  init(_ path: String?) throws(CommandFailure) {
    guard let path, path != "-" else {
      self.path = nil
      temporaryPath = ""
      descriptor = STDOUT_FILENO
      return
    }
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    guard !exists || status.st_mode & S_IFMT != S_IFDIR else {
      throw .cannotWrite("\(path): is a directory")
    }
    // Devices and pipes cannot be renamed onto; they are written directly.
    let isRegular = !exists || status.st_mode & S_IFMT == S_IFREG
    temporaryPath = isRegular ? "\(path).\(getpid()).partial" : ""
    descriptor = open(
      isRegular ? temporaryPath : path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw .cannotWrite("\(path): \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    guard path != nil, descriptor >= 0 else { return }
    close(descriptor)
    if !temporaryPath.isEmpty { unlink(temporaryPath) }
  }

  /// Adds text.
  /// - Throws: ``CommandFailure`` with exit code 74, or ``CommandFailure/closedPipe``.
  func write(_ text: String) throws(CommandFailure) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= blockSize { try flush() }
  }

  /// Adds text and a line feed.
  /// - Throws: As ``write(_:)-(String)``.
  func writeLine(_ text: String = "") throws(CommandFailure) {
    try write(text)
    try write("\n")
  }

  /// Adds bytes.
  /// - Throws: As ``write(_:)-(String)``.
  func write(_ bytes: UnsafeRawBufferPointer) throws(CommandFailure) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= blockSize { try flush() }
  }

  /// Writes what is collected.
  /// - Throws: As ``write(_:)-(String)``.
  func flush() throws(CommandFailure) {
    var start = 0
    while start < buffer.count {
      let count = buffer.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw writeFailure()
      }
      start += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes the rest and gives the file its name.
  /// - Throws: As ``write(_:)-(String)``.
  func finish() throws(CommandFailure) {
    try flush()
    guard let path else { return }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, temporaryPath.isEmpty || rename(temporaryPath, path) == 0 else {
      let failure = writeFailure()
      if !temporaryPath.isEmpty { unlink(temporaryPath) }
      throw failure
    }
  }

  private func writeFailure() -> CommandFailure {
    if errno == EPIPE { return .closedPipe }
    return .cannotWrite("\(path ?? "standard output"): \(String(cString: strerror(errno)))")
  }
}
