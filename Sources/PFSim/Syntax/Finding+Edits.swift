extension Finding.Edit {
  /// Carries out edits of one file.
  ///
  /// Edits that say the same are carried out once, however many findings ask for it. Of edits that
  /// remove the same line the first counts.
  /// - Parameters:
  ///   - edits: The edits; those of other files do not matter.
  ///   - text: The file's text.
  ///   - file: The file's name, as the edits write it.
  /// - Returns: The text after the edits; with a line feed at its end where one was.
  public static func applied(_ edits: [Finding.Edit], to text: String, file: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let endsWithLineFeed = lines.last == ""
    if endsWithLineFeed { lines.removeLast() }
    // From the end, so that the numbers of the lines in front stay right.
    for edit in ordered(edits.filter { $0.file == file }).reversed() {
      let start = min(max(edit.line - 1, 0), lines.count)
      let end = min(start + edit.removed, lines.count)
      lines.replaceSubrange(start..<end, with: edit.inserted)
    }
    return lines.joined(separator: "\n") + (endsWithLineFeed ? "\n" : "")
  }

  /// Each edit once, in the order of lines and ranks.
  private static func ordered(_ edits: [Finding.Edit]) -> [Finding.Edit] {
    var seen: Set<Finding.Edit> = []
    var removed: Set<Int> = []
    let unique = edits.filter { edit in
      guard seen.insert(edit).inserted else { return false }
      return edit.removed == 0 || removed.insert(edit.line).inserted
    }
    return unique.enumerated().sorted { left, right in
      (left.element.line, left.element.rank, left.offset)
        < (right.element.line, right.element.rank, right.offset)
    }.map(\.element)
  }
}
