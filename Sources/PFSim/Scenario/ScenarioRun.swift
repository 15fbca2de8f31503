/// A scenario being run: its host and what the last step gave.
struct ScenarioRun {
  let host: Host
  let scenario: Scenario
  let environment: ScenarioEnvironment
  /// The last packet; stays until the next one.
  var observation: Observation?
  /// The last flow's outcome and reason.
  var flow: (outcome: FlowOutcome, reason: String)?
  /// The reports of the last step's events.
  var reports: [EventReport] = []
  /// What the last recording gave.
  var recording: ReplayResult.Mode?
  private let buffer = PacketBuffer()

  init(_ scenario: Scenario, on host: Host, _ environment: ScenarioEnvironment) {
    self.scenario = scenario
    self.host = host
    self.environment = environment
    host.recordsPath = true
  }

  /// Takes a step.
  /// - Throws: ``StepError`` where it cannot be taken.
  mutating func perform(step: Int) throws(StepError) {
    reports = []
    switch scenario.steps[step].action {
    case .events(let events):
      reports = events.map { host.apply($0) }
    case .packet(let frame):
      flow = nil
      observation = try send(frame)
    case .reply(let flags):
      guard let last = observation else { throw StepError("there is no packet to answer") }
      observation = try answer(last, flags: flags)
    case .flow(let frame):
      try perform(flow: frame)
    case .capture(let capture):
      recording = try replay(capture, before: step)
    case .check: break
    }
  }

  /// Sends a packet on its way.
  private func send(_ frame: FrameNotation) throws(StepError) -> Observation {
    let link = try fill(frame)
    let before = buffer.array
    if frame.isToVM {
      let vm = try machine(named: frame.receiver)
      return observe(before, host.frameToVM(buffer, link: link, vm: vm))
    }
    guard link.etherType == EtherType.ipv4 || link.etherType == EtherType.ipv6 else {
      var name: String?
      if case .fromVM(let given) = frame.place { name = given }
      let vm = try machine(named: name)
      return observe(before, host.packetFromVM(buffer, link: link, vm: vm), sender: vm)
    }
    do {
      let disposition = try host.walk(
        buffer, from: frame.place, link: link,
        vm: host.machines.firstIndex(where: \.isRunning) ?? 0)
      return observe(before, disposition, sender: sender(frame.place, before))
    } catch {
      throw StepError(error.description)
    }
  }

  /// Puts the frame's content into the buffer; returns its link header.
  private func fill(_ frame: FrameNotation) throws(StepError) -> LinkHeader {
    var link = LinkHeader(destination: frame.destination, source: frame.source)
    switch frame.content {
    case .payload(let bytes): buffer.assign(bytes)
    case .packet(.bytes(let bytes)):
      buffer.assign(bytes)
      link.etherType = buffer.bytes.first.map { $0 >> 4 } == 6 ? EtherType.ipv6 : EtherType.ipv4
    case .packet(.capture(let file, let number)):
      link = try environment.fetch(number, of: file, into: buffer)
      link.source = frame.source ?? link.source
      link.destination = frame.destination ?? link.destination
    }
    link.etherType = frame.etherType ?? link.etherType
    return link
  }

  private func machine(named name: String?) throws(StepError) -> Int {
    if let name {
      guard let index = host.index(ofVM: name) else { throw StepError("no VM named \(name) runs") }
      return index
    }
    guard let index = host.machines.firstIndex(where: \.isRunning) else {
      throw StepError("no VM runs")
    }
    return index
  }

  /// The VM that a packet came from, as far as the place says; -1 for others.
  private func sender(_ place: PacketNotation.Place, _ bytes: [UInt8]) -> Int {
    switch place {
    case .fromVM(let name):
      return (try? machine(named: name)) ?? -1
    case .unspecified:
      let source = bytes.withUnsafeBytes { PacketEnds($0)?.source }
      return host.machines.firstIndex { $0.isRunning && $0.address == source } ?? -1
    case .hook, .fromUplink, .fromHost: return -1
    }
  }

  private func observe(
    _ before: [UInt8], _ disposition: Disposition, sender: Int = -1
  ) -> Observation {
    Observation(
      before: before, after: buffer.array, disposition: disposition, hops: host.path,
      emissions: host.emissions, sender: Int32(sender))
  }

