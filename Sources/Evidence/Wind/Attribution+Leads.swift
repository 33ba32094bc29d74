public import Enterprises
public import Grids
public import Quantities

/// What the leads of an attribution say beside its numbers.
public struct AttributionOrigin: Sendable {
  /// First day of the hours behind the attribution.
  public let firstDay: LocalDay
  /// Last day of the hours, usually that of the anomaly.
  public let lastDay: LocalDay
  /// Such as `PM2.5`.
  public let quantity: String
  /// Such as `µg/m³`.
  public let unit: String
  /// The input files of readings, wind and register.
  public let sources: [LeadSource]

  public init(firstDay: LocalDay, lastDay: LocalDay, quantity: String, unit: String, sources: [LeadSource]) {
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.quantity = quantity
    self.unit = unit
    self.sources = sources
  }
}

extension AttributionResult {
  /// One lead per firm whose probability of explaining half of the excess reaches the rules' least.
  ///
  /// - Parameters:
  ///   - firms: The register that ``SourceSlot/firm(_:)`` counts in.
  ///   - cells: Where each of them stands; `nil` where the register has no place.
  public func leads(
    firms: [Enterprise], cells: [CellID?], origin: AttributionOrigin, rules: AttributionRules
  ) -> [Lead] {
    shares.compactMap { entry in
      guard case .firm(let number) = entry.source, entry.halfProbability >= rules.leadProbability, let excess else {
        return nil
      }
      let firm = firms[number]
      let place =
        anomaly.cells.count == 1
        ? "cell \(anomaly.cells[0])" : "the \(anomaly.cells.count) cells around \(anomaly.cells[0])"
      let rest = unexplainedShare ?? 0
      return Lead(
        kind: .likelySource, cell: cells[number] ?? anomaly.cells[0], creditCode: firm.creditCode, meterID: nil,
        firstDay: origin.firstDay, lastDay: origin.lastDay, strength: entry.halfProbability,
        statement: "Of the \(origin.quantity) that nearby sources add to \(place), about \(plain(excess, decimals: 1)) "
          + "\(origin.unit), \(firm.name) may explain \(percent(entry.share)) (90 % interval \(percent(entry.lowest)) to "
          + "\(percent(entry.highest))); the chance that it explains half or more is \(percent(entry.halfProbability)), "
          + "from \(counted(hoursUsed, "hour")) with wind at \(counted(receptors, "monitor")), among "
          + "\(counted(candidates, "firm")) within reach. No registered firm explains \(percent(rest)).",
        disproof:
          "A source beside it with the same hours, a road, a wind that differs from the weather station's, or a "
          + "faulty monitor would look the same: a plume shows a direction, not a chimney. Compare the polar table of "
          + "the nearest monitor, production records and the neighbours.",
        numbers: [
          LeadNumber("share", entry.share), LeadNumber("share lowest", entry.lowest),
          LeadNumber("share highest", entry.highest), LeadNumber("half probability", entry.halfProbability),
          LeadNumber("main probability", entry.mainProbability), LeadNumber("excess", excess, origin.unit),
          LeadNumber("unexplained share", rest), LeadNumber("hours", Double(hoursUsed), "h"),
          LeadNumber("hours without wind", Double(hoursWithoutWind), "h"),
          LeadNumber("monitors", Double(receptors)), LeadNumber("ensemble", Double(ensemble)),
        ], sources: origin.sources)
    }
  }
}
