public import Grids
internal import SpatialStatistics
internal import Threads

/// How emerging hot spots are looked for.
public struct EmergingOptions: Hashable, Sendable {
  public var hotspots = HotspotOptions()
  /// Steps before a step that count as its neighbours, with the cell's own value there.
  public var stepsBack = 1
  /// |bin| from which a step is hot or cold: 1, 2, 3 for 10, 5, 1 % of false discoveries over the whole cube.
  public var minimumBin = 2
  /// p of the Mann-Kendall test below which z has a trend.
  public var trendLevel = 0.05
  /// See ``EmergingClass/classify(_:trend:legacySporadic:)``.
  public var legacySporadic = false
  /// What x̄ and s are taken over.
  public var window = Window.cube

  /// What a step is compared with.
  public enum Window: String, CaseIterable, Hashable, Sendable {
    /// All cells of all periods.
    case cube
    /// All cells of the step and of those before it that are its neighbours.
    case neighbours
    /// All cells of the step.
    case step
  }

  public init() {}
}

/// One cell's history.
public struct EmergingRow: Hashable, Sendable {
  public let cell: CellID
  public let classification: EmergingClass
  /// Steps with a z, and those of them that are hot and cold.
  public let steps: Int
  public let hot: Int
  public let cold: Int
  /// Of the last step; `nil` where it has no value.
  public let lastZ: Double?
  public let lastBin: Int
  /// Mann-Kendall of z over the steps that have one.
  public let trendZ: Double
  public let trendP: Double
  public let tau: Double
  /// Sen's slope of the values per step, with its 95 % interval; `nil` for fewer than 2 values.
  public let slope: Double?
  public let slopeLow: Double?
  public let slopeHigh: Double?
  /// Why there is no class; empty when there is one.
  public let reason: String
}

/// Space-time Gi* of a cube and the class of every cell.
public enum EmergingHotspots {
  /// Gi* of every cell and step: neighbours are those in space, and the same with the cell itself in the steps before.
  ///
  /// - Returns: `period * cells.count + slot`; NaN where the cell has no value, no neighbour, or where nothing varies.
  public static func scores(_ cube: SpaceTimeCube, options: EmergingOptions, threads: Int = 1) -> [Double] {
    let (n, steps) = (cube.cells.count, cube.periods.count)
    let neighbours = LatticeNeighbours(cells: cube.cells, neighbourhood: options.hotspots.neighbourhood)
    // Sums of values and of presence over each cell's own step.
    let parts = mapConcurrently(steps, threads: threads) {
      step -> (sums: [Double], counts: [Int64], statistics: Totals) in
      let values = Array(cube.values[step * n..<(step + 1) * n])
      let present = values.map { $0.isNaN ? Int64(0) : 1 }
      let filled = values.map { $0.isNaN ? 0 : $0 }
      return (neighbours.sumsWithSelf(of: filled), neighbours.sumsWithSelf(of: present), Totals(values))
    }
    let whole = parts.reduce(Totals()) { $0.adding($1.statistics) }
    return mapConcurrently(steps, threads: threads) { step in
      var z = [Double](repeating: .nan, count: n)
      let first = max(0, step - options.stepsBack)
      let totals =
        switch options.window {
        case .cube: whole
        case .neighbours: parts[first...step].reduce(Totals()) { $0.adding($1.statistics) }
        case .step: parts[step].statistics
        }
      guard let (mean, deviation) = totals.meanAndDeviation else { return z }
      let all = totals.count
      for slot in 0..<n where !cube.values[step * n + slot].isNaN {
        var (sum, count) = (0.0, Int64(0))
        for back in first...step {
          sum += parts[back].sums[slot]
          count += parts[back].counts[slot]
        }
        let w = Double(count)
        let square = (all * w - w * w) / (all - 1)
        guard count > 1, square > 1e-12 * all else { continue }
        z[slot] = (sum - w * mean) / (deviation * square.squareRoot())
      }
      return z
    }.flatMap(\.self)
  }

