import Testing

@testable import PFSim

@Suite("Switching pf on and off counts references")
struct EnableReferencesTests {
  @Test("-d destroys every token, and a token of before is worth nothing")
  func disableDestroysTokens() throws {
    let host = Host()
    host.apply(.boot)
    let taken = host.apply(.enableWithToken(holder: "ours"))
    #expect(taken.messages.first == "pf enabled")
    #expect(taken.messages.last?.hasPrefix("Token : ") == true)
    let token = try #require(host.references.tokens.first?.value)
    #expect(host.apply(.disable).messages == ["pf disabled"])
    #expect(!host.filter.isEnabled)
    #expect(host.references.tokens.isEmpty)
    let late = host.apply(.release(token: token))
    #expect(late.messages == ["pfctl: pf not enabled"])
    #expect(late.exitCode == 1)
  }

  @Test("-e while pf is on adds one nameless reference, once")
  func namelessReference() throws {
    let host = Host()
    host.apply(.enableWithToken(holder: "pfd"))
    #expect(host.apply(.enable).messages == ["pfctl: pf already enabled"])
    #expect(host.apply(.enable).exitCode == 1)
    #expect(host.references.count == 2)
    let token = try #require(host.references.tokens.first?.value)
    let released = host.apply(.release(token: token))
    #expect(
      released.messages == [
        "disable request successful. 1 more pf enable reference(s) remaining, pf still enabled."
      ])
    #expect(host.filter.isEnabled)
  }

  @Test("a foreign -X switches off a filter that took no token of its own")
  func foreignRelease() throws {
    let host = Host()
    host.apply(.enableWithToken(holder: "other"))
    #expect(host.apply(.releaseTokens(holder: "other")).messages == ["pf disabled"])
    #expect(!host.filter.isEnabled)
  }

  @Test("an unknown token is refused while pf is on")
  func unknownToken() {
    let host = Host()
    host.apply(.enable)
    #expect(host.apply(.release(token: 1)).messages == ["pfctl: pf: token invalid"])
  }
}
