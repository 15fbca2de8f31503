/// Writes what captures on the simulated host would hold, in the order of the packets.
public final class CaptureTaps {
  /// A capture on an interface.
  private struct Tap {
    var interface: Int
    var writer: CaptureWriter
    /// The Ethernet addresses of the host's end and the other one.
    var own: MACAddress
    var peer: MACAddress
  }
  private var taps: [Tap] = []
  private var passed: CaptureWriter?
  private var log: CaptureWriter?
  private let host: Host
  private var frame: [UInt8] = []
  /// The time of the packet on its way.
  var time = CaptureTime(nanoseconds: 0)
  /// The bytes at the end of the packet that the recording cut off.
  var missing = 0

  /// Opens the captures.
  /// - Parameters:
  ///   - interfaces: The file for each interface, by name.
  ///   - passed: The file for the packets that pass, as they leave.
  ///   - log: The file for what a pflog interface would show.
  /// - Throws: ``CaptureError`` for a file that cannot be written or an interface that the host
  ///   does not have.
  init(
    on host: Host, _ interfaces: [(name: String, path: String)], passed: String?, log: String?
  ) throws(CaptureError) {
    self.host = host
    for (name, path) in interfaces {
      guard let index = host.index(ofInterface: name) else {
        let known = host.interfaces.map(\.name).joined(separator: ", ")
        throw CaptureError(
          .badData, path: path, message: "the host has no interface \(name) (it has \(known))")
      }
      let number = UInt64(truncatingIfNeeded: index)
      taps.append(
        Tap(
          interface: index, writer: try CaptureWriter(path: path, linkType: .ethernet),
          own: MACAddress(bits: 0x0200_0000_0000 | number),
          peer: MACAddress(bits: 0x0200_0000_0100 | number)))
    }
    if let passed { self.passed = try CaptureWriter(path: passed, linkType: .raw) }
    if let log {
      self.log = try CaptureWriter(path: log, linkType: .pflog)
      host.filter.logSink = { [unowned self] entry in logged(entry) }
    }
  }

  /// What pf logs, as its log interface shows it.
  private func logged(_ entry: borrowing LogEntry) {
    let name =
      host.interfaces.indices.contains(entry.interface)
      ? host.interfaces[entry.interface].name : ""
    frame = LogHeader.record(of: entry, on: name)
    frame.withUnsafeBytes { log?.write($0, at: time) }
  }

  deinit { if log != nil { host.filter.logSink = nil } }

  /// Completes all files.
  /// - Throws: ``CaptureError`` of the first that cannot be written.
  public func finish() throws(CaptureError) {
    for tap in taps { try tap.writer.finish() }
    try passed?.finish()
    try log?.finish()
  }

  /// A frame that a VM sends: seen on its port whatever Softnet makes of it.
  func sent(_ packet: PacketBuffer, fromVM vm: Int, _ host: Host) {
    record(packet, on: host.machines[vm].port, isIncoming: true)
  }

  /// A packet from outside arrives: bridged ones meet no hook.
  func arriving(_ packet: PacketBuffer, on interface: Int, bridged: Bool) {
    if bridged { record(packet, on: interface, isIncoming: true) }
  }

  /// A packet's path has ended.
  func ended(_ packet: PacketBuffer, _ disposition: Disposition, _ host: Host) {
    switch disposition.fate {
    case .switched where disposition.outInterface >= 0:
      record(packet, on: Int(disposition.outInterface), isIncoming: false)
    case .deliveredToVM where disposition.vm >= 0:
      record(packet, on: host.machines[Int(disposition.vm)].port, isIncoming: false)
    default: break
    }
    switch disposition.fate {
    case .left, .deliveredToVM, .deliveredToHost, .switched: write(packet, to: passed)
    case .dropped, .held, .consumed, .undetermined: break
    }
    for emission in host.emissions where emission.disposition.outInterface >= 0 {
      let sent = PacketBuffer(capacity: emission.bytes.count)
      sent.assign(emission.bytes)
      record(sent, on: Int(emission.disposition.outInterface), isIncoming: false)
      write(sent, to: passed)
    }
  }

  private func record(_ packet: PacketBuffer, on interface: Int, isIncoming: Bool) {
    for tap in taps where tap.interface == interface {
      // What is longer than the link allows goes out in fragments.
      let mtu = isIncoming ? Int.max : host.interfaces[interface].mtu
      Fragments(packet, mtu: mtu).forEach { bytes in
        compose(bytes, from: isIncoming ? tap.peer : tap.own, to: isIncoming ? tap.own : tap.peer)
        frame.withUnsafeBytes { tap.writer.write($0, at: time) }
      }
    }
  }

  private func compose(
    _ packet: UnsafeRawBufferPointer, from source: MACAddress, to destination: MACAddress
  ) {
    frame.removeAll(keepingCapacity: true)
    for address in [destination, source] {
      for shift in stride(from: 40, through: 0, by: -8) {
        frame.append(UInt8(truncatingIfNeeded: address.bits >> UInt64(shift)))
      }
    }
    let isIPv6 = packet.first.map { $0 >> 4 == 6 } ?? false
    frame += isIPv6 ? [0x86, 0xdd] : [0x08, 0x00]
    frame += packet
  }

  private func write(_ packet: PacketBuffer, to writer: CaptureWriter?) {
    writer?.write(packet.bytes, at: time)
  }
}

extension CaptureTaps: HookObserver {
  /// Records what arrives on an interface, before pf.
  public func willMeet(_ packet: PacketBuffer, _ direction: Direction, on interface: Int) {
    if direction == .in { record(packet, on: interface, isIncoming: true) }
  }

  /// Records what leaves on an interface, behind pf.
  public func didMeet(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int, result: HookResult
  ) {
    if direction == .out, result.verdict == .pass {
      record(packet, on: interface, isIncoming: false)
    }
  }
}