  /// Sends the answer to a packet from where it arrived.
  func answer(
    _ last: Observation, flags: TCPFlags? = nil
  ) throws(StepError) -> Observation {
    guard last.arrived, let packet = PacketAnswer(to: last.after, flags: flags) else {
      throw StepError("the last packet did not arrive, so nobody answers it")
    }
    buffer.assign(packet.bytes)
    let isV6 = packet.bytes[0] >> 4 == 6
    let link = LinkHeader(etherType: isV6 ? EtherType.ipv6 : EtherType.ipv4)
    let vm = Int(last.disposition.vm)
    switch last.disposition.fate {
    case .deliveredToHost: return observe(packet.bytes, host.packetFromHost(buffer))
    case .deliveredToVM, .switched:
      guard vm >= 0 else { fallthrough }
      return observe(packet.bytes, host.packetFromVM(buffer, link: link, vm: vm), sender: vm)
    default:
      let interface = Int(last.disposition.outInterface)
      return observe(packet.bytes, host.packetArriving(buffer, link: link, on: interface))
    }
  }

  /// Makes a connection outside the scenario's steps; nil where its packet cannot be sent.
  mutating func connect(_ frame: FrameNotation) -> (outcome: FlowOutcome, reason: String)? {
    do {
      try perform(flow: frame)
      return flow
    } catch {
      return nil
    }
  }

  /// Makes a connection: the packet, the answer, and for TCP the answer to that.
  private mutating func perform(flow frame: FrameNotation) throws(StepError) {
    let question = try send(frame)
    observation = question
    guard question.arrived else {
      flow = FlowOutcome.failure(of: question, isAnswer: false)
      return
    }
    let reply = try answer(question)
    let isSeen = question.disposition.isSeenByPF || reply.disposition.isSeenByPF
    guard reply.arrived, reply.reaches(question) else {
      flow = FlowOutcome.failure(of: reply, isAnswer: true)
      return
    }
    if question.endsBefore?.proto == .tcp {
      let third = try answer(reply)
      guard third.arrived else {
        flow = FlowOutcome.failure(of: third, isAnswer: false)
        return
      }
    }
    flow = isSeen ? (.works, "both directions arrive") : (.notSeenByPF, "no hook of pf sees it")
  }
}

extension Observation {
  /// Whether the packet, an answer, gets back to the sender of the question.
  func reaches(_ question: Observation) -> Bool {
    guard let ends = endsAfter, let asked = question.endsBefore else { return false }
    guard ends.destination == asked.source, ends.destinationPort == asked.sourcePort || isEcho,
      ends.source == asked.destination
    else { return false }
    return question.sender < 0 || disposition.vm == question.sender
  }

  private var isEcho: Bool {
    guard let proto = endsAfter?.proto else { return false }
    return proto != .tcp && proto != .udp
  }
}

extension FlowOutcome {
  /// The outcome of a flow whose packet did not arrive, with the reason.
  static func failure(of packet: Observation, isAnswer: Bool) -> (FlowOutcome, String) {
    let who = isAnswer ? "the answer: " : ""
    let disposition = packet.disposition
    let reason = who + disposition.cause.sentence
    switch disposition.fate {
    case .left where disposition.leftWithPrivateSource:
      return (isAnswer ? .oneWay : .lost, who + "private source on egress")
    case .left, .deliveredToHost, .deliveredToVM, .switched:
      return (isAnswer ? .oneWay : .lost, who + "it reaches somebody else")
    case .undetermined, .held, .consumed: return (.undetermined, who + packet.verdict)
    case .dropped: break
    }
    switch disposition.cause {
    case .pf: return (isAnswer ? .oneWay : .blocked, reason)
    case .softnet:
      return (.droppedBySoftnet, who + "Softnet's row \(disposition.softnetRow.name)")
    case .isolation: return (.droppedByIsolation, reason)
    case .timeExceeded, .tooBig: return (.unanswered, reason)
    default: return (isAnswer ? .oneWay : .lost, reason)
    }
  }
}

/// Why a step cannot be taken.
struct StepError: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}
