extension Lead {
  /// The lead of a cell, told of a firm or meter in it or near it.
  ///
  /// - Parameters:
  ///   - name: Of the firm or meter, as sentences print it.
  ///   - nearby: Where it stands, seen from the cell.
  public func told(of name: String, creditCode: String?, meterID: String?, nearby: NearbyPoint) -> Lead {
    let place: String
    if nearby.distanceMetres == 0 {
      place = "\(name) stands in this cell."
    } else {
      let kilometres = plain(nearby.distanceMetres / 1000, decimals: 1)
      place = "\(name) stands \(kilometres) km from this cell, to the \(compassName(nearby.bearingDegrees))."
    }
    return Lead(
      kind: kind, cell: cell, creditCode: creditCode, meterID: meterID, firstDay: firstDay, lastDay: lastDay,
      strength: strength, statement: "\(statement) \(place)",
      disproof: "\(disproof) Being near does not make it the source.",
      numbers: numbers + [
        LeadNumber("distance", nearby.distanceMetres, "m"), LeadNumber("bearing", nearby.bearingDegrees, "°"),
      ],
      sources: sources)
  }
}
