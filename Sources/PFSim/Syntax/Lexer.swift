/// Reads characters and tokens of a file and of the files it includes.
///
/// It follows pfctl's scanner closely, because error lines depend on it: a macro's text is read
/// again in the middle of a word, characters put back survive a change of file, an undefined
/// macro swallows a line. ``Token/line`` is the line that pfctl counts; ``Place/line`` the true one.
struct Lexer {
  /// A source file.
  struct File {
    /// The name for messages.
    var name: String
    /// The contents.
    var bytes: [UInt8]
  }

  /// The state of reading one file.
  struct Cursor {
    var file: Int32
    var bytes: [UInt8]
    var position = 0
    /// The line as pfctl counts it.
    var countedLine: Int32 = 1
    /// The true line of ``position``, and where it starts.
    var line: Int32 = 1
    var lineStart: Int32 = 0
  }

  /// The end of a file, as pfctl counts lines.
  struct FileEnd {
    var name: String
    var line: Int32
  }

  /// The end of input in place of a character.
  static let endOfInput: Int32 = -1
  /// The deepest nesting of included files.
  static let deepestInclude = 64
  /// The most files that one load includes: a file that includes itself twice never ends.
  static let mostIncludes = 4_096
  /// The most errors before pfsim gives up; pfctl has no such limit.
  static let mostErrors = 10_000
  /// The size of pfctl's buffer for a word.
  static let longestWord = 8096

  /// Every file read so far.
  private(set) var files: [File]
  /// The macros.
  var macros: MacroTable
  /// What there is to say.
  var log = DiagnosticLog()
  /// The line that pfctl names in messages: that of the newest token.
  var tokenLine: Int32 = 1
  /// Where the newest token starts.
  var tokenPlace = Place.none
  /// The number of errors, as pfctl counts them.
  var errorCount = 0

  var cursor: Cursor
  /// The files that include ``cursor``'s, outermost first.
  private var outer: [Cursor] = []
  /// The end of the main file, for a file that `load anchor` names: what pfctl says behind the end
  /// of such a file has the main file's name and last line.
  private var mainEnd: FileEnd?
  /// The main file's name, behind the end of a loaded one.
  private var nameBehindEnd: String?
  /// Characters to read again before the file goes on, the next one last.
  var pushedBack: [(byte: UInt8, column: Int32)] = []
  /// Whether the byte at the cursor was read and put back: it belongs to ``pushedBack``, but most
  /// often it is read again at once.
  var holdsByte = false
  /// The macro being read; -1 for none.
  var macroIndex: Int32 = -1
  var macroText: [UInt8] = []
  var macroPosition = 0
  /// Where the macro is used.
  var macroUse = Place.none
  /// The column of the newest character.
  var column: Int32 = 0
  /// The bytes of the word being read.
  var word: [UInt8] = []

  init(name: String, bytes: [UInt8], macros: MacroTable, mainEnd: FileEnd? = nil) {
    self.mainEnd = mainEnd
    files = [File(name: name, bytes: bytes)]
    cursor = Cursor(file: 0, bytes: bytes)
    self.macros = macros
    word.reserveCapacity(256)
  }

  /// The name of the file being read, as pfctl's messages have it.
  var fileName: String { nameBehindEnd ?? files[Int(cursor.file)].name }

  /// Where the file being read ends, once it is read.
  var end: FileEnd { FileEnd(name: fileName, line: cursor.countedLine) }

  /// Whether the file being read ends without a line feed.
  var endsWithinLine: Bool { cursor.bytes.last.map { $0 != 10 } ?? false }

  /// Whether there are so many errors that reading on is pointless.
  var isHopeless: Bool { errorCount >= Self.mostErrors }

  /// The number of files being read inside each other.
  var depth: Int { outer.count }

  /// Starts to read an included file, after the name's token.
  ///
  /// pfctl puts a line end in front, so lines of included files count from 2 (from 3 where the
  /// name is not quoted).
  mutating func include(_ name: String, _ bytes: [UInt8]) {
    if holdsByte {
      pushedBack.append((cursor.bytes[cursor.position], column))
      cursor.position &+= 1
      holdsByte = false
    }
    outer.append(cursor)
    cursor = Cursor(file: Int32(files.count), bytes: bytes)
    files.append(File(name: name, bytes: bytes))
    pushedBack.append((10, 0))
  }

  /// Goes back to the including file, or from a loaded one to the end of the main file; false in
  /// the outermost.
  mutating func leaveFile() -> Bool {
    if let parent = outer.popLast() {
      cursor = parent
      return true
    }
    guard let mainEnd else { return false }
    self.mainEnd = nil
    // The text stays the loaded file's, for the places of diagnostics.
    nameBehindEnd = mainEnd.name
    cursor.countedLine = mainEnd.line
    return true
  }
}
