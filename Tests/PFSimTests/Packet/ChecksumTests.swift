import Testing

@testable import PFSim

@Suite struct ChecksumTests {
  @Test func `updating a sum agrees with computing it anew`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      var bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
      let (old, new) = (UInt32.random(in: 0...UInt32.max), UInt32.random(in: 0...UInt32.max))
      write(old, to: &bytes)
      let first = sum(bytes)
      write(new, to: &bytes)
      let updated = Checksum.fix(first, old, new, isUDP: false)
      #expect(updated % 0xffff == sum(bytes) % 0xffff)
    }
  }

  private func sum(_ bytes: [UInt8]) -> UInt16 {
    bytes.withUnsafeBytes { view in
      view.baseAddress.map { Checksum.internet($0, count: view.count) } ?? 0
    }
  }

  private func write(_ value: UInt32, to bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { $0.baseAddress?.put32(8, value) }
  }

  @Test func `a UDP checksum of zero stays and none becomes zero`() {
    #expect(Checksum.fix(0, UInt16(1), UInt16(2), isUDP: true) == 0)
    #expect(Checksum.fix(0, UInt16(1), UInt16(2), isUDP: false) == 0xfffe)
    #expect(Checksum.fix(5, UInt16(0), UInt16(5), isUDP: true) == 0xffff)
    #expect(Checksum.fix(5, UInt16(0), UInt16(5), isUDP: false) == 0)
  }

  @Test func `zero has the form that little-endian machines compute`() {
    // 0x00ff + 0x0001 - 0x0100 is 0 on words read in memory order of such a machine.
    #expect(Checksum.fix(0xff00, UInt16(0x0100), UInt16(0x0001), isUDP: false) == 0)
    #expect(Checksum.fix(0x00ff, UInt16(0x0001), UInt16(0x0100), isUDP: false) == 0xffff)
  }

  @Test func `the sum of an odd message pads with zero`() {
    #expect(sum([0x12, 0x34, 0x56]) == 0x97cb)
  }

  @Test func `an address and a port at once give what the kernel's steps give, zeros included`() {
    var random = RandomSource(seed: 5)
    // Few different words, so that sums often come to zero.
    let words: [UInt16] = [0, 1, 2, 0x00ff, 0xff00, 0x7fff, 0x8000, 0xfffe, 0xffff]
    func word() -> UInt16 {
      let drawn = random.next()
      return drawn & 1 == 0
        ? words[Int(drawn >> 8) % words.count] : UInt16(truncatingIfNeeded: drawn >> 8)
    }
    func address() -> UInt32 { UInt32(word()) << 16 | UInt32(word()) }
    var zeros = 0
    for _ in 0..<200_000 {
      let (old, new, oldPort, newPort) = (address(), address(), word(), word())
      for isUDP in [false, true] {
        let checksum = word()
        let steps = Checksum.fix(
          Checksum.fix(checksum, old, new, isUDP: isUDP), oldPort, newPort, isUDP: isUDP)
        #expect(Checksum.fix(checksum, old, new, oldPort, newPort, isUDP: isUDP) == steps)
        if steps == 0 || steps == 0xffff { zeros += 1 }
      }
    }
    #expect(zeros > 100)
  }
}
