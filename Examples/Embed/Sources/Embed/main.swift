// Reads a ruleset, makes a packet filter, shows it a packet and prints what decided.
import PFSim

let rules = """
  block in all
  pass in on en0 proto tcp from 192.168.1.0/24 to any port { ssh, https }
  """
let interfaces = try [Interface](parsing: "en0=192.168.1.20/24")
let parsed = parseRuleset(
  Array(rules.utf8), file: "pf.conf", options: ParseOptions(interfaces: interfaces))
let filter = PacketFilter(interfaces: interfaces)
try filter.load(parsed.ruleset)
filter.setEnabled(true)

let packet = PacketBuffer()
packet.assign(
  PacketBuilder(from: IPAddress(ipv4: 0xc0a8_0105), to: IPAddress(ipv4: 0xc0a8_0114))
    .tcp(from: 50_000, to: 443, .syn))
let en0 = filter.interfaces.firstIndex { $0.name == "en0" } ?? 0
let result = filter.process(packet, .in, on: en0)

if let rule = filter.rule(result.rule), let place = rule.provenance.location {
  print("\(result.verdict) by \(place.file):\(place.line): \(rule.text())")
} else {
  print("\(result.verdict) by the default rule")
}
