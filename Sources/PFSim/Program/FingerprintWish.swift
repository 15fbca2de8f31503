/// What a rule's operating system means for the loaded fingerprints.
enum FingerprintWish {
  /// Packets without a fingerprint.
  case unknown
  /// Nothing.
  case nothing
  /// A name that only a whole list could tell.
  case open
  /// By entry of the list: whether one of its systems is meant.
  case entries([Bool])

  init(_ name: String, _ list: FingerprintList) {
    switch list.query(name) {
    case .unknown: self = .unknown
    case .nothing: self = list.isWhole || name == "nomatch" ? .nothing : .open
    case let query:
      self = .entries(list.entries.map { $0.systems.contains(where: query.matches) })
    }
  }
}
