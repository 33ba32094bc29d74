internal import Enterprises
internal import Glibc

/// Converted values that gather just under the limit and are not found just above it.
///
/// A test of a jump of the density at a known place, after McCrary (2008), doi:10.1016/j.jeconom.2007.05.005. Hours are
/// serially dependent, so each unbroken visit to a band counts once. Bands are a few percent of the limit wide. How many
/// visits should end below it follows from the two bands further down: their log density falls or rises with a slope,
/// which is continued over the limit with the curvature of a normal distribution of the outlet's own spread and lowered
/// by its standard error. Controlled plants, whose density falls before the limit, get a large share below.
enum LimitPinTest {
  static func outcome(_ series: EmissionSeries, _ channel: EmissionChannel, rules: EmissionRules) -> EmissionOutcome {
    let limit: Double? =
      switch channel {
      case .so2: series.limit?.so2
      case .nox: series.limit?.nox
      case .pm: series.limit?.pm
      case .o2, .flow: nil
      }
    guard let limit, limit > 0 else { return .abstained(.noLimit) }
    let values = (0..<series.hourCount).map {
      series.states[$0] == .normal ? series.converted(channel, $0) : .nan
    }
    let known = values.filter { !$0.isNaN }
    guard !known.isEmpty else { return .abstained(.channelMissing) }
    guard known.count >= rules.leastNormalHours else { return .abstained(.tooLittleRunning) }
    let width = rules.limitPin.bandShare * limit
    // Bands -3, -2, -1 below and +1 above, and everything else.
    func band(_ value: Double) -> Int {
      guard !value.isNaN else { return 0 }
      if value > limit { return value <= limit + width ? 1 : 0 }
      return value > limit - width ? -1 : value > limit - 2 * width ? -2 : value > limit - 3 * width ? -3 : 0
    }
    var visits = [Int: Int]()
    var below: [Int] = []
    var last = 0
    for hour in values.indices {
      let own = band(values[hour])
      if own == -1 { below.append(hour) }
      if own != 0, own != last { visits[own, default: 0] += 1 }
      last = own
    }
    let (under, over) = (visits[-1] ?? 0, visits[1] ?? 0)
    guard under + over >= rules.limitPin.leastVisits else { return .abstained(.farFromLimit) }
    let middle = medianOf(known)
    // Half of the values pinned would leave no spread about the median: the lower tail, of 10 to 40 %, keeps its own.
    let sorted = known.sorted()
    let tail = (sorted[known.count * 2 / 5] - sorted[known.count / 10]) / 1.028_2
    let spread = max(1.4826 * medianOf(known.map { abs($0 - middle) }), tail)
    let (n2, n3) = (Double(visits[-2] ?? 0) + 0.5, Double(visits[-3] ?? 0) + 0.5)
    let slope = log(n2 / n3) - (1 / n2 + 1 / n3).squareRoot()
    let curvature = spread > 0 ? (width / spread) * (width / spread) : .infinity
    let share = max(0.5, 1 / (1 + exp(min(0, slope) - 2 * curvature)))
    guard share <= rules.limitPin.steepestShare else { return .abstained(.steepControl) }
    let p = TailProbability.binomialUpper(under, of: under + over, probability: share)
    return .tested(
      EmissionFinding(
        p: p, columns: below,
        numbers: [
          LeadNumber("limit", limit, "mg/m³"), LeadNumber("visits just below", Double(under)),
          LeadNumber("visits just above", Double(over)), LeadNumber("share expected below", share),
          LeadNumber("band", width, "mg/m³"),
        ]))
  }
}
