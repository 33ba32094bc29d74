public import Grids

/// What is thought of unregistered sources after visits: chances of cells put right, and units for ``UnseenSources``.
public struct DarkAssessment: Sendable {
  /// What the visits did to the model's posteriors.
  public let calibration: DarkCalibration
  /// Of the visits that confirmed or refuted suspects.
  public let sensitivity: VisitSensitivity
  /// Chance of each judged cell after calibration and its own visits, 1 where a source was found.
  public let chances: [CellID: Double]
  /// Cells where visits found a source.
  public let confirmed: Set<CellID>
  /// Visited cells without a find.
  public let refuted: Set<CellID>
  /// Cells with their chances of a source and of a visit.
  public let units: [UnseenSources.Unit]
  /// `nil` without visits of known chance.
  public let design: UnseenSources.Design?

  /// - Parameters:
  ///   - visits: One per cell and draw; those outside the region are left out.
  ///   - frame: Cells that could be drawn; `nil` leaves out the interval of the draw.
  ///   - pairs: Cells that two teams visited without knowing of each other, where both or one of them found something.
  public init(
    _ screen: DarkScreen, visits: [DarkVisit] = [], frame: Set<CellID>? = nil, pairs: (both: Int, one: Int) = (0, 0),
    region: Region
  ) {
    let sensitivity =
      VisitSensitivity(both: pairs.both, one: pairs.one)
      ?? VisitSensitivity(assumed: screen.rules.visitSensitivity)
    let judged = Dictionary(
      screen.judgements.map { ($0.evidence.cell, $0) }, uniquingKeysWith: { first, _ in first })
    let known = visits.filter { region.slot(of: $0.cell) != nil }
    let calibration = DarkCalibration(
      known.compactMap { visit in judged[visit.cell].map { (posterior: $0.posterior, isFind: visit.isFind) } },
      sensitivity: sensitivity.value)
    let found = Set(known.filter(\.isFind).map(\.cell))
    let misses = Dictionary(grouping: known.filter { !$0.isFind }, by: \.cell).mapValues(\.count)
    var chances: [CellID: Double] = [:]
    for judgement in screen.judgements {
      let cell = judgement.evidence.cell
      chances[cell] =
        found.contains(cell)
        ? 1
        : DarkCalibration.refuted(
          calibration.calibrated(judgement.posterior), visits: misses[cell] ?? 0, sensitivity: sensitivity.value)
    }
    func county(_ cell: CellID) -> Int? { region.slot(of: cell).map(region.homeCounty(slot:)) }
    var units = screen.judgements.compactMap { judgement in
      county(judgement.evidence.cell).map {
        UnseenSources.Unit(
          history: judgement.evidence.history, county: $0, chance: chances[judgement.evidence.cell] ?? 0)
      }
    }
    for cell in found.sorted() where judged[cell] == nil {
      if let county = county(cell) { units.append(UnseenSources.Unit(history: 0, county: county, chance: 1)) }
    }
    var design: UnseenSources.Design?
    let drawn = known.filter { $0.probability != nil }
    if let frame, !drawn.isEmpty {
      var unsigned = [Int](repeating: 0, count: region.counties.count)
      for cell in frame where judged[cell] == nil {
        if let county = county(cell) { unsigned[county] += 1 }
      }
      var made = UnseenSources.Design(unsignedCells: unsigned, sensitivity: sensitivity)
      made.visits = drawn.compactMap { visit in
        guard let county = county(visit.cell), let probability = visit.probability else { return nil }
        return (county: county, probability: probability, isFind: visit.isFind, hasSign: judged[visit.cell] != nil)
      }
      design = made
    }
    self.sensitivity = sensitivity
    self.calibration = calibration
    self.chances = chances
    confirmed = found
    refuted = Set(misses.keys).subtracting(found)
    self.units = units
    self.design = design
  }
}