  /// The class of every cell of a cube, in the cube's order.
  ///
  /// - Returns: The rows, and how many cell-steps were tested.
  public static func rows(
    _ cube: SpaceTimeCube, options: EmergingOptions, threads: Int = 1
  ) -> (rows: [EmergingRow], tested: Int) {
    let (n, steps) = (cube.cells.count, cube.periods.count)
    let z = scores(cube, options: options, threads: threads)
    let bins = bins(z, options)
    let piece = 1024
    let rows = mapConcurrently((n + piece - 1) / piece, threads: threads) { number in
      (number * piece..<min(n, (number + 1) * piece)).map { slot -> EmergingRow in
        var series: [Double] = []
        var states: [EmergingClass.State] = []
        var values: [Double] = []
        var times: [Double] = []
        for step in 0..<steps {
          let place = step * n + slot
          if !cube.values[place].isNaN {
            values.append(cube.values[place])
            times.append(Double(step))
          }
          guard !z[place].isNaN else { continue }
          series.append(z[place])
          let bin = Int(bins[place])
          states.append(bin >= options.minimumBin ? .hot : bin <= -options.minimumBin ? .cold : .neither)
        }
        let last = (steps - 1) * n + slot
        let trend = MannKendall(series)
        let slope = SenSlope(values, times: times)
        let hasLast = !z[last].isNaN
        let way: EmergingClass.Trend =
          trend.p < options.trendLevel ? (trend.z > 0 ? .rising : trend.z < 0 ? .falling : .none) : .none
        return EmergingRow(
          cell: cube.cells[slot],
          classification: hasLast
            ? EmergingClass.classify(states, trend: way, legacySporadic: options.legacySporadic) : .none,
          steps: series.count, hot: states.count { $0 == .hot }, cold: states.count { $0 == .cold },
          lastZ: hasLast ? z[last] : nil, lastBin: hasLast ? Int(bins[last]) : 0, trendZ: trend.z, trendP: trend.p,
          tau: trend.tau, slope: slope?.slope, slopeLow: slope?.low, slopeHigh: slope?.high,
          reason: hasLast ? "" : series.isEmpty ? "no step has a score" : "no score in the last period")
      }
    }.flatMap(\.self)
    return (rows, z.count { !$0.isNaN })
  }

  /// Benjamini-Hochberg over all cells and steps together.
  private static func bins(_ z: [Double], _ options: EmergingOptions) -> [Int8] {
    let known = z.map { $0.isNaN ? Double?.none : $0 }
    var judged = known
    if options.hotspots.null == .empirical, let null = EmpiricalNull(z: known) {
      judged = known.map { $0.map(null.standardised) }
    }
    return Significance.bins(z: judged, p: judged.map { $0.map(Significance.twoSidedP) }).map { Int8($0) }
  }

  /// Sums over many values, for their mean and population variance.
  private struct Totals {
    var count = 0.0
    private var sum = 0.0
    private var squares = 0.0
    /// Values are summed less the first one: far from 0 their squares would swallow the variance.
    private var origin = 0.0

    init() {}

    init(_ values: [Double]) {
      guard let first = values.first(where: { !$0.isNaN }) else { return }
      origin = first
      for value in values where !value.isNaN {
        count += 1
        sum += value - origin
        squares += (value - origin) * (value - origin)
      }
    }

    func adding(_ other: Totals) -> Totals {
      guard count > 0 else { return other }
      guard other.count > 0 else { return self }
      var total = self
      let shift = other.origin - origin
      total.count += other.count
      total.sum += other.sum + other.count * shift
      total.squares += other.squares + 2 * shift * other.sum + other.count * shift * shift
      return total
    }

    var meanAndDeviation: (Double, Double)? {
      guard count >= 3 else { return nil }
      let mean = sum / count
      let variance = squares / count - mean * mean
      guard variance > 1e-14 * squares / count else { return nil }
      return (origin + mean, variance.squareRoot())
    }
  }
}
