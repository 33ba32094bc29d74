internal import Glibc
public import Grids
internal import Threads

/// Kulldorff's scan statistic over circular or flexible zones of a lattice and spans of time.
///
/// A circular zone is a cell and all cells whose centres lie within a whole number of steps; a flexible one is any connected
/// set of raised cells near one of them. A cylinder is a zone during consecutive steps.
/// The most likely cluster is the cylinder with the highest log likelihood ratio; its p is the rank of that ratio among the
/// highest of replicates made under the null (Kulldorff 1997, doi:10.1080/03610929708831995; Kulldorff et al. 2005,
/// doi:10.1371/journal.pmed.0020059; Kulldorff, Huang & Konty 2009, doi:10.1186/1476-072X-8-58).
public struct ScanStatistic: Sendable {
  /// What chance does.
  public enum Model: String, CaseIterable, Hashable, Sendable {
    /// Counts fall on cells and steps in proportion to an expectation.
    case poisson
    /// Counts keep their cells and their steps, and are matched anew.
    case permutation
    /// Values are dealt anew over cells and steps; clusters are of high values.
    case normal
  }

  /// Which spans of time are looked at.
  public enum Span: String, CaseIterable, Hashable, Sendable {
    /// Those that reach the last step.
    case alive
    /// All.
    case any
  }

  /// What zones look like.
  public enum Zones: Hashable, Sendable {
    /// Circles up to `maximumRadius`.
    case circular
    /// Every queen-connected set that holds the centre and lies among the cells nearest to it, of cells that are raised by
    /// themselves: those whose one-sided p (mid-p for counts) in the span is below a level. Tango & Takahashi 2012,
    /// doi:10.1002/sim.5478, after their exhaustive windows of 2005, doi:10.1186/1476-072X-4-11.
    ///
    /// - Parameters:
    ///   - nearest: Cells of the window, the centre among them; 2 to 25. Cells at equal distance count from south to north and
    ///     from west to east.
    ///   - level: Above 0, up to 1, where every cell with more than its expectation is one.
    case flexible(nearest: Int, level: Double)
  }

  public var model: Model
  public var zones = Zones.circular
  public var span = Span.alive
  /// Steps of the lattice to the farthest cell of a zone.
  public var maximumRadius = 10
  /// Steps of time in a cylinder.
  public var maximumDuration = 7
  /// Share of all cells that a zone holds at most.
  public var maximumShare = 0.5
  public var replicates = 999
  public var seed: UInt64 = 1
  public var threads = 1

  public init(model: Model) { self.model = model }

  /// A cylinder with a high ratio.
  public struct Cluster: Sendable, Hashable {
    /// Slot of its centre.
    public let centre: Int
    /// Steps of the lattice from the centre to the farthest cell that a zone like it may hold, or for a flexible one to the
    /// farthest that it does hold.
    public let radius: Double
    /// Slots, ascending.
    public let members: [Int]
    public let steps: Range<Int>
    /// Counts in it, or for normal values their mean.
    public let observed: Double
    /// Expected counts, or for normal values the mean of all.
    public let expected: Double
    /// Log likelihood ratio.
    public let ratio: Double
    /// Rank among the replicates' highest, (1 + #≥)/(R + 1): never 0.
    public let p: Double
    /// From a Gumbel distribution fitted to the replicates' highest by moments (Abrams, Kulldorff & Kleinman 2010,
    /// doi:10.1186/1476-072X-9-61).
    public let gumbelP: Double
  }

  /// What a scan gave.
  public struct Outcome: Sendable {
    /// The most likely first, then those that share no cell with an earlier one.
    public let clusters: [Cluster]
    /// Highest ratio of each replicate, in order of number.
    public let highest: [Double]
    /// Cylinders looked at.
    public let cylinders: Int
  }

  /// - Parameters:
  ///   - cells: Strictly ascending, all of one size.
  ///   - values: `step * cells.count + slot`; counts for poisson and permutation; NaN where a normal value is missing.
  ///   - expected: The same of expectations, for poisson only; any scale.
  ///   - mostClusters: Clusters told at most.
  /// - Returns: `nil` where there is nothing to scan: no events, fewer than 3 values or all equal, cells too scattered.
  public func run(
    cells: [CellID], values: [Double], expected: [Double] = [], mostClusters: Int = 10,
    progress: (Int) -> Void = { _ in }
  ) -> Outcome? {
    guard let frame = ScanFrame(self, cells: cells, values: values, expected: expected) else { return nil }
    let (best, cylinders) = frame.scan(frame.observedCumulative, keepsAll: true)
    let batch = 16
    var highest: [Double] = []
    for first in stride(from: 0, to: replicates, by: batch) {
      highest += mapConcurrently(min(batch, replicates - first), threads: threads) { k in
        frame.scan(frame.replicate(first + k, seed: seed), keepsAll: false).best.first?.statistic ?? 0
      }
      progress(highest.count)
    }
    let ratios = highest.map(frame.ratio)
    var taken: Set<Int> = []
    var clusters: [Cluster] = []
    let n = Double(ratios.count)
    let mean = ratios.reduce(0, +) / max(1, n)
    let deviation = (ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)).squareRoot()
    let beta = deviation * 6.0.squareRoot() / .pi
    let mu = mean - 0.577_215_664_901_532_9 * beta
    for candidate in best.sorted(by: { ($1.statistic, $0.slot) < ($0.statistic, $1.slot) }) {
      guard clusters.count < mostClusters, candidate.statistic > 0 else { break }
      let members = frame.members(candidate)
      guard taken.isDisjoint(with: members) else { continue }
      taken.formUnion(members)
      let ratio = frame.ratio(candidate.statistic)
      let atLeast = ratios.count { $0 >= ratio * (1 - 1e-12) }
      let (observed, expectation) = frame.facts(candidate)
      clusters.append(
        Cluster(
          centre: candidate.slot, radius: frame.radius(candidate), members: members, steps: frame.spans[candidate.span],
          observed: observed, expected: expectation, ratio: ratio, p: Double(1 + atLeast) / (n + 1),
          gumbelP: beta > 0 ? -expm1(-exp(-(ratio - mu) / beta)) : 1))
    }
    return Outcome(clusters: clusters, highest: ratios, cylinders: cylinders)
  }
}
