import Testing

@testable import PFSim

/// How a text falls into tokens, as pfctl's scanner does it.
struct LexerTests {
  /// The tokens of a text as words: keywords in capitals, numbers as `#n`, strings as they are.
  private func tokens(_ text: String, macros: [String: String] = [:]) -> [String] {
    var table = MacroTable()
    for (name, value) in macros { table.define(name, value, at: .none) }
    var lexer = Lexer(name: "t", bytes: Array(text.utf8), macros: table)
    var words: [String] = []
    while true {
      let token = lexer.nextToken()
      switch token.kind {
      case .end: return words
      case .newline: words.append("\\n")
      case .symbol(let byte): words.append(String(Unicode.Scalar(byte)))
      case .keyword(let keyword): words.append(keyword.spelling.uppercased())
      case .string: words.append(token.text)
      case .number: words.append("#\(token.number)")
      case .portRange(let comparison): words.append(comparison == .outside ? "<>" : "><")
      case .arrow: words.append("->")
      case .invalid: words.append("?")
      }
    }
  }

  @Test("a word goes on over colons, dots and per cent signs, but not over a slash")
  func words() {
    #expect(
      tokens("22:80 10.0.0.1 fe80::1%en0 en0:network 10.0.0.0/8")
        == ["22:80", "10.0.0.1", "fe80::1%en0", "en0:network", "10.0.0.0", "/", "#8"])
  }

  @Test("digits are a number only in front of a blank or a closing sign")
  func numbers() {
    #expect(
      tokens("80 -5 {22,443} 8080x 1=2 - 5")
        == ["#80", "#-5", "{", "#22", ",", "#443", "}", "8080x", "#1", "=", "#2", "-", "#5"])
  }

  @Test("a number beyond 64 bits is an error, and the line is gone")
  func tooLarge() {
    #expect(tokens("99999999999999999999 pass\nblock\n") == ["?", "BLOCK", "\\n"])
  }

  @Test("a quoted keyword is a plain string, with either quote")
  func quotes() {
    #expect(tokens(#"pass "pass" 'block "x"' "a\"b""#) == ["PASS", "pass", #"block "x""#, #"a"b"#])
  }

  @Test("a backslash joins lines; a comment ends at its line")
  func lines() {
    #expect(tokens("pass \\\n in # out\nall\n") == ["PASS", "IN", "\\n", "ALL", "\\n"])
  }

  @Test("a macro's text is read again, but not inside quotes and only once")
  func macros() {
    let macros = ["if": "{ en0 en1 }", "inner": "$if"]
    #expect(
      tokens("on $if \"$if\" $inner\n", macros: macros)
        == ["ON", "{", "en0", "en1", "}", "$if", "$", "if", "\\n"])
  }

  @Test("an undefined macro is an error")
  func undefined() {
    #expect(tokens("pass on $nosuch all\nblock\n").first == "PASS")
    #expect(tokens("pass on $nosuch all\nblock\n").contains("?"))
  }

  @Test("arrows and range signs are one token each")
  func signs() {
    #expect(tokens("-> <> >< <= !") == ["->", "<>", "><", "<", "=", "!"])
  }

  @Test("every keyword is found by its spelling, and by no other")
  func keywords() {
    for value in UInt8(0)... {
      guard let keyword = Keyword(rawValue: value) else { break }
      #expect(Keyword(Array(keyword.spelling.utf8)) == keyword)
      #expect(Keyword(Array((keyword.spelling + "x").utf8)) != keyword)
    }
    #expect(Keyword(Array("PASS".utf8)) == nil)
  }

  @Test("lines and columns are those of the text")
  func places() {
    var lexer = Lexer(name: "t", bytes: Array("pass\n\n  in on".utf8), macros: MacroTable())
    let places = (0..<5).map { _ in lexer.nextToken().place }
    #expect(places.map(\.line) == [1, 1, 2, 3, 3])
    #expect(places.map(\.column) == [1, 5, 1, 3, 6])
    #expect(places[3].length == 2)
  }

  @Test("a file included without quotes starts behind the name")
  func include() {
    var lexer = Lexer(name: "t", bytes: Array("include a\nall\n".utf8), macros: MacroTable())
    #expect(lexer.nextToken().kind == .keyword(.include))
    #expect(lexer.nextToken().text == "a")
    lexer.include("a", Array("pass\n".utf8))
    let kinds = (0..<6).map { _ in lexer.nextToken().kind }
    #expect(
      kinds == [
        .newline, .newline, .keyword(.pass), .newline, .keyword(.all), .newline,
      ])
  }
}
