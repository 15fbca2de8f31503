/// Who switched pf on: the kernel's tokens and its count of references.
public struct EnableReferences: Sendable, Hashable {
  /// A reference with a name (`DIOCSTARTREF`).
  public struct Token: Sendable, Hashable {
    /// The number that `pfctl -E` prints.
    public var value: UInt64
    /// The process's id.
    public var process: Int32
    /// The process's name.
    public var holder: String
    /// When it was taken, in seconds of the host's clock.
    public var time: Double
  }
  /// The kernel's answers.
  public enum Answer: Sendable, Hashable {
    /// Done; pf was switched on or off by it.
    case switched
    /// Done; pf stays as it is. With the number of references that remain.
    case counted(remaining: Int)
    /// `EEXIST`: pf is on already.
    case alreadyOn
    /// `ENOENT`: pf is off.
    case notOn
    /// `EINVAL`: no such token.
    case unknownToken
  }
  /// The tokens, the oldest first.
  public private(set) var tokens: [Token] = []
  /// The number of references: tokens and nameless holders.
  public private(set) var count = 0
  /// Whether pf is on.
  public private(set) var isOn = false
  private var made: UInt64 = 0

  /// None; pf is off.
  public init() {}

  /// The references of a running Mac; one without a name where pf is on and nobody holds a token.
  init(tokens: [Token], isOn: Bool) {
    self.tokens = tokens
    self.isOn = isOn
    count = isOn ? max(1, tokens.count) : 0
  }

  /// `pfctl -e` (`DIOCSTART`).
  public mutating func enable() -> Answer {
    guard isOn else {
      isOn = true
      count += 1
      return .switched
    }
    // KERNEL: pfioctl DIOCSTART adds one nameless reference while pf runs, and only one.
    if count == tokens.count { count += 1 }
    return .alreadyOn
  }

  /// `pfctl -E` (`DIOCSTARTREF`); returns the token and whether pf was switched on.
  public mutating func enable(
    holder: String, process: Int32, at time: Double
  ) -> (token: Token, switched: Bool) {
    made += 1
    let token = Token(
      value: Self.number(made), process: process, holder: holder, time: time)
    tokens.append(token)
    count += 1
    let switched = !isOn
    isOn = true
    return (token, switched)
  }

  /// `pfctl -d` (`DIOCSTOP`): destroys every token.
  public mutating func disable() -> Answer {
    guard isOn else { return .notOn }
    isOn = false
    count = 0
    tokens = []
    return .switched
  }

  /// `pfctl -X TOKEN` (`DIOCSTOPREF`).
  public mutating func release(_ value: UInt64) -> Answer {
    guard isOn else { return .notOn }
    guard let index = tokens.firstIndex(where: { $0.value == value }) else { return .unknownToken }
    tokens.remove(at: index)
    count -= 1
    if count <= 0 {
      count = 0
      isOn = false
      return .switched
    }
    return .counted(remaining: count)
  }

  /// A token's value: on a Mac a hash of a pointer; here one that repeats from run to run.
  private static func number(_ index: UInt64) -> UInt64 {
    var value = index &* 0x9e37_79b9_7f4a_7c15
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
