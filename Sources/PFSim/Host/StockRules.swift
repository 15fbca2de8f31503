/// The rules that macOS ships.
public enum StockRules {
  /// `/etc/pf.conf`; the directives stand on lines 22 to 27 as in the original, whose comment is
  /// replaced by empty lines.
  public static let main = RulesFile(
    name: "/etc/pf.conf",
    text: String(repeating: "#\n", count: 21) + """
      scrub-anchor "com.apple/*"
      nat-anchor "com.apple/*"
      rdr-anchor "com.apple/*"
      dummynet-anchor "com.apple/*"
      anchor "com.apple/*"
      load anchor "com.apple" from "/etc/pf.anchors/com.apple"

      """)

  /// `/etc/pf.anchors/com.apple`.
  public static let comApple = RulesFile(
    name: "/etc/pf.anchors/com.apple",
    text: """
      anchor "200.AirDrop/*"
      anchor "250.ApplicationFirewall/*"

      """, anchor: "com.apple")

  /// The text of a stock file, nil for other paths.
  public static func text(ofFile path: String) -> String? {
    [main, comApple].first { $0.name == path }?.text
  }
}
