internal import Glibc
public import Grids
internal import Randomness
internal import SpatialStatistics

/// How alike two maps of classes are, also where a class lies a cell or two aside.
///
/// Fuzzy numerical comparison after Hagen (2003), doi:10.1080/13658810210157822: around each cell the other map's classes count by a
/// membership that falls with distance; the similarity of a cell is the smaller of the two one-way similarities. The expected
/// similarity is that of maps whose cells are dealt anew, and κ = (S - E)/(1 - E).
public struct MapComparison: Sendable, Hashable {
  /// Cells that both maps have.
  public let cells: Int
  /// Cells of one map only.
  public let onlyFirst: Int
  /// Cells the second map has and the first has not.
  public let onlySecond: Int
  /// Share of cells with the same class.
  public let agreement: Double
  /// Cohen's κ; `nil` when one class covers both maps.
  public let cohensKappa: Double?
  /// |both| / |either| of the positive class; `nil` when neither map has one.
  public let jaccard: Double?
  /// Mean fuzzy similarity.
  public let similarity: Double
  /// Mean fuzzy similarity of permuted maps, and its standard error.
  public let expected: Double
  /// Over the permutations; the error of `expected`, not of `similarity`.
  public let expectedStandardError: Double
  /// `nil` when the expected similarity is 1.
  public let fuzzyKappa: Double?

  /// - Parameters:
  ///   - first: Class per cell, such as the sign of a bin; cells ascending.
  ///   - second: The same of the other map, of cells of the same size.
  ///   - halvingSteps: Distance, in steps of the lattice, at which membership is one half; 0 counts a cell itself only.
  ///   - permutations: For the expected similarity.
  public init(
    _ first: [(cell: CellID, category: Int)], _ second: [(cell: CellID, category: Int)], halvingSteps: Double,
    permutations: Int, seed: UInt64
  ) {
    var pairs: [(cell: CellID, a: Int, b: Int)] = []
    var k = 0
    for (cell, category) in first {
      while k < second.count, second[k].cell < cell { k += 1 }
      if k < second.count, second[k].cell == cell { pairs.append((cell, category, second[k].category)) }
    }
    cells = pairs.count
    onlyFirst = first.count - pairs.count
    onlySecond = second.count - pairs.count
    let n = Double(max(1, pairs.count))
    agreement = Double(pairs.count { $0.a == $0.b }) / n
    let categories = Set(pairs.flatMap { [$0.a, $0.b] }).sorted()
    let chance = categories.reduce(0.0) { sum, category in
      sum + Double(pairs.count { $0.a == category }) * Double(pairs.count { $0.b == category }) / (n * n)
    }
    cohensKappa = chance < 1 ? (agreement - chance) / (1 - chance) : nil
    let either = pairs.count { $0.a > 0 || $0.b > 0 }
    jaccard = either > 0 ? Double(pairs.count { $0.a > 0 && $0.b > 0 }) / Double(either) : nil
    let fuzzy = FuzzyMaps(cells: pairs.map(\.cell), halvingSteps: halvingSteps)
    let (a, b) = (pairs.map(\.a), pairs.map(\.b))
    similarity = fuzzy.similarity(a, b, categories)
    var (sum, squares) = (0.0, 0.0)
    for replicate in 0..<max(1, permutations) {
      var stream = RandomStream(seed: seed, slot: -7, replicate: replicate)
      var dealt = b
      for place in stride(from: dealt.count - 1, to: 0, by: -1) {
        dealt.swapAt(place, Int(stream.number(below: UInt64(place + 1))))
      }
      let value = fuzzy.similarity(a, dealt, categories)
      sum += value
      squares += value * value
    }
    let r = Double(max(1, permutations))
    expected = sum / r
    expectedStandardError = r > 1 ? (max(0, squares / r - sum / r * sum / r) / (r - 1)).squareRoot() : 0
    fuzzyKappa = expected < 1 ? (similarity - expected) / (1 - expected) : nil
  }
}

/// Distance-decayed memberships on a lattice.
private struct FuzzyMaps {
  private let window: LatticeWindow?
  private let cells: [CellID]
  /// Steps with their membership, the cell itself first, falling.
  private let steps: [(columns: Int, rows: Int, membership: Double)]

  init(cells: [CellID], halvingSteps: Double) {
    self.cells = cells
    // Below 1 in 16 nothing is near any more.
    let reach = halvingSteps > 0 ? Int((4 * halvingSteps).rounded(.down)) : 0
    var steps: [(columns: Int, rows: Int, membership: Double)] = []
    for rows in -reach...reach {
      for columns in -reach...reach {
        let distance = Double(columns * columns + rows * rows).squareRoot()
        guard distance <= Double(reach) else { continue }
        steps.append((columns, rows, distance == 0 ? 1 : exp2(-distance / halvingSteps)))
      }
    }
    self.steps = steps.sorted { ($1.membership, $0.rows, $0.columns) < ($0.membership, $1.rows, $1.columns) }
    window = LatticeWindow(cells: cells, margin: reach)
  }

  /// Mean over cells of the smaller of: how near the other map has this map's class, and the reverse.
  func similarity(_ a: [Int], _ b: [Int], _ categories: [Int]) -> Double {
    guard !cells.isEmpty else { return 0 }
    guard let window else {
      // Too scattered to have neighbours.
      return Double(zip(a, b).count { $0 == $1 }) / Double(a.count)
    }
    let absent = (categories.min() ?? 0) - 1
    let (denseA, denseB) = (window.spread(a, empty: absent), window.spread(b, empty: absent))
    let offsets = steps.map { (offset: $0.rows * window.stride + $0.columns, membership: $0.membership) }
    var sum = 0.0
    for slot in a.indices {
      let position = Int(window.positions[slot])
      func nearest(_ map: [Int], _ category: Int) -> Double {
        for step in offsets where map[position + step.offset] == category { return step.membership }
        return 0
      }
      sum += min(nearest(denseB, a[slot]), nearest(denseA, b[slot]))
    }
    return sum / Double(a.count)
  }
}

