internal import Geometry
public import Grids
internal import Glibc
internal import Randomness
internal import SpatialStatistics
internal import Threads

/// Fields that could be true, given the readings: each agrees with them within their errors and varies elsewhere as the
/// variogram says.
///
/// Conditioning by kriging (Chilès & Delfiner 2012, section 7.3.1): an unconditional field S is read at the stations with
/// simulated errors and kriged to S*; ẑ + S - S* has the mean ẑ and the kriging variance, and errors that go together as
/// those of the surface do.
public struct ConditionalSimulation: Sendable {
  /// What a cell's values are drawn about.
  public let estimates: [Double]
  /// Share of the variogram's variance that the simulation on a torus loses; 0 where it is exact.
  public var lostShare: Double { field.lostShare }
  private let weights: Kriging.Weights
  private let field: GaussianField
  private let nugget: Double
  private let errorDeviations: [Double]
  /// Positions in a simulated field.
  private let placesOfTargets: [Int32]
  private let placesOfReadings: [Int32]

  /// Why there is no simulation.
  public enum Failure: Error, Hashable, Sendable {
    /// The readings are no cell centres, or a target has no estimate.
    case noEstimate
    /// The torus of the simulation would be larger than 64 million places.
    case tooLarge
  }

  /// - Parameters:
  ///   - kriging: Of readings at centres of the lattice's cells; its trend is constant.
  ///   - targets: Cells of the lattice.
  public init(_ kriging: Kriging, targets: [CellID], lattice: Lattice, threads: Int) throws(Failure) {
    let all = kriging.observations
    let readingCells = zip(all.xs, all.ys).compactMap { lattice.cell(at: PlanePoint(x: $0, y: $1)) }
    guard readingCells.count == all.count else { throw .noEstimate }
    let cells = targets + readingCells
    guard let first = cells.first else { throw .noEstimate }
    var (west, east, south, north) = (first.column, first.column, first.row, first.row)
    for cell in cells {
      (west, east) = (min(west, cell.column), max(east, cell.column))
      (south, north) = (min(south, cell.row), max(north, cell.row))
    }
    let (width, height) = (Int(east) - Int(west) + 1, Int(north) - Int(south) + 1)
    let model = kriging.model
    let side = Double(lattice.sizeMetres)
    // Beyond the range correlations are below 5 % of the sill; more padding than the field itself buys nothing.
    let padding = min(max(width, height), Int((model.rangeMetres / side).rounded(.up)) + 1)
    guard (width + padding) <= 1 << 13, (height + padding) <= 1 << 13 else { throw .tooLarge }
    let frame = VariogramModel.Frame(model)
    field = GaussianField(width: width, height: height, padding: padding) { columns, rows in
      let (u, v) = frame.place(Double(columns) * side, Double(rows) * side)
      return model.partialSill * model.correlation(squaredDistance: u * u + v * v)
    }
    nugget = model.nugget
    errorDeviations = all.errorVariances.map { $0.squareRoot() }
    func places(_ cells: [CellID]) -> [Int32] {
      cells.map { Int32((Int($0.row) - Int(south)) * width + Int($0.column) - Int(west)) }
    }
    placesOfTargets = places(targets)
    placesOfReadings = places(readingCells)
    weights = kriging.weights(at: targets.map { lattice.centre(of: $0) }, threads: threads)
    guard weights.counts.allSatisfy({ $0 > 0 }) else { throw .noEstimate }
    estimates = weights.applied(to: all.values)
  }

  /// Two simulated fields on the targets; the same seed and number give the same.
  public func pair(seed: UInt64, number: Int) -> (first: [Double], second: [Double]) {
    let (first, second) = field.pair(seed: seed, number: number)
    return (condition(first, seed: seed, number: 2 * number), condition(second, seed: seed, number: 2 * number + 1))
  }

  private func condition(_ smooth: [Double], seed: UInt64, number: Int) -> [Double] {
    var whole = smooth
    var stream = RandomStream(seed: seed, slot: -3, replicate: number)
    if nugget > 0 {
      // What differs at no distance is one number per cell, which a reading in the cell has seen.
      let deviation = nugget.squareRoot()
      for place in stride(from: 0, to: whole.count, by: 2) {
        let (a, b) = stream.normals()
        whole[place] += deviation * a
        if place + 1 < whole.count { whole[place + 1] += deviation * b }
      }
    }
    let readings = placesOfReadings.indices.map { k in
      whole[Int(placesOfReadings[k])] + errorDeviations[k] * stream.normals().0
    }
    let kriged = weights.applied(to: readings)
    return estimates.indices.map { estimates[$0] + whole[Int(placesOfTargets[$0])] - kriged[$0] }
  }
}

/// Fields that could be true where each cell brings its own standard error, such as a satellite's.
///
/// Errors are normal, independent or with a common range: ε = σ g, with g of variance 1 and covariance exp(-3h/range).
public struct ErrorSimulation: Sendable {
  private let values: [Double]
  private let deviations: [Double]
  private let field: GaussianField?
  private let places: [Int32]

  /// - Parameters:
  ///   - field: Unknown variances count as the median of the known ones, 0 when none is known.
  ///   - rangeMetres: Distance at which errors have all but nothing in common; 0 for independent ones.
  /// - Returns: `nil` when the cells lie too far apart for a simulation on a lattice.
  public init?(_ field: CellField, rangeMetres: Double) {
    values = field.values
    let known = field.variances.filter(\.isFinite).sorted()
    let median = known.isEmpty ? 0 : known[known.count / 2]
    deviations = field.variances.map { ($0.isFinite ? max(0, $0) : median).squareRoot() }
    guard rangeMetres > 0, let window = LatticeWindow(cells: field.cells, margin: 0),
      let size = field.cells.first?.sizeMetres
    else {
      guard rangeMetres <= 0 else { return nil }
      self.field = nil
      places = []
      return
    }
    let steps = rangeMetres / Double(size)
    let padding = min(max(window.stride, window.height), Int(steps.rounded(.up)) + 1)
    guard window.stride + padding <= 1 << 13, window.height + padding <= 1 << 13 else { return nil }
    self.field = GaussianField(width: window.stride, height: window.height, padding: padding) { columns, rows in
      exp(-3 * Double(columns * columns + rows * rows).squareRoot() / steps)
    }
    places = window.positions
  }

  /// Two simulated fields; the same seed and number give the same.
  public func pair(seed: UInt64, number: Int) -> (first: [Double], second: [Double]) {
    guard let field else {
      var stream = RandomStream(seed: seed, slot: -4, replicate: number)
      var (first, second) = (values, values)
      for slot in values.indices {
        let (a, b) = stream.normals()
        first[slot] += deviations[slot] * a
        second[slot] += deviations[slot] * b
      }
      return (first, second)
    }
    let (a, b) = field.pair(seed: seed, number: number)
    func add(_ errors: [Double]) -> [Double] {
      values.indices.map { values[$0] + deviations[$0] * errors[Int(places[$0])] }
    }
    return (add(a), add(b))
  }
}
