internal import Glibc
internal import Gridding
internal import Grids
internal import Hotspots
internal import Quantities
internal import Randomness
internal import SpatialStatistics
internal import Surfaces
internal import Threads

/// What `evaluate detection` was asked for.
public struct DetectionEvaluationRequest: Sendable {
  /// Of fields and bumps; the same seed gives the same tables.
  public var seed: UInt64 = 1
  /// Fields per correlation length.
  public var fields = 100
  /// Cells along a side.
  public var side = 178
  /// Standard deviations of the Gaussian kernel that smooths white noise, in cells; 0 is white noise.
  public var lengths = [0.0, 1, 2, 5, 10]
  /// Heights of planted bumps in standard deviations of the field.
  public var heights = [0.5, 1, 2, 3, 4]
  /// Bumps planted into each field.
  public var bumps = 20
  /// At most; the tables do not depend on the number.
  public var threads = 1

  /// The defaults of the verb.
  public init() {}
}

/// Shares of synthetic fields that each way of testing calls hot, with and without anything planted.
public struct DetectionEvaluation: Sendable, Codable {
  /// On fields without a hotspot, means over fields.
  public struct Size: Sendable, Codable {
    /// Which values are tested against which null, such as `value, theoretical null`.
    public var method: String
    /// As in ``DetectionEvaluationRequest/lengths``, cells.
    public var length: Double
    /// Share of cells with p below 0.05, hot or cold.
    public var flagged: Double
    /// Of those, hot.
    public var hot: Double
    /// The field with the most, share hot.
    public var worstHot: Double
    /// Share hot after Benjamini-Hochberg at 5 %.
    public var hotAfterCorrection: Double
  }

  /// On fields with bumps.
  public struct Power: Sendable, Codable {
    /// Which values are tested against which null, such as `value, theoretical null`.
    public var method: String
    /// As in ``DetectionEvaluationRequest/lengths``, cells.
    public var length: Double
    /// Cells along a side of a bump.
    public var bumpCells: Int
    /// In standard deviations of the field.
    public var height: Double
    /// Share of bumps whose middle is hot at p below 0.05.
    public var found: Double
    /// The same after Benjamini-Hochberg at 5 %.
    public var foundAfterCorrection: Double
  }

  /// Fields per correlation length; a tenth of them got bumps.
  public var fields: Int
  /// Cells of each field.
  public var cells: Int
  /// By length, then method.
  public var sizes: [Size]
  /// By length, then size and height of the bumps, then method.
  public var powers: [Power]
}

/// One way of saying which cells are hot.
private enum Method: String, CaseIterable {
  case theoretical = "value, theoretical null"
  case empirical = "value, empirical null"
  case autocorrelated = "value, Ord and Getis's O"
  case residualTheoretical = "residual, theoretical null"
  case residualEmpirical = "residual, empirical null (daily job)"
  case alarm = "local outlier alarm"
}

/// Measures how often detection calls cells hot where nothing is, and how often it finds what was planted.
///
/// Fields: white noise smoothed with a Gaussian kernel, standard deviation 10 about 60, plus white noise of 1: a smooth µg/m³ field
/// as satellites and surfaces give it, synthetic. The same seed gives the same tables for any number of threads.
public func evaluateDetection(_ request: DetectionEvaluationRequest) -> DetectionEvaluation {
  let world = DetectionWorld(side: request.side)
  var result = DetectionEvaluation(
    fields: request.fields, cells: request.side * request.side, sizes: [], powers: [])
  for (number, length) in request.lengths.enumerated() {
    let source = world.source(length: length)
    @Sendable func field(_ k: Int) -> [Double] {
      world.field(source, seed: request.seed &+ UInt64(number) &* 1000, number: k)
    }
    let found = mapConcurrently(request.fields, threads: request.threads) { world.judge(field($0)) }
    for method in Method.allCases {
      let all = found.map { $0[method] ?? Judgement() }
      let n = Double(all.count * world.cells.count)
      result.sizes.append(
        DetectionEvaluation.Size(
          method: method.rawValue, length: length,
          flagged: Double(all.reduce(0) { $0 + $1.flagged }) / n,
          hot: Double(all.reduce(0) { $0 + $1.hot.count }) / n,
          worstHot: Double(all.map(\.hot.count).max() ?? 0) / Double(world.cells.count),
          hotAfterCorrection: Double(all.reduce(0) { $0 + $1.corrected.count }) / n))
    }
    for bumpCells in [1, 3, 5] {
      for height in request.heights {
        let count = max(1, request.fields / 10)
        let hits = mapConcurrently(count, threads: request.threads) { k -> [Method: (Int, Int)] in
          let middles = world.middles(request.bumps, seed: request.seed, number: k)
          let judged = world.judge(world.planted(field(k), middles, cells: bumpCells, height: height))
          return judged.mapValues { judgement in
            (middles.count { judgement.hot.contains($0) }, middles.count { judgement.corrected.contains($0) })
          }
        }
        for method in Method.allCases {
          let n = Double(count * request.bumps)
          result.powers.append(
            DetectionEvaluation.Power(
              method: method.rawValue, length: length, bumpCells: bumpCells, height: height,
              found: Double(hits.reduce(0) { $0 + ($1[method]?.0 ?? 0) }) / n,
              foundAfterCorrection: Double(hits.reduce(0) { $0 + ($1[method]?.1 ?? 0) }) / n))
        }
      }
    }
  }
  return result
}

