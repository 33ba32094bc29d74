internal import Geometry
public import Grids

/// Makes a surface of one period from cells with values.
public enum SurfaceEstimation {
  /// Cells with both a reading and a satellite value that a regression needs.
  public static let fewestPairs = 10

  /// - Parameters:
  ///   - readings: Cells with values; a variance is taken for that of the value's error, unknown ones for the median of
  ///     the known ones (0 where none is known).
  ///   - satellite: Needed for ``SurfaceOptions/Method/fusion`` and ``SurfaceOptions/Method/cokrigingByRegression``.
  ///   - targets: Strictly ascending, of the readings' size.
  public static func surface(
    readings: CellField, satellite: CellField? = nil, targets: [CellID], lattice: Lattice, options: SurfaceOptions
  ) throws(SurfaceFailure) -> (surface: Surface, report: SurfaceReport) {
    guard readings.count > 0 else { throw .noReadings }
    let (errors, assumed) = errorVariances(of: readings)
    let plain = Observations(
      places: readings.cells.map { lattice.centre(of: $0) }, values: readings.values, errorVariances: errors)
    let plainModel = try model(for: plain, options)
    let job = Job(
      readings: readings, errors: errors, targets: targets, lattice: lattice, options: options, plain: plain,
      plainModel: plainModel)
    var made: Made
    switch options.method {
    case .kriging: made = job.kriged(plain, plainModel, .constant, .point)
    case .universal: made = job.kriged(plain, plainModel, .plane, .point)
    case .block:
      made = job.kriged(
        plain, plainModel, .constant,
        .block(sideMetres: Double(lattice.sizeMetres), pointsPerSide: options.blockPoints))
    case .fusion: made = try job.fused(try known(satellite))
    case .cokrigingByRegression: made = try job.joined(try known(satellite))
    }
    made.report.assumedVariances = assumed
    made.report.isFitted = options.variogram == nil
    return (job.surface(made.estimates, satellite: made.satellite), made.report)
  }

  private static func known(_ satellite: CellField?) throws(SurfaceFailure) -> CellField {
    guard let satellite, satellite.count > 0 else { throw .noSatellite }
    return satellite
  }

  /// Error variances of readings: unknown ones count as the median of the known ones, 0 where none is known.
  public static func errorVariances(of field: CellField) -> (variances: [Double], assumed: Int) {
    let known = field.variances.filter(\.isFinite).sorted()
    let median = known.isEmpty ? 0 : known[known.count / 2]
    return (field.variances.map { $0.isFinite ? $0 : median }, field.count - known.count)
  }

  /// The variogram that was asked for, or one fitted to the readings.
  fileprivate static func model(
    for observations: Observations, _ options: SurfaceOptions
  ) throws(SurfaceFailure) -> VariogramModel {
    if let variogram = options.variogram { return variogram }
    do {
      return try VariogramFit(ExperimentalVariogram(observations), anisotropic: options.isAnisotropic).model
    } catch {
      throw .variogram(error)
    }
  }

  fileprivate struct Made {
    var estimates: [Kriging.Estimate?]
    var report: SurfaceReport
    /// Targets the satellite saw, by target.
    var satellite: [Bool]
  }
}

/// One period's inputs, and what they have in common.
private struct Job {
  let readings: CellField
  let errors: [Double]
  let targets: [CellID]
  let lattice: Lattice
  let options: SurfaceOptions
  /// Readings at the centres of their cells, sorted by place.
  let plain: Observations
  let plainModel: VariogramModel
  let centres: [PlanePoint]
  /// Slot of the reading of each target's own cell; -1 without one.
  let ownReading: [Int]

  init(
    readings: CellField, errors: [Double], targets: [CellID], lattice: Lattice, options: SurfaceOptions,
    plain: Observations, plainModel: VariogramModel
  ) {
    self.readings = readings
    self.errors = errors
    self.targets = targets
    self.lattice = lattice
    self.options = options
    self.plain = plain
    self.plainModel = plainModel
    centres = targets.map { lattice.centre(of: $0) }
    ownReading = slots(of: targets, in: readings.cells)
  }

