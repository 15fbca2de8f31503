import Testing

@testable import PFSim

@Suite struct NormalizerTests {
  private let four = PacketBuilder(
    from: IPAddress(ipv4: 0xc633_6409), to: IPAddress(ipv4: 0xcb00_7105))
  private let six = PacketBuilder(
    from: IPAddress(family: .inet6, bits: AddressBits(high: 0x2001_0db8_ffff_0000, low: 9)),
    to: IPAddress(family: .inet6, bits: AddressBits(high: 0x2001_0db8_0001_0000, low: 5)))

  private func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
  }

  /// The IPv4 fragments of a datagram, cut at multiples of eight.
  private func fragments4(_ data: [UInt8], size: Int, id: UInt16 = 1) -> [[UInt8]] {
    stride(from: 0, to: data.count, by: size).map { start in
      var builder = four
      let more: UInt16 = start + size < data.count ? 0x2000 : 0
      builder.identification = id
      builder.fragmentField = UInt16(start / 8) | more
      return builder.packet(.udp, Array(data[start..<min(start + size, data.count)]))
    }
  }

  private func fragments6(_ data: [UInt8], size: Int) -> [[UInt8]] {
    stride(from: 0, to: data.count, by: size).map { start in
      let part = Array(data[start..<min(start + size, data.count)])
      return fragment6(start, part, more: start + size < data.count)
    }
  }

  private func fragment6(
    _ offset: Int, _ data: [UInt8], more: Bool, next: IPProtocol = .udp
  ) -> [UInt8] {
    let field = UInt16(offset) | (more ? 1 : 0)
    let header = [next.rawValue, 0, UInt8(field >> 8), UInt8(field & 0xff), 0, 0, 0, 7]
    return six.packet(.fragment, header + data)
  }

  private func run(
    _ normalizer: inout Normalizer, _ packet: [UInt8], _ options: ScrubOptions = ScrubOptions(),
    now: UInt32 = 100
  ) -> (NormalizationOutcome, [UInt8]) {
    let buffer = PacketBuffer()
    buffer.assign(packet)
    let outcome =
      packet.first.map { $0 >> 4 } == 6
      ? normalizer.normalize6(buffer, options, isOut: false, now: now)
      : normalizer.normalize4(buffer, options, isOut: false, now: now) { 0x1234 }
    return (outcome, buffer.array)
  }

  @Test func `IPv4 fragments without overlaps join in any order`() {
    let data = pattern(1_000)
    for _ in 0..<20 {
      var normalizer = Normalizer()
      var parts = fragments4(data, size: 8 * Int.random(in: 1...40))
      parts.shuffle()
      for part in parts.dropLast() { #expect(run(&normalizer, part).0 == .held(grew: true)) }
      let (outcome, packet) = run(&normalizer, parts[parts.count - 1])
      #expect(outcome == .pass(reassembles: true))
      #expect(Array(packet.dropFirst(20)) == data)
      #expect(normalizer.fragments.fragmentCount == 0)
    }
  }

  @Test func `IPv6 fragments join in ascending order only`() {
    let data = pattern(900)
    var normalizer = Normalizer()
    let parts = fragments6(data, size: 304)
    for part in parts.dropLast() { #expect(run(&normalizer, part).0 == .held(grew: true)) }
    let (outcome, packet) = run(&normalizer, parts[parts.count - 1])
    #expect(outcome == .pass(reassembles: true))
    #expect(packet == six.packet(.udp, data))
    for part in parts.reversed() { #expect(run(&normalizer, part).0 != .pass(reassembles: true)) }
  }

  @Test func `a joined IPv6 packet is cut to the old size again`() {
    let data = pattern(3_000)
    var normalizer = Normalizer()
    let parts = fragments6(data, size: 1_232)
    let buffer = PacketBuffer()
    for part in parts {
      buffer.assign(part)
      _ = normalizer.normalize6(buffer, ScrubOptions(), isOut: false, now: 1)
    }
    #expect(buffer.refragmentation == Refragmentation(longest: 1_280, identification: 7))
    #expect(buffer.refragmentation?.split(buffer.bytes) == parts)
    let shorter = Refragmentation(longest: 1_279, identification: 7)
    #expect(shorter.split(buffer.bytes).isEmpty)
  }

  @Test func `an IPv6 datagram that one fragment completes alone is dropped`() {
    var normalizer = Normalizer()
    let silent = NormalizationOutcome.drop(nil, isLogged: false)
    #expect(run(&normalizer, fragment6(0, pattern(64), more: false)).0 == silent)
    #expect(run(&normalizer, fragment6(16, pattern(48), more: false)).0 == .held(grew: true))
    #expect(run(&normalizer, fragment6(0, pattern(64), more: true)).0 == silent)
    #expect(normalizer.fragments.fragmentCount == 0)
    #expect(run(&normalizer, fragment6(0, pattern(64), more: true)).0 == .held(grew: true))
    #expect(run(&normalizer, fragment6(0, pattern(80), more: false)).0 == .held(grew: true))
    #expect(run(&normalizer, fragment6(80, pattern(80), more: false)).0 == .drop(.fragment))
  }

  @Test func `the end of an IPv6 datagram is known modulo 65,536`() {
    let last = fragment6(65_528, pattern(24), more: false)
    var normalizer = Normalizer()
    #expect(run(&normalizer, last).0 == .drop(nil, isLogged: false))
    #expect(run(&normalizer, fragment6(0, pattern(64), more: true)).0 == .held(grew: true))
    let (outcome, packet) = run(&normalizer, last)
    #expect(outcome == .pass(reassembles: true))
    #expect(packet == six.packet(.udp, pattern(64) + pattern(24)))
  }

  @Test func `IPv6 fragments with destination options behind them leak an entry each`() {
    var normalizer = Normalizer()
    let part = fragment6(0, pattern(64), more: true, next: .destinationOptions)
    for count in 1...3 {
      #expect(run(&normalizer, part).0 == .drop(.short, isLogged: false))
      #expect(normalizer.fragments.fragmentCount == count)
      #expect(normalizer.fragments.datagrams.isEmpty)
    }
  }

  @Test func `an IPv6 fragment that crop drops is forgotten with its datagram`() {
    var options = ScrubOptions()
    options.fragments = .crop
    var normalizer = Normalizer()
    let part = fragment6(0, pattern(64), more: true)
    #expect(run(&normalizer, part, options).0 == .pass(reassembles: false))
    #expect(run(&normalizer, part, options).0 == .drop(.normalize, isLogged: false))
    #expect(normalizer.fragments.rangeCount == 0)
    #expect(run(&normalizer, part, options).0 == .pass(reassembles: false))
  }

  @Test func `one fragment more than the limit is held and the next refused`() {
    var normalizer = Normalizer()
    normalizer.fragments.limit = 3
    let first = (0..<5).map { fragments4(pattern(32), size: 16, id: $0)[0] }
    for part in first.prefix(4) { #expect(run(&normalizer, part).0 == .held(grew: true)) }
    #expect(run(&normalizer, first[4]).0 == .drop(.memory, isLogged: false))
  }

  @Test func `a datagram lives on from its last fragment`() {
    var normalizer = Normalizer()
    let parts = fragments4(pattern(48), size: 16)
    _ = run(&normalizer, parts[0], now: 100)
    _ = run(&normalizer, parts[1], now: 120)
    normalizer.fragments.purge(now: 149)
    #expect(normalizer.fragments.fragmentCount == 2)
    normalizer.fragments.purge(now: 150)
    #expect(normalizer.fragments.fragmentCount == 0)
  }

  @Test func `crop cuts overlaps and drop-ovl drops the rest of the datagram`() {
    let whole = fragments4(pattern(96), size: 32)
    var overlapping = four
    overlapping.identification = 1
    overlapping.fragmentField = 0x2000 | 2
    let late = overlapping.packet(.udp, pattern(32))
    var options = ScrubOptions()
    options.fragments = .crop
    var normalizer = Normalizer()
    #expect(run(&normalizer, whole[0], options).0 == .pass(reassembles: false))
    let (outcome, packet) = run(&normalizer, late, options)
    #expect(outcome == .pass(reassembles: false))
    #expect(Array(packet.dropFirst(20)) == Array(pattern(32).dropFirst(16)))
    options.fragments = .dropOverlap
    normalizer = Normalizer()
    #expect(run(&normalizer, whole[0], options).0 == .pass(reassembles: false))
    #expect(run(&normalizer, late, options).0 == .drop(.normalize, isLogged: false))
    #expect(run(&normalizer, whole[2], options).0 == .drop(.normalize, isLogged: true))
  }

  @Test func `overlapping IPv6 fragments under crop stop the kernel`() {
    var options = ScrubOptions()
    options.fragments = .crop
    var normalizer = Normalizer()
    let parts = fragments6(pattern(256), size: 128)
    #expect(run(&normalizer, parts[0], options).0 == .pass(reassembles: false))
    let overlapping = six.packet(.fragment, [17, 0, 0, 65, 0, 0, 0, 7] + pattern(128))
    #expect(run(&normalizer, overlapping, options).0 == .kernelPanic)
  }

  @Test func `header fixes leave a right checksum`() {
    var options = ScrubOptions()
    options.noDF = true
    options.minTTL = 200
    options.randomID = true
    var builder = four
    builder.fragmentField = 0xc000
    var normalizer = Normalizer()
    let (outcome, packet) = run(&normalizer, builder.udp(from: 1, to: 2, [1]), options)
    #expect(outcome == .pass(reassembles: true))
    #expect(Array(packet[4...8]) == [0x12, 0x34, 0, 0, 200])
    let sum = packet.withUnsafeBytes { view in
      view.baseAddress.map { Checksum.internet($0, count: 20) }
    }
    #expect(sum == 0)
  }

  @Test(arguments: [
    (TCPFlags([.syn, .rst]), false), (TCPFlags([]), false), (TCPFlags([.rst, .psh]), false),
    (TCPFlags([.syn, .fin]), true), (TCPFlags([.fin, .ack]), true), (TCPFlags.rst, true),
  ])
  func `illegal flags are dropped`(flags: TCPFlags, passes: Bool) {
    let buffer = PacketBuffer()
    buffer.assign(four.tcp(from: 1, to: 2, flags))
    let header = TCPHeader(buffer.base + 20, count: 20)
    let outcome = header?.normalize(maxMSS: 0, extent: 20, checksumIsPartial: false)
    #expect(outcome == (passes ? .pass : .drop(.normalize)))
    if flags == [.syn, .fin] { #expect(header?.flags == .syn) }
  }

  @Test func `max-mss lowers the option and keeps the checksum right`() {
    let buffer = PacketBuffer()
    buffer.assign(four.tcp(from: 1, to: 2, .ack, options: [1, 1, 2, 4, 5, 0xb4]))
    let header = TCPHeader(buffer.base + 20, count: buffer.count - 20)
    let extent = buffer.count - 20
    #expect(header?.normalize(maxMSS: 1_000, extent: extent, checksumIsPartial: false) == .pass)
    #expect(header?.maximumSegment(extent: extent) == 1_000)
    let sum = Checksum.transport(
      buffer.base + 20, count: extent, source: four.source.bits,
      destination: four.destination.bits, proto: .tcp)
    #expect(sum == 0)
  }

  @Test func `a maximum segment option cut after one byte is lowered as if a zero followed`() {
    let buffer = PacketBuffer()
    buffer.assign(four.tcp(from: 1, to: 2, .syn, options: [1, 2, 3, 0xff]))
    let header = TCPHeader(buffer.base + 20, count: buffer.count - 20)
    let checksum = header?.checksum ?? 0
    #expect(header?.normalize(maxMSS: 1_000, extent: 24, checksumIsPartial: false) == .pass)
    #expect(Array(buffer.array.suffix(4)) == [1, 2, 3, 3])
    #expect(header?.checksum == Checksum.fix(checksum, UInt16(0xff00), UInt16(1_000), isUDP: false))
  }

  @Test func `random fragments never break the table or its bounds`() {
    for mode in [ScrubOptions.Fragments.reassemble, .crop, .dropOverlap] {
      var options = ScrubOptions()
      options.fragments = mode
      var normalizer = Normalizer()
      normalizer.fragments.limit = 50
      for step in 0..<3_000 {
        var builder = four
        builder.identification = UInt16.random(in: 0...3)
        let more = Bool.random()
        builder.fragmentField = (more ? 0x2000 : 0) | UInt16.random(in: 0...40)
        let count = Int.random(in: 0...10) * 8 + (more ? 0 : Int.random(in: 0...7))
        var packet = builder.packet(.udp, pattern(count))
        if step.isMultiple(of: 7) {
          packet[Int.random(in: 0..<packet.count)] = .random(in: 0...255)
        }
        _ = run(&normalizer, packet, options, now: UInt32(step / 20))
        let field = UInt16.random(in: 0...300) & ~6 | (more ? 1 : 0)
        let header: [UInt8] = [17, 0, UInt8(field >> 8), UInt8(field & 0xff), 0, 0, 0, 7]
        _ = run(&normalizer, six.packet(.fragment, header + pattern(count)), options)
        if step.isMultiple(of: 200) { normalizer.fragments.purge(now: UInt32(step / 20)) }
      }
      let table = normalizer.fragments
      #expect(table.fragmentCount <= 51)
      #expect(table.fragmentCount == table.datagrams.values.reduce(0) { $0 + $1.fragments.count })
      #expect(table.rangeCount == table.caches.values.reduce(0) { $0 + $1.spans.count })
    }
  }

  @Test func `random bytes never break normalisation`() {
    var normalizer = Normalizer()
    for _ in 0..<5_000 {
      var packet = (0..<Int.random(in: 20...120)).map { _ in UInt8.random(in: 0...255) }
      if packet.count >= 40, Bool.random() {
        packet[0] = 0x60
        packet[6] = [0, 43, 44, 51, 60].randomElement() ?? 0
      } else {
        packet[0] = 0x40 | packet[0] & 15
      }
      _ = run(&normalizer, packet)
    }
    #expect(normalizer.fragments.fragmentCount <= normalizer.fragments.limit + 1)
  }
}
