internal import Geometry
internal import Glibc
internal import Grids

extension PlumeDesign {
  /// Lays out what one anomaly's posterior needs.
  ///
  /// - Parameter background: By hour of the evidence; NaN where it is not known.
  init(
    anomaly: AirAnomaly, inputs: AttributionInputs, hours: [Int], near: [Int], background: [Double],
    rules: AttributionRules
  ) {
    self.hours = hours
    self.background = background
    hourCount = inputs.wind.count
    let centres = anomaly.cells.map { inputs.lattice.centre(of: $0) }
    cellX = centres.map(\.x)
    cellY = centres.map(\.y)
    let isUsed = hours.reduce(into: [Bool](repeating: false, count: hourCount)) { $0[$1] = true }
    for number in near {
      let receptor = inputs.receptors[number]
      // A monitor speaks for its cell, as everywhere in this program.
      let place = inputs.lattice.middle(of: receptor.point)
      receptorX.append(place.x)
      receptorY.append(place.y)
      receptorGain.append(receptor.gainErrorShare)
      for hour in 0..<hourCount {
        let value = receptor.values[hour]
        let isThere = isUsed[hour] && !value.isNaN
        let error = receptor.hourErrorShare * max(10, value)
        residuals.append(isThere ? value - background[hour] : .nan)
        variances.append(isThere ? error * error + rules.floor * rules.floor : .nan)
      }
    }
    for candidate in inputs.candidates {
      guard distance(from: candidate.point, to: centres) <= rules.candidateMetres else { continue }
      addPlace(inputs.lattice.middle(of: candidate.point))
      for profile in candidate.profiles where profile.weight > 0 {
        addColumn(
          .firm(candidate.firm), profile.levels, prior: candidate.prior * profile.weight,
          mean: rules.firmGramsPerSecond * max(0.02, candidate.relativeEmission))
      }
    }
    let loads = Dictionary(inputs.unregistered.map { ($0.cell, $0.levels) }, uniquingKeysWith: { first, _ in first })
    let slots = Set(anomaly.cells.flatMap { $0.disk(rules.slotSteps) }).sorted()
    let unknown = ActivityProfile.unknown(firstHour: inputs.wind.firstHour, count: hourCount)
    for cell in slots {
      addPlace(inputs.lattice.centre(of: cell))
      if let levels = loads[cell] {
        addColumn(
          .unregistered(cell), levels, prior: rules.loadedSlotPrior, mean: rules.slotGramsPerSecond)
      } else {
        for profile in unknown {
          addColumn(
            .unregistered(cell), profile.levels, prior: rules.slotPrior * profile.weight,
            mean: rules.slotGramsPerSecond)
        }
      }
    }
  }

  private mutating func addPlace(_ point: PlanePoint) {
    placeX.append(point.x)
    placeY.append(point.y)
    columnsOfPlace.append([])
  }

  private mutating func addColumn(_ source: SourceSlot, _ levels: [Float], prior: Double, mean: Double) {
    columnsOfPlace[placeX.count - 1].append(columns.count)
    columns.append(
      PlumeColumn(source: source, place: placeX.count - 1, levels: levels, prior: min(0.99, prior), mean: mean))
  }
}

extension Lattice {
  /// The middle of the cell that owns a point; the point itself where no cell can be named.
  func middle(of point: PlanePoint) -> PlanePoint { cell(at: point).map(centre(of:)) ?? point }
}

/// Metres to the nearest of some points.
func distance(from point: PlanePoint, to others: [PlanePoint]) -> Double {
  others.reduce(Double.infinity) { nearest, other in
    let (dx, dy) = (other.x - point.x, other.y - point.y)
    return min(nearest, (dx * dx + dy * dy).squareRoot())
  }
}