/// What one method says of one field.
private struct Judgement: Sendable {
  var flagged = 0
  /// Slots that are hot at p below 0.05, and after correction.
  var hot: Set<Int> = []
  var corrected: Set<Int> = []
}

private struct DetectionWorld: Sendable {
  static let mean = 60.0
  static let deviation = 10.0
  static let noise = 1.0

  let side: Int
  let cells: [CellID]
  private let neighbours: LatticeNeighbours

  init(side: Int) {
    self.side = side
    cells = (0..<Int32(side)).flatMap { row in
      (0..<Int32(side)).map { CellID(sizeMetres: 3000, column: $0, row: row) }
    }
    neighbours = LatticeNeighbours(cells: cells, neighbourhood: .queen)
  }

  /// White noise smoothed by a kernel of standard deviation L has the covariance exp(-h²/(4L²)).
  func source(length: Double) -> GaussianField? {
    guard length > 0 else { return nil }
    return GaussianField(width: side, height: side, padding: Int(8 * length) + 1) { columns, rows in
      exp(-Double(columns * columns + rows * rows) / (4 * length * length))
    }
  }

  func field(_ source: GaussianField?, seed: UInt64, number: Int) -> [Double] {
    var stream = RandomStream(seed: seed, slot: -5, replicate: number)
    let smooth = source?.pair(seed: seed, number: number).first ?? (0..<cells.count).map { _ in stream.normals().0 }
    return smooth.map { Self.mean + Self.deviation * $0 + Self.noise * stream.normals().0 }
  }

  /// Middles of bumps, at least 12 cells apart and away from the edge.
  func middles(_ count: Int, seed: UInt64, number: Int) -> [Int] {
    var stream = RandomStream(seed: seed, slot: -6, replicate: number)
    var middles: [Int] = []
    let inner = UInt64(side - 20)
    for _ in 0..<100 * count where middles.count < count {
      let (column, row) = (10 + Int(stream.number(below: inner)), 10 + Int(stream.number(below: inner)))
      guard middles.allSatisfy({ max(abs($0 % side - column), abs($0 / side - row)) >= 12 }) else { continue }
      middles.append(row * side + column)
    }
    return middles
  }

  func planted(_ field: [Double], _ middles: [Int], cells: Int, height: Double) -> [Double] {
    var field = field
    let reach = cells / 2
    for middle in middles {
      for row in -reach...reach {
        for column in -reach...reach { field[middle + row * side + column] += height * Self.deviation }
      }
    }
    return field
  }

  func judge(_ values: [Double]) -> [Method: Judgement] {
    let field = CellField(
      cells: cells, values: values, variances: values.map { _ in 1 }, counts: values.map { _ in 1 },
      coverages: values.map { _ in 1 })
    let star = Array(LocalG.star(values, neighbours).z)
    var found: [Method: Judgement] = [:]
    found[.theoretical] = judge(star, slots: nil)
    found[.empirical] = judge(Self.standardised(star), slots: nil)
    found[.autocorrelated] = judge(Array(LocalO.scores(values, cells: cells, neighbourhood: .queen).z), slots: nil)
    let residual = BackgroundRule().residual(of: field).field
    var slot = 0
    let slots = residual.cells.map { cell in
      while cells[slot] != cell { slot += 1 }
      return slot
    }
    let own =
      residual.count == cells.count
      ? neighbours : LatticeNeighbours(cells: residual.cells, neighbourhood: .queen)
    let residualStar = Array(LocalG.star(residual.values, own).z)
    found[.residualTheoretical] = judge(residualStar, slots: slots)
    found[.residualEmpirical] = judge(Self.standardised(residualStar), slots: slots)
    let rule = AlarmRule.dense
    var alarm = Judgement()
    for (slot, contrast) in LocalContrast.all(of: field, rule: rule, pollutant: .pm25).enumerated()
    where rule.isAlarm(contrast) { alarm.hot.insert(slot) }
    alarm.flagged = alarm.hot.count
    alarm.corrected = alarm.hot
    found[.alarm] = alarm
    return found
  }

  private static func standardised(_ z: [Double?]) -> [Double?] {
    guard let null = EmpiricalNull(z: z) else { return z.map { _ in nil } }
    return z.map { $0.map(null.standardised) }
  }

  /// - Parameter slots: Slot of each z in the whole field; `nil` when they are the same.
  private func judge(_ z: [Double?], slots: [Int]?) -> Judgement {
    let p = z.map { $0.map(Significance.twoSidedP) }
    let bins = Significance.bins(z: z, p: p)
    var judgement = Judgement()
    for k in z.indices {
      guard let own = z[k], let p = p[k] else { continue }
      if p < 0.05 {
        judgement.flagged += 1
        if own > 0 { judgement.hot.insert(slots?[k] ?? k) }
      }
      if bins[k] >= 2 { judgement.corrected.insert(slots?[k] ?? k) }
    }
    return judgement
  }
}
