import Foundation
import PFSim

/// A simulated Mac that is kept in a file between runs of `pfsim pfctl`.
///
/// The file is a host description whose timeline holds what happened so far: each run makes the
/// Mac anew from it, and adds its own doings at the end. It is locked meanwhile, and replaced by
/// a rename, so that it is never half written.
final class PfctlSession {
  private let path: String
  private let descriptor: Int32
  private var text: String

  /// Opens and locks the file; one that is not there is made as soon as something happens.
  /// - Throws: ``CommandFailure`` with exit code 66.
  init(_ path: String) throws(CommandFailure) {
    self.path = path
    while true {
      let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard opened >= 0, flock(opened, LOCK_EX) == 0 else {
        throw .noInput("\(path): \(String(cString: strerror(errno)))")
      }
      // Another run may have put a new file in this one's place while we waited.
      var own = stat()
      var named = stat()
      if fstat(opened, &own) == 0, stat(path, &named) == 0, own.st_ino == named.st_ino {
        descriptor = opened
        break
      }
      close(opened)
    }
    do {
      text = try InputFile.text(of: path)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit {
    if text.isEmpty { unlink(path) }
    close(descriptor)
  }

  /// Whether nothing has happened yet.
  var isNew: Bool { text.isEmpty }

  /// The Mac as the file describes it; a stock one where nothing has happened.
  /// - Throws: ``CommandFailure`` with file, line and column.
  func description(_ files: InputFile) throws(CommandFailure) -> HostDescription {
    try HostDescription(text: isNew ? "{}\n" : text, file: path, files: files)
  }

  /// Begins the file.
  /// - Parameter base: The host file or snapshot that the Mac starts from; nil for stock macOS.
  func begin(from base: String?) {
    text = """
      # A simulated Mac, kept by pfsim pfctl --session. Each command that changes something adds a
      # step below; the Mac is made anew from them every time, so they may be edited and deleted.

      """
    if let base {
      let absolute = URL(fileURLWithPath: base).standardizedFileURL.path
      text += "base: \(JSONValue.string(absolute).text())\n"
    }
    text += "timeline:\n"
  }

  /// Adds steps at the end of the timeline and writes the file.
  /// - Throws: ``CommandFailure`` with exit code 65 where the timeline is not the file's end, 74
  ///   where it cannot be written.
  func add(_ steps: [String]) throws(CommandFailure) {
    guard !steps.isEmpty else { return }
    let before = try Self.timeline(of: text, path)
    var longer = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    if before == nil, !longer.contains("\ntimeline:"), !longer.hasPrefix("timeline:") {
      longer += "timeline:\n"
    }
    let indent = String(repeating: " ", count: max(0, (before?.first?.column ?? 5) - 3))
    for step in steps {
      let lines = step.split(separator: "\n", omittingEmptySubsequences: false)
      longer += indent + "- " + lines.joined(separator: "\n" + indent + "  ") + "\n"
    }
    // The steps must have become the timeline's last ones.
    guard let after = try? Self.timeline(of: longer, path),
      after.count == (before?.count ?? 0) + steps.count
    else {
      throw .badInput("\(path): the timeline must be the last section, so that steps can be added")
    }
    text = longer
    let file = try OutputFile(path)
    try file.write(text)
    try file.finish()
  }

  private static func timeline(
    of text: String, _ path: String
  ) throws(CommandFailure) -> [YAMLValue]? {
    guard let timeline = try YAMLValue(parsing: text, file: path).member("timeline"),
      !timeline.isEmpty
    else { return nil }
    return try timeline.items()
  }

  /// A pfctl command line as a step, with the texts of the files it read.
  static func step(_ words: [String], files: [String: String]) -> String {
    let list = JSONValue.array(words.map(JSONValue.string)).text()
    guard !files.isEmpty else { return "pfctl: {args: \(list)}" }
    var step = "pfctl:\n  args: \(list)\n  files:"
    for (name, text) in files.sorted(by: { $0.key < $1.key }) {
      step += "\n    \(JSONValue.string(name).text()): " + scalar(text, indent: "      ")
    }
    return step
  }

  /// A text as YAML: a block that people can read and edit where it survives as one.
  private static func scalar(_ text: String, indent: String) -> String {
    let isPlain =
      text.hasSuffix("\n") && !text.hasSuffix("\n\n") && text.first != " " && text.first != "\n"
      && text.unicodeScalars.allSatisfy {
        $0 == "\n" || (32..<127).contains($0.value) || (0xa0..<0xd800).contains($0.value)
      }
      && !text.split(separator: "\n", omittingEmptySubsequences: false)
        .contains { $0.hasSuffix(" ") }
    guard isPlain else { return JSONValue.string(text).text() }
    let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
    return "|" + lines.map { $0.isEmpty ? "\n" : "\n" + indent + $0 }.joined()
  }
}