  func kriged(
    _ observations: Observations, _ model: VariogramModel, _ trend: Kriging.Trend, _ support: Kriging.Support
  ) -> SurfaceEstimation.Made {
    let kriging = Kriging(observations, model: model, trend: trend, neighbours: options.neighbours)
    let estimates = kriging.estimates(at: centres, support: support, threads: options.threads)
    return SurfaceEstimation.Made(
      estimates: estimates,
      report: SurfaceReport(
        model: model, plainModel: plainModel, isFitted: true,
        leaveOneOut: LeaveOneOut(kriging, threads: options.threads)),
      satellite: targets.map { _ in false })
  }

  /// Satellite as external drift.
  func fused(_ satellite: CellField) throws(SurfaceFailure) -> SurfaceEstimation.Made {
    let driftOfReading = slots(of: readings.cells, in: satellite.cells).map {
      $0 < 0 ? Double.nan : satellite.values[$0]
    }
    let paired = driftOfReading.indices.filter { driftOfReading[$0].isFinite }
    guard paired.count >= SurfaceEstimation.fewestPairs else { throw .fewPairs(paired.count) }
    let line = Regression(paired.map { driftOfReading[$0] }, paired.map { readings.values[$0] })
    let observations = Observations(
      places: paired.map { lattice.centre(of: readings.cells[$0]) }, values: paired.map { readings.values[$0] },
      errorVariances: paired.map { errors[$0] }, drifts: paired.map { driftOfReading[$0] })
    // The drift takes its part of the variance: what distance explains is that of what is left.
    let residuals = observations.replacing(
      values: observations.values.indices.map {
        observations.values[$0] - line.intercept - line.slope * observations.drifts[$0]
      })
    // Too few pairs for a variogram of the residuals: that of the readings, lowered by the share the line explains.
    let left = max(1e-6, 1 - line.r2)
    let model =
      (try? SurfaceEstimation.model(for: residuals, options))
      ?? VariogramModel(
        shape: plainModel.shape, nugget: plainModel.nugget * left, partialSill: plainModel.partialSill * left,
        rangeMetres: plainModel.rangeMetres, anisotropy: plainModel.anisotropy)
    let kriging = Kriging(observations, model: model, trend: .external, neighbours: options.neighbours)
    let driftOfTarget = slots(of: targets, in: satellite.cells).map { $0 < 0 ? Double.nan : satellite.values[$0] }
    var estimates = kriging.estimates(at: centres, drifts: driftOfTarget, threads: options.threads)
    let without = estimates.indices.filter { estimates[$0] == nil }
    let ordinary = Kriging(plain, model: plainModel, neighbours: options.neighbours)
      .estimates(at: without.map { centres[$0] }, threads: options.threads)
    for (k, target) in without.enumerated() { estimates[target] = ordinary[k] }
    var report = SurfaceReport(
      model: model, plainModel: plainModel, isFitted: true,
      leaveOneOut: LeaveOneOut(kriging, threads: options.threads))
    report.satellite = (line.intercept, line.slope, paired.count, line.r2)
    report.withoutDrift = readings.count - paired.count
    return SurfaceEstimation.Made(estimates: estimates, report: report, satellite: driftOfTarget.map(\.isFinite))
  }

