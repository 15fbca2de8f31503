import Testing

@testable import PFSim

@Suite("Edits of findings")
struct EditTests {
  private func applied(_ edits: [Finding.Edit], to text: String) -> String {
    Finding.Edit.applied(edits, to: text, file: "f")
  }

  @Test func `insertions in front of one line keep the order of their ranks`() {
    let edits = [
      Finding.Edit(file: "f", line: 2, inserted: ["anchor"], rank: 10),
      Finding.Edit(file: "f", line: 2, inserted: ["scrub-anchor"], rank: 0),
      Finding.Edit(file: "f", line: 1, inserted: ["# first"]),
      Finding.Edit(file: "other", line: 1, inserted: ["not here"]),
    ]
    #expect(applied(edits, to: "a\nb\n") == "# first\na\nscrub-anchor\nanchor\nb\n")
  }

  @Test func `the same edit of two findings is carried out once`() {
    let edit = Finding.Edit(file: "f", line: 1, removed: 1, inserted: [])
    #expect(applied([edit, edit], to: "a\nb") == "b")
  }

  @Test func `an edit behind the end appends`() {
    let edit = Finding.Edit(file: "f", line: Finding.Edit.endOfFile, inserted: ["c"])
    #expect(applied([edit], to: "a\n") == "a\nc\n")
    #expect(applied([edit], to: "") == "c\n")
  }
}
