internal import Grids
internal import Randomness
internal import SpatialStatistics
internal import Threads

/// What `evaluate detection --draws` was asked for.
public struct DrawsEvaluationRequest: Sendable {
  /// Of the fields and of the permutations; the same seed gives the same table.
  public var seed: UInt64 = 1
  /// Fields per share of planted cells; a fifth as many draws of one field show Monte Carlo error alone.
  public var fields = 100
  /// Cells along a side; blocks are planted into tiles of 10 x 10.
  public var side = 40
  /// Numbers of permutations that are tried, each with shared and with independent draws.
  public var replicates = [99, 999, 9999]
  /// Planted blocks of 5 x 5 cells per field.
  public var blocks = [0, 3, 10]
  /// Of a block, in standard deviations of the field.
  public var height = 2.0
  /// Rate of false discoveries asked for: 10, 5 or 1 % as bins 1, 2 and 3.
  public var minimumBin = 2
  /// At most; the table does not depend on the number.
  public var threads = 1

  public init() {}
}

/// What sharing the draws of the permutation test among cells does to the discoveries of a field.
public struct DrawsEvaluation: Sendable, Codable {
  /// One way of getting p, on one kind of field.
  public struct Row: Sendable, Codable {
    /// Share of cells whose neighbourhood holds a planted cell.
    public var raised: Double
    /// 0 where p is analytic.
    public var replicates: Int
    /// `shared`, `independent` or `analytic`.
    public var draws: String
    /// Cells per field that the correction calls hot: mean over fields.
    public var discoveries: Double
    /// The same: standard deviation over fields.
    public var discoveriesDeviation: Double
    /// Standard deviation of the number of discoveries over draws for one and the same field: Monte Carlo error alone.
    public var monteCarloDeviation: Double
    /// Share of false discoveries among discoveries, 0 where there are none: mean, standard deviation and 95 % quantile
    /// over fields.
    public var falseShare: Double
    /// The same share: standard deviation over fields.
    public var falseShareDeviation: Double
    /// The same share: 95 % quantile over fields.
    public var falseShareQuantile: Double
    /// Share of fields with at least one false discovery.
    public var anyFalse: Double
    /// Share of cells without a planted neighbour with p at most 0.05, not corrected: mean and standard deviation.
    public var passed: Double
    /// The same share: standard deviation over fields.
    public var passedDeviation: Double
  }

  /// Fields of each row.
  public var fields: Int
  /// Cells of each field.
  public var cells: Int
  /// By number of blocks, then analytic, then by number of permutations.
  public var rows: [Row]
}

/// Measures the false discovery proportion of Gi*'s one-sided permutation p with shared and with independent draws.
///
/// Fields: white noise of variance 1 with raised blocks, synthetic. A discovery is false where neither the cell nor a
/// neighbour was raised. The same seed gives the same table for any number of threads.
public func evaluateDraws(_ request: DrawsEvaluationRequest) -> DrawsEvaluation {
  var rows: [DrawsEvaluation.Row] = []
  for blocks in request.blocks {
    let world = DrawsWorld(side: request.side, blocks: blocks, request)
    var ways: [(replicates: Int, isShared: Bool)] = [(0, true)]
    for replicates in request.replicates { ways += [(replicates, true), (replicates, false)] }
    for way in ways {
      let found = mapConcurrently(request.fields, threads: request.threads) { k in
        world.judge(field: k, draw: k, replicates: way.replicates, isShared: way.isShared)
      }
      let again = mapConcurrently(way.replicates == 0 ? 1 : max(2, request.fields / 5), threads: request.threads) { k in
        world.judge(field: 0, draw: 1_000_000 + k, replicates: way.replicates, isShared: way.isShared)
      }
      let shares = found.map { $0.discoveries > 0 ? Double($0.falseDiscoveries) / Double($0.discoveries) : 0 }
      let (discoveries, discoveriesDeviation) = moments(found.map { Double($0.discoveries) })
      let (falseShare, falseShareDeviation) = moments(shares)
      let (passed, passedDeviation) = moments(found.map { Double($0.passed) / Double(max(1, $0.unraised)) })
      rows.append(
        DrawsEvaluation.Row(
          raised: found.reduce(0) { $0 + 1 - Double($1.unraised) / Double(world.cells.count) } / Double(found.count),
          replicates: way.replicates,
          draws: way.replicates == 0 ? "analytic" : way.isShared ? "shared" : "independent",
          discoveries: discoveries, discoveriesDeviation: discoveriesDeviation,
          monteCarloDeviation: moments(again.map { Double($0.discoveries) }).deviation, falseShare: falseShare,
          falseShareDeviation: falseShareDeviation,
          falseShareQuantile: shares.sorted()[min(shares.count - 1, Int(0.95 * Double(shares.count)))],
          anyFalse: Double(found.count { $0.falseDiscoveries > 0 }) / Double(found.count), passed: passed,
          passedDeviation: passedDeviation))
    }
  }
  return DrawsEvaluation(fields: request.fields, cells: request.side * request.side, rows: rows)
}

