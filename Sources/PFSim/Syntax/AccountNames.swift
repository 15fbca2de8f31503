/// The users and groups that every Mac has, and the first user that the setup assistant makes.
public enum AccountNames {
  /// The id of a well-known user.
  public static func user(_ name: String) -> UInt32? { users[name] }

  /// The id of a well-known group.
  public static func group(_ name: String) -> UInt32? { groups[name] }

  private static let users: [String: UInt32] = [
    "root": 0, "daemon": 1, "nobody": 4_294_967_294, "_uucp": 4, "_taskgated": 13,
    "_networkd": 24, "_installassistant": 25, "_lp": 26, "_postfix": 27, "_scsd": 31,
    "_ces": 32, "_appstore": 33, "_mcxalr": 54, "_appleevents": 55, "_geod": 56,
    "_serialnumberd": 58,
    "_devdocs": 59, "_sandbox": 60, "_mdnsresponder": 65, "_ard": 67, "_www": 70, "www": 70,
    "_eppc": 71, "_cvs": 72, "_svn": 73, "_mysql": 74, "_sshd": 75, "_qtss": 76, "_cyrus": 77,
    "_mailman": 78, "_appserver": 79, "_clamav": 82, "_amavisd": 83, "_jabber": 84,
    "_windowserver": 88, "_spotlight": 89, "_tokend": 91, "_securityagent": 92,
    "_locationd": 205, "_timed": 266, "_coreaudiod": 202, "_screensaver": 203,
  ]

  private static let groups: [String: UInt32] = [
    "nobody": 4_294_967_294, "nogroup": 4_294_967_295, "wheel": 0, "daemon": 1, "kmem": 2,
    "sys": 3, "tty": 4, "operator": 5, "mail": 6, "bin": 7, "procview": 8, "procmod": 9,
    "owner": 10, "everyone": 12, "group": 16, "staff": 20, "_networkd": 24, "_lp": 26,
    "_postfix": 27, "network": 69, "_www": 70, "admin": 80, "_mdnsresponder": 65,
    "_windowserver": 88, "_locationd": 205,
  ]
}
