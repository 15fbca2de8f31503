import Foundation
import Testing

@testable import PFSim
@testable import PFSimCommand

@Suite("pfsim check says what is wrong, where, and what mends it")
struct CheckTests {
  /// Writes a file of its own, and runs `pfsim check OPTIONS FILE`; the file's name becomes FILE.
  private func check(
    _ text: String, _ options: [String] = []
  ) throws -> (result: Check.Result, text: String) {
    let path = FileManager.default.temporaryDirectory.path + "/pfsim-\(UUID().uuidString).conf"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    var result = try Check.parse(options + [path]).check()
    result.output = result.output.replacingOccurrences(of: path, with: "FILE")
    result.error = result.error.replacingOccurrences(of: path, with: "FILE")
    return (result, try InputFile.text(of: path))
  }

  private static let broken = "if = \"en9 nosuch\"\npass on $if proto tcp to port 80\nmatch in\n"

  @Test("text: place, line, caret, and the macro's definition")
  func text() throws {
    let result = try check(Self.broken).result
    #expect(result.status == .badInput)
    #expect(
      result.error == """
        FILE:2:9: error: 'nosuch' is not expected here [syntax]
          pass on $if proto tcp to port 80
                  ^~~
        FILE:1:1: note: in the text of the macro 'if'
        FILE:3:1: error: 'match' is OpenBSD 4.7 and later syntax, which macOS's pf does not have; \
        write a scrub, nat or rdr rule, or pass without quick [foreign-dialect]
          match in
          ^~~~~

        """)
  }

  @Test("github: an annotation a finding")
  func github() throws {
    let lines = try check(Self.broken, ["--format", "github"]).result.output
      .split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines.first
        == "::error file=FILE,line=2,col=9,title=syntax::'nosuch' is not expected here")
  }

  @Test("json and sarif name code, severity and place")
  func documents() throws {
    for format in ["json", "sarif"] {
      let output = try check(Self.broken, ["--format", format]).result.output
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      if format == "json" {
        let findings = try #require(object?["findings"] as? [[String: Any]])
        #expect(findings.map { $0["code"] as? String } == ["syntax", "foreign-dialect"])
        #expect(findings.map { $0["line"] as? Int } == [2, 3])
        #expect(findings.first?["file"] as? String == "FILE")
      } else {
        #expect(object?["version"] as? String == "2.1.0")
        #expect(output.contains("\"ruleId\": \"foreign-dialect\""))
        #expect(output.contains("\"startLine\": 3"))
      }
    }
  }

  @Test("--print --origin shows the line, the list items and the macros of every rule")
  func origin() throws {
    let text = "web = \"{ 80 443 }\"\npass in proto tcp to port $web\n"
    let printed = try check(text, ["--print", "--origin"]).result.output
    #expect(
      printed == """
        pass in proto tcp from any to any port = 80 flags S/SA keep state  # FILE:2 $web {= 80}
        pass in proto tcp from any to any port = 443 flags S/SA keep state  # FILE:2 $web {= 443}

        """)
  }

  private static let mendable = """
    pass in from any to any port 80
    block in
    pass in proto icmp icmp-type echoreq
    """

  @Test("--diff shows the certain changes and leaves the file alone")
  func diff() throws {
    let (result, text) = try check(Self.mendable, ["--diff"])
    #expect(text == Self.mendable)
    #expect(
      result.output.hasPrefix(
        """
        --- FILE
        +++ FILE
        @@ -1,3 +1,3 @@
        -pass in from any to any port 80
        +pass in proto { tcp udp } from any to any port 80
         block in

        """))
    #expect(result.output.contains("\\ No newline at end of file"))
  }

  @Test("--fix carries them out, as often as needed")
  func fix() throws {
    let (result, text) = try check(Self.mendable, ["--fix"])
    #expect(result.status != .badInput)
    // Lints add lines in front.
    #expect(
      text.hasSuffix(
        """
        pass in proto { tcp udp } from any to any port 80
        block in
        pass in inet proto icmp icmp-type echoreq

        """))
  }

  @Test("edits far apart give hunks of their own")
  func hunks() {
    let lines = (1...20).map { "line \($0)" }
    let edits = [
      Finding.Edit(file: "f", line: 2, removed: 1, inserted: ["two", "more"]),
      Finding.Edit(file: "f", line: 19, removed: 1, inserted: []),
      Finding.Edit(file: "f", line: 2, removed: 1, inserted: ["left out"]),
      Finding.Edit(file: "f", line: Finding.Edit.endOfFile, inserted: ["end"]),
    ]
    let finding = Finding(
      code: "x", severity: .note, message: "", fix: Finding.Fix("", edits: edits))
    let fixes = RuleFixes([finding], file: "f", text: lines.joined(separator: "\n") + "\n")
    let heads = fixes.diff(file: "f").split(separator: "\n").filter { $0.hasPrefix("@@") }
    #expect(heads == ["@@ -1,5 +1,6 @@", "@@ -16,5 +17,5 @@"])
    #expect(fixes.text.hasSuffix("line 18\nline 20\nend\n"))
    #expect(fixes.text.hasPrefix("line 1\ntwo\nmore\nline 3\n"))
  }
}
