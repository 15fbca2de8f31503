import ArgumentParser
import PFSim

/// `pfsim explain PACKET`: one packet, hop by hop.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Follow one packet hop by hop and name the rule that decides.",
    discussion: """
      A packet is written as tcp 192.168.64.5:50000 > 1.1.1.1:443 S, \
      udp [fd00::5]:53 > [2606:4700::1111]:53 len 40, icmp 192.168.64.5 > 8.8.8.8 echoreq id 7, \
      hex:4500…, or FILE#N for the Nth packet of a capture. Behind it: in on IF or out on IF for \
      one hook; from VM, from uplink or from host for the whole path; ttl, tos, len, frag, id. \
      Mind your shell: quote the packet.
      """)

  @Argument(help: "The packet in its notation.")
  var packet: [String]

  @Flag(help: "Say for every rule of the lists walked why it did or did not decide.")
  var allRules = false

  @OptionGroup var deployment: DeploymentOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let format = try output.format(among: [.text, .json])
    let text = packet.joined(separator: " ")
    let notation = try Self.read(text)
    var reports: [PathReport] = []
    var assumptions: [Assumption] = []
    var order = ""
    for mode in deployment.host.modes {
      let described = try deployment.deployment(for: NetworkMode(mode))
      order = described.orderText
      let host = try DeploymentOptions.boot(described)
      reports.append(try follow(notation, on: host, mode: NetworkMode(mode), text: text))
      for assumption in host.assumptions where !assumptions.contains(assumption) {
        assumptions.append(assumption)
      }
    }
    let file = try output.open()
    try file.write(
      format == .json
        ? Self.json(reports, assumptions).text(indented: true) + "\n"
        : Self.text(reports, assumptions, order: order))
    try file.finish()
    if output.exitCode, reports.contains(where: { $0.verdict != "pass" }) {
      throw ExitStatus.negative.exitCode
    }
  }

  private static func read(_ text: String) throws(CommandFailure) -> PacketNotation {
    do {
      return try PacketNotation(text)
    } catch {
      throw .usage("cannot read the packet\n" + error.pointing(at: text))
    }
  }

  private func follow(
    _ notation: PacketNotation, on host: Host, mode: NetworkMode, text: String
  ) throws(CommandFailure) -> PathReport {
    let buffer = PacketBuffer()
    var link: LinkHeader?
    switch notation.content {
    case .bytes(let bytes): buffer.assign(bytes)
    case .capture(let path, let number):
      link = try Self.fetch(number, of: path, into: buffer)
    }
    let start = PacketEnds(buffer.bytes)?.description ?? text
    host.recordsRules = allRules
    let disposition: Disposition
    do {
      disposition = try host.walk(buffer, from: notation.place, link: link)
    } catch {
      throw .usage(error.description)
    }
    return PathReport(
      mode: mode, packet: start, hops: host.path, disposition: disposition,
      emissions: host.emissions)
  }

  /// Reads the Nth packet of a capture, counted from 1.
  private static func fetch(
    _ number: Int, of path: String, into buffer: PacketBuffer
  ) throws(CommandFailure) -> LinkHeader {
    do {
      let reader = try CaptureReader(path: path)
      while let frame = try reader.next() {
        guard reader.count == number else { continue }
        guard let view = FrameView(frame, type: reader.linkType) else {
          throw CommandFailure.badInput("\(path): packet \(number) is cut short")
        }
        buffer.assign(view.payload)
        return view.link
      }
      throw CommandFailure.badInput("\(path): has only \(reader.count) packets")
    } catch let error as CaptureError {
      throw CommandFailure(
        error.kind == .cannotOpen ? .noInput : .badInput, error.description)
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure(.internalError, "\(error)")
    }
  }

  private static func text(
    _ reports: [PathReport], _ assumptions: [Assumption], order: String
  ) -> String {
    var text = reports.map(\.text).joined(separator: "\n")
    text += "\norder: \(order)\n"
    if !assumptions.isEmpty {
      text += "assumptions:\n"
      for assumption in assumptions { text += "  \(assumption.code): \(assumption.text)\n" }
    }
    return text
  }

  /// One path's keys stand at the top; several stand in `modes`.
  private static func json(_ reports: [PathReport], _ assumptions: [Assumption]) -> JSONValue {
    var members: [JSONValue.Member] = []
    if let only = reports.first, reports.count == 1 {
      members = only.json
    } else {
      members = [.init("modes", .array(reports.map { .object($0.json) }))]
    }
    return ReportDocument.make(assumptions: assumptions, members)
  }
}
