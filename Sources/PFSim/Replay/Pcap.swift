import CPcap
import Foundation

// The only file that knows libpcap.

/// Reads a capture, pcap or pcapng, frame by frame.
///
/// Memory stays constant: a frame's bytes live in libpcap's buffer until the next one is read.
public final class CaptureReader {
  /// The file as the user named it; `-` is standard input.
  public let path: String
  /// The link type of every frame.
  public let linkType: LinkType
  /// The recorder's limit on a frame, in bytes.
  public let snapshotLength: Int
  /// The frames read so far.
  public var count: Int { frames }
  /// The file's size in bytes; nil for a pipe.
  public let size: Int?

  private let handle: OpaquePointer
  private let isNextGeneration: Bool
  @Unshared private var frames: Int
  /// Where the next frame begins in the file.
  @Unshared private var offset: Int

  /// Opens a capture.
  /// - Throws: ``CaptureError`` for what cannot be opened, is no capture or has a link type
  ///   without a reader.
  public init(path: String) throws(CaptureError) {
    self.path = path
    let (file, size) = try Self.open(path)
    self.size = size
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard
      let handle = pcap_fopen_offline_with_tstamp_precision(
        file, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
    else {
      let text = Self.text(message)
      fclose(file)
      throw CaptureError(.badData, path: path, message: Self.explainOpening(text))
    }
    let number = pcap_datalink(handle)
    guard let linkType = LinkType(rawValue: number) else {
      pcap_close(handle)
      throw CaptureError(.badData, path: path, message: Self.explain(linkType: number))
    }
    _frames = Unshared(wrappedValue: 0)
    _offset = Unshared(wrappedValue: 24)
    self.handle = handle
    self.linkType = linkType
    snapshotLength = Int(pcap_snapshot(handle))
    isNextGeneration = pcap_major_version(handle) == 1
  }

  deinit {
    pcap_close(handle)
    _frames.deallocate()
    _offset.deallocate()
  }

  /// The bytes of the file read so far, for progress; nil where the format does not tell.
  public var bytesRead: Int? { isNextGeneration ? position : offset }

  /// Reads the next frame; nil at the end.
  /// - Throws: ``CaptureError`` with the packet's number and offset; nothing can be read after it.
  public func next() throws(CaptureError) -> CapturedFrame? {
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    let status = pcap_next_ex(handle, &header, &data)
    guard status == 1, let header, let data else {
      if status == PCAP_ERROR_BREAK { return nil }
      var text = pcap_geterr(handle).map { String(cString: $0) } ?? "unreadable"
      if text.contains("different from the") {
        text += " (libpcap reads pcapng only where all interfaces agree: split the file by them)"
      }
      throw CaptureError(
        .badData, path: path, packet: count + 1, offset: isNextGeneration ? position : offset,
        message: text)
    }
    frames += 1
    let captured = Int(header.pointee.caplen)
    offset += 16 + captured
    let stamp = header.pointee.ts
    return CapturedFrame(
      number: count,
      time: CaptureTime(seconds: Int64(stamp.tv_sec), nanoseconds: Int64(stamp.tv_usec)),
      originalLength: max(captured, Int(header.pointee.len)),
      bytes: UnsafeRawBufferPointer(start: data, count: captured))
  }

  private var position: Int? {
    guard let file = pcap_file(handle) else { return nil }
    let place = ftello(file)
    return place < 0 ? nil : Int(place)
  }

  private static func open(
    _ path: String
  ) throws(CaptureError) -> (UnsafeMutablePointer<FILE>, Int?) {
    var size: Int?
    if path != "-" {
      var status = stat()
      guard stat(path, &status) == 0 else { throw systemError(path) }
      let kind = status.st_mode & S_IFMT
      if kind == S_IFDIR {
        throw CaptureError(.cannotOpen, path: path, message: "is a directory, not a capture")
      }
      if kind == S_IFREG {
        size = Int(status.st_size)
        if size == 0 { throw CaptureError(.badData, path: path, message: emptyFile) }
      }
    }
    guard let file = path == "-" ? fdopen(dup(0), "rb") : fopen(path, "rb") else {
      throw systemError(path)
    }
    setvbuf(file, nil, _IOFBF, 1 << 20)
    return (file, size)
  }

  private static func systemError(_ path: String) -> CaptureError {
    CaptureError(.cannotOpen, path: path, message: String(cString: strerror(errno)))
  }

  private static let emptyFile = "is empty, not a capture"

  private static func explainOpening(_ text: String) -> String {
    if text.hasSuffix("only got 0") { return emptyFile }
    return "not a capture in pcap or pcapng format (\(text))"
  }

  private static func explain(linkType number: Int32) -> String {
    var name = "unknown"
    if let known = pcap_datalink_val_to_name(number) { name = "DLT_" + String(cString: known) }
    if let known = pcap_datalink_val_to_description(number) {
      name += ", " + String(cString: known)
    }
    return "link type \(number) (\(name)) is not supported: \(LinkType.readable) are"
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// Writes a capture in pcap format with nanoseconds where the input has them.
///
/// The file carries a temporary name until ``finish()`` renames it, so that a capture under the
/// asked name is always complete.
public final class CaptureWriter {
  /// The file as the user named it; `-` is standard output.
  public let path: String
  /// The link type of every frame.
  public let linkType: LinkType
  /// The frames written so far.
  public private(set) var count = 0

  private let temporaryPath: String
  private let handle: OpaquePointer
  private let dumper: OpaquePointer
  private var isOpen = true

  /// Creates the capture.
  /// - Throws: ``CaptureError`` when the file cannot be created.
  public init(path: String, linkType: LinkType) throws(CaptureError) {
    self.path = path
    self.linkType = linkType
    temporaryPath = path == "-" ? "-" : "\(path).\(getpid()).partial"
    let opened = path == "-" ? fdopen(dup(1), "wb") : fopen(temporaryPath, "wb")
    guard let file = opened else {
      throw CaptureError(.cannotWrite, path: path, message: String(cString: strerror(errno)))
    }
    setvbuf(file, nil, _IOFBF, 1 << 20)
    let number = linkType.fileNumber == 101 ? LinkType.raw.rawValue : linkType.rawValue
    guard
      let handle = pcap_open_dead_with_tstamp_precision(
        number, 262_144, UInt32(PCAP_TSTAMP_PRECISION_NANO)),
      let dumper = pcap_dump_fopen(handle, file)
    else {
      fclose(file)
      throw CaptureError(.cannotWrite, path: path, message: "libpcap cannot start the capture")
    }
    self.handle = handle
    self.dumper = dumper
  }

  deinit {
    if isOpen {
      pcap_dump_close(dumper)
      if path != "-" { unlink(temporaryPath) }
    }
    pcap_close(handle)
  }

  /// Appends a frame.
  public func write(_ bytes: UnsafeRawBufferPointer, at time: CaptureTime) {
    guard isOpen, let base = bytes.baseAddress else { return }
    var header = pcap_pkthdr()
    let seconds = time.nanoseconds / 1_000_000_000
    header.ts.tv_sec = .init(truncatingIfNeeded: seconds)
    header.ts.tv_usec = .init(truncatingIfNeeded: time.nanoseconds - seconds * 1_000_000_000)
    header.caplen = UInt32(truncatingIfNeeded: bytes.count)
    header.len = header.caplen
    let user = UnsafeMutableRawPointer(dumper).assumingMemoryBound(to: UInt8.self)
    pcap_dump(user, &header, base.assumingMemoryBound(to: UInt8.self))
    count += 1
  }

  /// Completes the file and gives it its name.
  /// - Throws: ``CaptureError`` when the disk refuses; the partial file is removed.
  public func finish() throws(CaptureError) {
    guard isOpen else { return }
    isOpen = false
    let flushed = pcap_dump_flush(dumper) == 0
    let message = String(cString: strerror(errno))
    pcap_dump_close(dumper)
    if path == "-" {
      if flushed { return }
    } else if flushed, rename(temporaryPath, path) == 0 {
      return
    } else {
      unlink(temporaryPath)
    }
    throw CaptureError(.cannotWrite, path: path, message: message)
  }
}
