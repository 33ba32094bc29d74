public import Grids
internal import SpatialStatistics

/// How much people report, and how much more a cell is reported than its county's reporting explains.
///
/// Counts are Poisson with mean rate(county, period) · intensity(cell); intensities are gamma distributed around 1 with
/// one shape for the region (Clayton & Kaldor 1987, doi:10.2307/2532003). A county that reports more than usual, for a
/// reward or a campaign, gets more expected reports in every cell, and its counts and expectations are both divided by
/// the campaign factor (1 where chance explains the rate): a county's reports are never given more weight than its usual reporting would have.
public struct ReportingModel: Sendable {
  /// One cell with at least some weight of reports.
  public struct Cell: Sendable, Equatable {
    /// Of the region.
    public let slot: Int
    /// Reports, with vague ones as fractions; repeats left out.
    public let reports: Double
    /// What the county's rates explain, in the same unit.
    public let expected: Double
    /// The same two after division by the campaign factors of their periods.
    public let weighedReports: Double
    /// What county rates explain after the same division.
    public let weighedExpected: Double
    /// Posterior mean of the intensity, 1 = as the county's others; its variance; its 90 % interval.
    public let intensity: Double
    /// Of the posterior of the intensity.
    public let variance: Double
    /// 5 and 95 % of the posterior of the intensity.
    public let interval: ClosedRange<Double>
    /// P(that many weighed reports or more) at intensity 1.
    public let p: Double
  }

  /// Cells with reports, ascending by slot.
  public let cells: [Cell]
  /// Shape of the intensities' gamma distribution: large where cells of a county are alike.
  public let shape: Double
  /// By county: reports a cell in the window, and how many times its usual rate that is, at least 1.
  public let rates: [Double]
  /// By county, mean over the periods: its rate over the usual, 1 where chance explains it.
  public let campaignFactors: [Double]

  /// - Parameters:
  ///   - counts: By period, then by slot: weight of reports.
  ///   - history: Usual reports a cell and period by county, from earlier periods; `nil` where they are not known, and
  ///     then a county's usual rate is taken to be at most the region's middle rate.
  public init(counts: [[Double]], region: Region, history: [Double?]) {
    let countyCount = region.counties.count
    precondition(history.count == countyCount, "one history per county")
    let home = region.cells.indices.map { region.homeCounty(slot: $0) }
    var cellsOf = [Double](repeating: 0, count: countyCount)
    for county in home { cellsOf[county] += 1 }
    let periods = counts.count
    var totals = [[Double]](repeating: [Double](repeating: 0, count: countyCount), count: periods)
    for period in counts.indices {
      for slot in region.cells.indices where counts[period][slot] > 0 {
        totals[period][home[slot]] += counts[period][slot]
      }
    }
    let middles = totals.map { Self.middleRate($0, cellsOf) }
    // Half a report at the region's middle rate keeps a silent county's rate above zero.
    func rate(_ county: Int, _ period: Int, without own: Double, cells: Double) -> Double {
      guard middles[period] > 0 else { return 0 }
      return max(0, totals[period][county] - own + 0.5) / (cells + 0.5 / middles[period])
    }
    var factors = [[Double]](repeating: [Double](repeating: 1, count: countyCount), count: periods)
    for period in counts.indices {
      for county in 0..<countyCount where cellsOf[county] > 0 {
        let usual = history[county] ?? middles[period]
        let now = rate(county, period, without: 0, cells: cellsOf[county])
        guard usual > 0, now > usual else { continue }
        // Only a rate that chance does not bring about is a campaign: a lone report in a quiet county is none.
        let reports = max(totals[period][county], 1e-9)
        if GammaTail.lower(reports, usual * cellsOf[county]) <= Self.campaignP { factors[period][county] = now / usual }
      }
    }
    var sums: [(slot: Int, reports: Double, expected: Double, n: Double, e: Double, noise: Double)] = []
    for slot in region.cells.indices {
      let county = home[slot]
      var entry = (slot: slot, reports: 0.0, expected: 0.0, n: 0.0, e: 0.0, noise: 0.0)
      for period in counts.indices {
        let own = counts[period][slot]
        let expected = rate(county, period, without: own, cells: max(0, cellsOf[county] - 1))
        let factor = factors[period][county]
        entry.reports += own
        entry.expected += expected
        entry.n += own / factor
        entry.e += expected / factor
        entry.noise += expected / factor / factor
      }
      sums.append(entry)
    }
    let found = Self.shape(sums.map { ($0.n, $0.e, $0.noise) })
    shape = found
    cells = sums.filter { $0.reports > 0 }.map { entry in
      let (a, b) = (found + entry.n, found + entry.e)
      return Cell(
        slot: entry.slot, reports: entry.reports, expected: entry.expected, weighedReports: entry.n,
        weighedExpected: entry.e, intensity: a / b, variance: a / (b * b),
        interval: GammaTail.quantile(0.05, shape: a, rate: b)...GammaTail.quantile(0.95, shape: a, rate: b),
        p: entry.n > 0 ? GammaTail.lower(entry.n, entry.e) : 1)
    }
    rates = (0..<countyCount).map { county in
      totals.reduce(0) { $0 + $1[county] } / max(1, cellsOf[county])
    }
    campaignFactors = (0..<countyCount).map { county in
      guard periods > 0 else { return 1 }
      return factors.reduce(0) { $0 + $1[county] } / Double(periods)
    }
  }

  /// Chance below which a county's reports of a period are more than its usual rate brings about.
  static let campaignP = 0.01

  /// Cells by intensity, highest first; of equals the one with more weighed reports, then the smaller cell.
  public var ranked: [Cell] {
    cells.sorted { ($1.intensity, $1.weighedReports, $0.slot) < ($0.intensity, $0.weighedReports, $1.slot) }
  }

  /// Reports a cell of a county in the middle: the mean over counties without the tenth that reports most.
  ///
  /// One county's campaign hardly moves it, where it would move a plain mean.
  static func middleRate(_ totals: [Double], _ cellsOf: [Double]) -> Double {
    let order = totals.indices.filter { cellsOf[$0] > 0 }
      .sorted { (totals[$0] / cellsOf[$0], $0) < (totals[$1] / cellsOf[$1], $1) }
    guard !order.isEmpty else { return 0 }
    // Of fewer than five counties none can be called the odd one.
    let kept = order.prefix(order.count - (order.count < 5 ? 0 : max(1, order.count / 10)))
    let cells = kept.reduce(0) { $0 + cellsOf[$1] }
    let rate = kept.reduce(0) { $0 + totals[$1] } / cells
    if rate > 0 { return rate }
    let all = order.reduce(0) { $0 + cellsOf[$1] }
    return order.reduce(0) { $0 + totals[$1] } / all
  }

  /// Moment estimate of the gamma shape: Σ((n - e)² - noise) / Σe² is its inverse, kept within 0.05...20.
  static func shape(_ cells: [(n: Double, e: Double, noise: Double)]) -> Double {
    var excess = 0.0
    var squares = 0.0
    for cell in cells {
      excess += (cell.n - cell.e) * (cell.n - cell.e) - cell.noise
      squares += cell.e * cell.e
    }
    guard squares > 0, excess > 0 else { return 20 }
    return min(20, max(0.05, squares / excess))
  }
}
