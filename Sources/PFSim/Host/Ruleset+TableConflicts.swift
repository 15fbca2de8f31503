extension Ruleset {
  /// The second definition of a table that one load defines twice in the same anchor, which the
  /// kernel refuses as busy; nil for none.
  var tableDefinedTwice: TableDefinition? {
    var seen: Set<String> = []
    for anchor in anchors {
      for table in anchor.tables where !seen.insert(anchor.path + "/" + table.name).inserted {
        return table
      }
    }
    return nil
  }
}
