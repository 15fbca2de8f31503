// Draws how evaluation grows with the rules: reads the output of `pfsim bench --format json` from
// standard input and writes an SVG of one shape, both axes logarithmic, to standard output.
import Foundation

/// The part of the document that is drawn.
struct Document: Decodable {
  struct Run: Decodable {
    var shape: String
    var rules: Int
    var trace: String
    var evaluator: String
    var counters: Bool
    var nsPerPacketMin: Double
  }
  var runs: [Run]
}

/// One line of the drawing.
struct Series {
  var name: String
  var color: String
  var points: [(rules: Int, ns: Double)]
}

/// The place of the drawing inside the picture.
enum Frame {
  static let left = 60.0
  static let top = 20.0
  static let width = 480.0
  static let height = 300.0
  static let decadesAcross = 5.0
  static let decadesUp = 7.0

  static func x(_ rules: Int) -> Double {
    left + width * log10(Double(max(rules, 1))) / decadesAcross
  }
  static func y(_ ns: Double) -> Double {
    top + height * (1 - min(max(log10(max(ns, 1)), 0), decadesUp) / decadesUp)
  }
}

func series(of shape: String, in runs: [Document.Run]) -> [Series] {
  let colors = [
    "plain zipf": "#888888", "plain new": "#333333", "fast zipf": "#2b8a3e",
    "fast new": "#c92a2a",
  ]
  let groups = Dictionary(grouping: runs.filter { $0.shape == shape && $0.counters }) {
    $0.evaluator + " " + $0.trace
  }
  return groups.sorted { $0.key < $1.key }.map { name, runs in
    Series(
      name: name, color: colors[name] ?? "#1c7ed6",
      points: runs.map { ($0.rules, $0.nsPerPacketMin) }.sorted { $0.0 < $1.0 })
  }
}

func text(_ x: Double, _ y: Double, _ anchor: String, _ text: String, _ color: String) -> String {
  "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\" fill=\"\(color)\">\(text)</text>"
}

func grid() -> [String] {
  let right = Frame.left + Frame.width
  let bottom = Frame.top + Frame.height
  var lines: [String] = []
  for decade in 0...Int(Frame.decadesUp) {
    let y = Frame.y(pow(10, Double(decade)))
    lines.append("<path d=\"M\(Frame.left) \(y)H\(right)\" stroke=\"#ccc\"/>")
    lines.append(text(Frame.left - 6, y + 4, "end", "\(Int(pow(10, Double(decade))))", "#555"))
  }
  for decade in 0...Int(Frame.decadesAcross) {
    let rules = Int(pow(10, Double(decade)))
    lines.append("<path d=\"M\(Frame.x(rules)) \(Frame.top)V\(bottom)\" stroke=\"#eee\"/>")
    lines.append(text(Frame.x(rules), bottom + 16, "middle", "\(rules)", "#555"))
  }
  lines.append(text(right, bottom + 32, "end", "rules", "#555"))
  lines.append(text(Frame.left, Frame.top - 6, "end", "ns", "#555"))
  return lines
}

func draw(_ series: [Series]) -> String {
  var lines = [
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 360\" font-family=\"sans-serif\""
      + " font-size=\"12\">", "<rect width=\"640\" height=\"360\" fill=\"white\"/>",
  ]
  lines += grid()
  for one in series {
    let points = one.points.map { "\(Frame.x($0.rules)),\(Frame.y($0.ns))" }
    lines.append(
      "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke-width=\"2\""
        + " stroke=\"\(one.color)\"/>")
    if let last = one.points.last {
      lines.append(
        text(Frame.x(last.rules) + 6, Frame.y(last.ns) + 4, "start", one.name, one.color))
    }
  }
  return (lines + ["</svg>"]).joined(separator: "\n")
}

do {
  let document = try JSONDecoder().decode(
    Document.self, from: FileHandle.standardInput.readDataToEndOfFile())
  let shape = CommandLine.arguments.dropFirst().first ?? "acl"
  print(draw(series(of: shape, in: document.runs)))
} catch {
  FileHandle.standardError.write(Data("curves: \(error)\n".utf8))
  exit(1)
}