  /// Satellite cells as further readings.
  func joined(_ satellite: CellField) throws(SurfaceFailure) -> SurfaceEstimation.Made {
    let partner = slots(of: readings.cells, in: satellite.cells)
    let paired = partner.indices.filter { partner[$0] >= 0 }
    guard paired.count >= SurfaceEstimation.fewestPairs else { throw .fewPairs(paired.count) }
    let line = Regression(paired.map { satellite.values[partner[$0]] }, paired.map { readings.values[$0] })
    let centresOfSatellite = satellite.cells.map { lattice.centre(of: $0) }
    let observations = Observations(
      places: readings.cells.map { lattice.centre(of: $0) } + centresOfSatellite,
      values: readings.values + satellite.values.map { line.intercept + line.slope * $0 },
      // What the regression leaves open is the least error of a satellite value.
      errorVariances: errors.map { max($0, 1e-9) }
        + satellite.variances.map { max($0.isFinite ? $0 * line.slope * line.slope : 0, line.residualVariance) })
    var made = kriged(observations, plainModel, .constant, .point)
    made.report.satellite = (line.intercept, line.slope, paired.count, line.r2)
    made.satellite = slots(of: targets, in: satellite.cells).map { $0 >= 0 }
    return made
  }

  /// Estimates with their observed shares.
  func surface(_ estimates: [Kriging.Estimate?], satellite: [Bool]) -> Surface {
    // What the other cells' readings alone would leave open, where the cell has something of its own.
    let own = targets.indices.filter { ownReading[$0] >= 0 || satellite[$0] }
    var slotOfPlace: [PlanePoint: Int] = [:]
    for slot in 0..<plain.count { slotOfPlace[PlanePoint(x: plain.xs[slot], y: plain.ys[slot])] = slot }
    let ownSlots = own.map { ownReading[$0] >= 0 ? slotOfPlace[centres[$0]] ?? -1 : -1 }
    let others = Kriging(plain, model: plainModel, neighbours: options.neighbours).estimates(
      at: own.map { centres[$0] }, threads: options.threads
    ) { $1 != ownSlots[$0] }
    var share = [Double](repeating: 0, count: targets.count)
    for (k, target) in own.enumerated() {
      guard let before = others[k]?.variance, let after = estimates[target]?.variance else { continue }
      // Never 0 for an observed cell: 0 is the mark of an interpolated one.
      share[target] = before > 0 ? min(1, max(.leastNormalMagnitude, 1 - after / before)) : 1
    }
    let kept = targets.indices.filter { estimates[$0]?.value.isFinite == true }
    let field = CellField(
      cells: kept.map { targets[$0] }, values: kept.map { estimates[$0]?.value ?? 0 },
      variances: kept.map { estimates[$0]?.variance ?? .nan },
      counts: kept.map { ownReading[$0] < 0 ? 0 : readings.counts[ownReading[$0]] },
      coverages: kept.map { share[$0] })
    return Surface(
      field: field,
      kinds: kept.map { ownReading[$0] >= 0 ? .observed : satellite[$0] ? .satellite : .interpolated })
  }
}

/// Position of each cell in an ascending list; -1 where it is not in it. Both ascend.
private func slots(of cells: [CellID], in list: [CellID]) -> [Int] {
  var k = 0
  return cells.map { cell in
    while k < list.count, list[k] < cell { k += 1 }
    return k < list.count && list[k] == cell ? k : -1
  }
}

/// A straight line through pairs by least squares.
struct Regression {
  let intercept: Double
  let slope: Double
  /// Unit of y squared, with n - 2 degrees of freedom.
  let residualVariance: Double
  let r2: Double

  init(_ xs: [Double], _ ys: [Double]) {
    let n = Double(max(1, xs.count))
    let meanX = xs.reduce(0, +) / n
    let meanY = ys.reduce(0, +) / n
    var (sxx, sxy, syy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(xs, ys) {
      sxx += (x - meanX) * (x - meanX)
      sxy += (x - meanX) * (y - meanY)
      syy += (y - meanY) * (y - meanY)
    }
    slope = sxx > 0 ? sxy / sxx : 0
    intercept = meanY - slope * meanX
    residualVariance = max(0, syy - slope * sxy) / max(1, n - 2)
    r2 = syy > 0 ? slope * sxy / syy : 0
  }
}