/// What became of the hotspots of one map in a later one.
public struct HotspotChanges: Sendable, Hashable {
  /// Cells that touch by an edge or a corner.
  public struct Cluster: Sendable, Hashable {
    /// Hot cells, ascending; all reach each other by such touches.
    public let cells: [CellID]
    /// Mean column and row.
    public let centre: SIMD2<Double>
  }

  /// How a cluster of one map goes with the other map.
  public enum Fate: String, Sendable, Hashable, CaseIterable {
    /// Shares a cell with a cluster of the other map.
    case stayed
    /// The nearest cluster without a partner is not farther than the reach.
    case moved
    /// In the earlier map only.
    case vanished
    /// In the later map only.
    case appeared
  }

  /// One cluster, or the pair of clusters that belong together.
  public struct Row: Sendable, Hashable {
    /// Decides which of the two clusters there is.
    public let fate: Fate
    /// `nil` where it appeared.
    public let earlier: Cluster?
    /// `nil` where it vanished.
    public let later: Cluster?
    /// Between the centres, metres.
    public let distanceMetres: Double?
  }

  /// Stayed, moved, vanished, appeared; then by the first cell.
  public let rows: [Row]

  /// - Parameters:
  ///   - earlier: Hot cells, ascending, all of one size with `later`.
  ///   - reachMetres: Farther than that a hotspot has not moved; one vanished and another appeared.
  public init(earlier: [CellID], later: [CellID], reachMetres: Double) {
    let (before, after) = (Self.clusters(earlier), Self.clusters(later))
    let size = Double(earlier.first?.sizeMetres ?? later.first?.sizeMetres ?? 0)
    func distance(_ a: Cluster, _ b: Cluster) -> Double {
      let d = a.centre - b.centre
      return (d * d).sum().squareRoot() * size
    }
    var rows: [Row] = []
    var (freeBefore, freeAfter) = (Set(before.indices), Set(after.indices))
    let clusterOfCell = Dictionary(
      after.enumerated().flatMap { number, cluster in cluster.cells.map { ($0, number) } },
      uniquingKeysWith: { first, _ in first })
    for (number, cluster) in before.enumerated() {
      var shared: [Int: Int] = [:]
      for cell in cluster.cells { if let other = clusterOfCell[cell] { shared[other, default: 0] += 1 } }
      guard let best = shared.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else { continue }
      freeBefore.remove(number)
      for other in shared.keys { freeAfter.remove(other) }
      rows.append(
        Row(fate: .stayed, earlier: cluster, later: after[best], distanceMetres: distance(cluster, after[best])))
    }
    // The nearest pairs first, each cluster once.
    var pairs: [(metres: Double, before: Int, after: Int)] = []
    for a in freeBefore {
      for b in freeAfter {
        let metres = distance(before[a], after[b])
        if metres <= reachMetres { pairs.append((metres, a, b)) }
      }
    }
    pairs.sort { ($0.metres, $0.before, $0.after) < ($1.metres, $1.before, $1.after) }
    for pair in pairs where freeBefore.contains(pair.before) && freeAfter.contains(pair.after) {
      freeBefore.remove(pair.before)
      freeAfter.remove(pair.after)
      rows.append(
        Row(fate: .moved, earlier: before[pair.before], later: after[pair.after], distanceMetres: pair.metres))
    }
    rows += freeBefore.map { Row(fate: .vanished, earlier: before[$0], later: nil, distanceMetres: nil) }
    rows += freeAfter.map { Row(fate: .appeared, earlier: nil, later: after[$0], distanceMetres: nil) }
    let order = Dictionary(uniqueKeysWithValues: Fate.allCases.enumerated().map { ($0.element, $0.offset) })
    func first(_ row: Row) -> CellID {
      (row.earlier ?? row.later)?.cells.first ?? CellID(sizeMetres: 1, column: 0, row: 0)
    }
    self.rows = rows.sorted { (order[$0.fate] ?? 0, first($0)) < (order[$1.fate] ?? 0, first($1)) }
  }

  /// Connected groups of ascending cells, in the order of their first cells.
  static func clusters(_ cells: [CellID]) -> [Cluster] {
    var group = [Int](repeating: -1, count: cells.count)
    var clusters: [Cluster] = []
    for start in cells.indices where group[start] < 0 {
      var members: [Int] = [start]
      group[start] = clusters.count
      var next = 0
      while next < members.count {
        let cell = cells[members[next]]
        next += 1
        for rows in Int32(-1)...1 {
          for columns in Int32(-1)...1 {
            let other = CellID(sizeMetres: cell.sizeMetres, column: cell.column + columns, row: cell.row + rows)
            guard let slot = cells.position(of: other), group[slot] < 0 else { continue }
            group[slot] = clusters.count
            members.append(slot)
          }
        }
      }
      let own = members.sorted().map { cells[$0] }
      let n = Double(own.count)
      clusters.append(
        Cluster(
          cells: own,
          centre: SIMD2(
            own.reduce(0) { $0 + Double($1.column) } / n, own.reduce(0) { $0 + Double($1.row) } / n)))
    }
    return clusters
  }
}
