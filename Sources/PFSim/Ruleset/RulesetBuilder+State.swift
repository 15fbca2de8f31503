/// The state clause of filter rules.
extension RulesetBuilder {
  func setState(
    _ rule: inout Rule, _ options: FilterOptions, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    rule.state = options.keep?.state ?? (rule.action == .pass ? .keep : .none)
    var reader = StateOptionReader()
    for option in options.keep?.options ?? [] {
      if let message = reader.read(option) {
        throw fail("state-option", message, at: place, &lexer)
      }
    }
    if rule.action == .pass, rule.state != .none, options.flags == 0, options.flagMask == 0,
      !options.fragment, !options.hasFlags
    {
      rule.flags = 0x02
      rule.flagMask = 0x12
    }
    if let message = reader.finish() {
      throw fail("state-option", message, at: place, &lexer)
    }
    if rule.state != .none, !reader.hasLock { reader.result.interfaceBound = bindsStates }
    rule.stateOptions = reader.result
  }
}

/// Gathers state options and finds contradictions among them.
struct StateOptionReader {
  var result = StateOptions()
  /// Whether `if-bound` or `floating` was written.
  var hasLock = false
  private var track: SourceTracking?
  private var hasAdaptive = false
  private var tracksSources = false
  private var tracksByRule = false

  /// Takes an option; a message where it contradicts an earlier one.
  mutating func read(_ option: StateOption) -> String? {
    switch option {
    case .max(let number):
      if result.max != 0 { return "state option 'max' multiple definitions" }
      result.max = number
    case .noSync:
      if result.noSync { return "state option 'sync' multiple definitions" }
      result.noSync = true
    case .sourceTrack(let tracking):
      if track != nil { return "state option 'source-track' multiple definitions" }
      track = tracking
      tracksSources = true
    case .maxSourceStates(let number):
      if result.maxSourceStates != 0 {
        return "state option 'max-src-states' multiple definitions"
      }
      if number == 0 { return "'max-src-states' must be > 0" }
      result.maxSourceStates = number
      tracksSources = true
    case .overload(let table, let flush):
      if !result.overloadTable.isEmpty { return "multiple 'overload' table definitions" }
      result.overloadTable = table
      result.overloadFlush = flush
    case .ifBound, .floating: return readLock(option)
    case .timeout(let timeout, let seconds): return readTimeout(timeout, seconds)
    default: return readLimit(option)
    }
    return nil
  }

  private mutating func readLimit(_ option: StateOption) -> String? {
    switch option {
    case .maxSourceConnections(let number):
      if result.maxSourceConnections != 0 {
        return "state option 'max-src-conn' multiple definitions"
      }
      if number == 0 { return "'max-src-conn' must be > 0" }
      result.maxSourceConnections = number
    case .maxSourceConnectionRate(let limit, let seconds):
      if result.connectionRateLimit != 0 {
        return "state option 'max-src-conn-rate' multiple definitions"
      }
      if limit == 0 || seconds == 0 { return "'max-src-conn-rate' values must be > 0" }
      if limit > Self.highestRate {
        return "'max-src-conn-rate' maximum rate must be < \(Self.highestRate)"
      }
      result.connectionRateLimit = limit
      result.connectionRateSeconds = seconds
    case .maxSourceNodes(let number):
      if result.maxSourceNodes != 0 {
        return "state option 'max-src-nodes' multiple definitions"
      }
      if number == 0 { return "'max-src-nodes' must be > 0" }
      result.maxSourceNodes = number
    default: return nil
    }
    tracksSources = true
    tracksByRule = true
    return nil
  }

  /// The kernel's `PF_THRESHOLD_MAX`.
  private static let highestRate: UInt32 = 4_294_967

  private mutating func readLock(_ option: StateOption) -> String? {
    if hasLock { return "state locking option: multiple definitions" }
    hasLock = true
    if case .ifBound = option { result.interfaceBound = true }
    return nil
  }

  private mutating func readTimeout(_ timeout: Timeout, _ seconds: UInt32) -> String? {
    if timeout == .adaptiveStart || timeout == .adaptiveEnd { hasAdaptive = true }
    if result.timeouts[timeout] != nil {
      return "state timeout \(timeout.name) multiple definitions"
    }
    // KERNEL: in a rule 0 is what stands there unless a timeout is set.
    result.timeouts[timeout] = seconds == 0 ? nil : seconds
    return nil
  }

  /// Fills in what follows from the options; a message where they contradict each other.
  mutating func finish() -> String? {
    if !hasAdaptive, result.max >= 10 {
      result.timeouts[.adaptiveStart] = result.max / 10 &* 6
      result.timeouts[.adaptiveEnd] = result.max / 10 &* 12
    }
    guard tracksSources else { return nil }
    if track == .global {
      if result.maxSourceNodes != 0 {
        return "'max-src-nodes' is incompatible with 'source-track global'"
      }
      if result.maxSourceConnections != 0 {
        return "'max-src-conn' is incompatible with 'source-track global'"
      }
      if result.connectionRateSeconds != 0 {
        return "'max-src-conn-rate' is incompatible with 'source-track global'"
      }
    }
    if result.timeouts[.sourceTrack] ?? 0 < result.connectionRateSeconds {
      result.timeouts[.sourceTrack] = result.connectionRateSeconds
    }
    result.sourceTrack = tracksByRule || track == .rule ? .rule : .global
    return nil
  }
}
