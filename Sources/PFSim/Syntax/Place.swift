/// A stretch of a line in a source file.
struct Place: Hashable {
  /// The index of the file in ``Lexer/files``; -1 for no place.
  var file: Int32
  /// The line, from 1.
  var line: Int32 = 0
  /// The offset of the line's first byte.
  var lineStart: Int32 = 0
  /// The column in bytes, from 1.
  var column: Int32 = 0
  /// The number of bytes.
  var length: Int32 = 1
  /// The macro whose use stands here, an index into ``MacroTable/definitions``; -1 for none.
  var macro: Int32 = -1

  /// No place.
  static let none = Place(file: -1)

  /// A place from the start of this one to the end of a later one in the same line.
  func extended(to other: Place) -> Place {
    guard other.file == file, other.lineStart == lineStart, other.column >= column else {
      return self
    }
    var place = self
    place.length = max(length, other.column + other.length - column)
    return place
  }
}