/// Mean and standard deviation (divisor n - 1; 0 for one number).
private func moments(_ numbers: [Double]) -> (mean: Double, deviation: Double) {
  let mean = numbers.reduce(0, +) / Double(numbers.count)
  let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, numbers.count > 1 ? (squares / Double(numbers.count - 1)).squareRoot() : 0)
}

private struct DrawsWorld: Sendable {
  struct Judgement: Sendable {
    var discoveries = 0
    var falseDiscoveries = 0
    /// Cells without a raised neighbour, and those of them with p at most 0.05.
    var unraised = 0
    var passed = 0
  }

  let cells: [CellID]
  private let side: Int
  private let blocks: Int
  private let request: DrawsEvaluationRequest
  private let neighbours: LatticeNeighbours

  init(side: Int, blocks: Int, _ request: DrawsEvaluationRequest) {
    self.side = side
    self.blocks = blocks
    self.request = request
    cells = (0..<Int32(side)).flatMap { row in
      (0..<Int32(side)).map { CellID(sizeMetres: 3000, column: $0, row: row) }
    }
    neighbours = LatticeNeighbours(cells: cells, neighbourhood: .queen)
  }

  func judge(field: Int, draw: Int, replicates: Int, isShared: Bool) -> Judgement {
    let (values, isRaised) = made(field)
    let z = LocalG.star(values, neighbours).z
    var p = Significance.p(z: z, .greater)
    if replicates > 0 {
      let permutation = ConditionalPermutation(replicates: replicates, seed: request.seed &+ UInt64(draw) &* 7919)
      let counts =
        isShared ? permutation.counts(values, neighbours) : permutation.independent(values, neighbours)
      p = counts.p(.greater)
    }
    let bins = Significance.bins(z: z, p: p)
    var found = Judgement()
    for slot in bins.indices {
      if bins[slot] >= Int8(request.minimumBin) {
        found.discoveries += 1
        if !isRaised[slot] { found.falseDiscoveries += 1 }
      }
      guard !isRaised[slot] else { continue }
      found.unraised += 1
      if let p = p[slot], p <= 0.05 { found.passed += 1 }
    }
    return found
  }

  /// Values, and whether a cell or one of its neighbours was raised. Blocks lie in the middle of tiles of 10 x 10 cells.
  private func made(_ number: Int) -> (values: [Double], isRaised: [Bool]) {
    var stream = RandomStream(seed: request.seed, slot: -7, replicate: number)
    var values = cells.map { _ in stream.normals().0 }
    var isRaised = [Bool](repeating: false, count: cells.count)
    let perRow = side / 10
    var tiles = Array(0..<perRow * perRow)
    for block in 0..<min(blocks, tiles.count) {
      tiles.swapAt(block, block + Int(stream.number(below: UInt64(tiles.count - block))))
      let (row, column) = (tiles[block] / perRow * 10, tiles[block] % perRow * 10)
      for r in 2..<9 {
        for c in 2..<9 {
          isRaised[(row + r) * side + column + c] = true
          if (3..<8).contains(r), (3..<8).contains(c) { values[(row + r) * side + column + c] += request.height }
        }
      }
    }
    return (values, isRaised)
  }
}
