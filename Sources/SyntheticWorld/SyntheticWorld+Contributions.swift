public import Grids
internal import Quantities

/// What one planted source adds to some cells.
public struct SyntheticContribution: Sendable, Hashable {
  /// Position in ``SyntheticWorld/sources``.
  public let source: Int
  /// Mean over hours and cells, µg/m³.
  public let mean: Double
}

extension SyntheticWorld {
  /// Truth: what each source adds to the mean of some cells over some days, largest first, none that adds nothing.
  ///
  /// - Parameter days: Of the campaign, from 0.
  public func contributions(to cells: [CellID], days: ClosedRange<Int>) -> [SyntheticContribution] {
    let homes = sources.map { region.lattice.cell(at: $0.point) }
    let near = sources.indices.filter { number in
      guard let home = homes[number], sources[number].strength > 0 else { return false }
      return cells.contains { abs($0.column - home.column) <= 5 && abs($0.row - home.row) <= 5 }
    }
    var sums = [Double](repeating: 0, count: near.count)
    for day in days {
      for hour in 0..<24 {
        let shape = plumeShape(day: day, hour: hour)
        for (k, number) in near.enumerated() {
          guard let home = homes[number] else { continue }
          let strength = emission(sources[number], day: day, hour: hour)
          // The same least strength as the air's.
          guard strength > 0.05 else { continue }
          for part in shape {
            let cell = CellID(
              sizeMetres: home.sizeMetres, column: home.column + part.dx, row: home.row + part.dy)
            if cells.contains(cell) { sums[k] += Double(strength * part.weight) }
          }
        }
      }
    }
    let n = Double(max(1, cells.count * days.count * 24))
    return near.indices.filter { sums[$0] > 0 }.map { SyntheticContribution(source: near[$0], mean: sums[$0] / n) }
      .sorted { ($1.mean, $0.source) < ($0.mean, $1.source) }
  }

  /// What a faultless station reads in the 24 hours of a day, µg/m³ of PM2.5, unrounded: gain error and noise are in it,
  /// planted faults are not.
  ///
  /// - Parameter station: Position in ``stations``.
  /// - Returns: `nil` for a station outside the region.
  public func readings(of station: Int, air: SyntheticAir) -> [Double]? {
    guard let slot = region.slot(of: stations[station].cell) else { return nil }
    return (0..<24).map { hour in
      var stream = SyntheticStream(options.seed, 5, station, air.day * 24 + hour)
      return measured(stations[station], air, hour, slot, &stream)
    }
  }

  /// kWh of a source's production circuit by hour of a day, as its meter would have it.
  ///
  /// - Parameter source: Position in ``sources``; one without a meter has a load too, which nobody sees.
  public func production(of source: Int, day: Int) -> [Double] {
    var stream = SyntheticStream(options.seed, 10, source, day)
    let steps = (0..<96).map { step in
      max(
        0,
        sources[source].loadKilowattHours * activity(sources[source], day: day, step: step)
          * (1 + 0.07 * stream.normal()))
    }
    return (0..<24).map { hour in steps[hour * 4..<hour * 4 + 4].reduce(0, +) }
  }

  /// The wind of an hour of the campaign, m/s towards the east and the north.
  public func wind(hour: Int) -> (east: Double, north: Double) { (wind[hour].u, wind[hour].v) }

  /// A daily field of PM2.5 on all cells as a satellite would give it: background and sources with noise of `noise` of the
  /// value, and its variance.
  public func dailyField(_ air: SyntheticAir, noise: Double = 0.08) -> CellField {
    let increments = air.dailyIncrement
    var stream = SyntheticStream(options.seed, 21, 0, air.day)
    let values = region.cells.indices.map { slot -> Double in
      let centre = region.lattice.centre(of: region.cells[slot])
      let clean = (0..<8).reduce(0.0) { $0 + background(day: air.day, hour: $1 * 3, at: centre) } / 8
      return max(1, (clean + increments[slot]) * (1 + noise * stream.normal()))
    }
    return CellField(
      cells: region.cells, values: values, variances: values.map { noise * noise * $0 * $0 },
      counts: values.map { _ in 1 }, coverages: values.map { _ in 1 })
  }

  /// A made-up square region of `side` × `side` cells in counties of twelve by twelve cells, for evaluations that read
  /// no boundaries.
  public static func squareRegion(side: Int32, grid: Grid) -> Region? {
    guard let lattice = grid.definition.lattice(sizeMetres: grid.coarsestMetres) else { return nil }
    let cells = (0..<side).flatMap { row in
      (0..<side).map { CellID(sizeMetres: grid.coarsestMetres, column: 1230 + $0, row: 1330 + row) }
    }
    let across = (side + 11) / 12
    let counties = (0..<across * across).map { number in
      County(
        code: "\(130_100 + number % 90 + number / 90 * 100)", name: "合成县\(number)", cityCode: "130100",
        cityName: "合成市", provinceName: "合成省")
    }
    return Region(
      name: "synthetic square", lattice: lattice, counties: counties, cells: cells,
      shareStarts: (0...cells.count).map { Int32($0) },
      shareCounties: cells.map { ($0.row - 1330) / 12 * across + ($0.column - 1230) / 12 },
      shares: cells.map { _ in 1 })
  }
}
