internal import Enterprises
internal import Glibc
internal import Quantities

/// Bets that a meter without a working firm is no household, which hold under daily looks.
///
/// A meter that is high is high every day, so days of one meter are no independent draws. For each day s an e-value Eₛ is
/// computed whose mean is at most 1 at an innocent meter, and a bet of a month carries Σ Eₛ/31 over its days so far. That
/// sum never falls and its mean at the month's end is at most 1 **whatever the dependence between days**, so by Markov's
/// inequality the chance that it ever reaches 1/α is at most α, on whatever days one looks (averages of e-values: Vovk &
/// Wang 2021, doi:10.1214/20-AOS2020).
///
/// Eₛ has two parts. *Size*: with z = (ln energy − centre)/spread, half each of exp(λz − λ²/2) at λ = 1.5 and 3, whose mean is
/// at most 1 where logarithms of innocent energies have tails no heavier than the normal distribution of that spread.
/// *Rank*: n/k where the meter is among the k highest of n meters of its tariff that day, else 0: mean at most 1 when meters
/// are exchangeable, whatever their distribution (conformal). With meters enough for the rank, Eₛ is the mean of both, else the size.
struct HouseholdBets: Sendable {
  /// What a tariff's meters without a firm used on one day.
  private struct Reference: Sendable {
    /// Logarithms of kWh, ascending.
    let logs: [Double]
    let centre: Double
    let spread: Double
  }

  private let rules: PowerRules
  private let firstDay: LocalDay
  private let evidence: Range<Int>
  private let tariffs: [String]
  /// kWh by meter and day; empty for meters that the bets are not about.
  private let energies: [[Double]]
  /// By day, then by tariff; households of all tariffs stand under ``households``.
  private let references: [[String: Reference]]

  private static let households = "\u{0}households"
  private static let slopes = [1.5, 3.0]
  /// Days that a bet is spread over: the longest month.
  private static let betDays = 31.0

  /// Whether a tariff is that of homes: `residential`, `household`, `domestic`, 居民 but not 非居民.
  static func isHousehold(_ tariff: String) -> Bool {
    let name = tariff.lowercased()
    guard !name.contains("非居民"), !name.contains("non") else { return false }
    return ["residential", "household", "domestic", "居民"].contains { name.contains($0) }
  }

  /// - Parameter isMeant: By meter: whether it has no firm, or a firm that the register calls closed.
  init(_ screen: PowerScreen, history: LoadHistory, evidence: Range<Int>, isMeant: [Bool], threads: Int) {
    let rules = screen.rules
    self.rules = rules
    self.evidence = evidence
    firstDay = history.firstDay
    tariffs = screen.meters.map { $0.tariff.lowercased() }
    energies = concurrentMap(screen.meters.count, threads: threads) { meter in
      isMeant[meter] ? history.dailyTotals(meter: meter, minimumKnownShare: rules.minimumKnownShare) : []
    }
    var members: [String: [Int]] = [:]
    for meter in screen.meters.indices where screen.firmOf[meter] == -1 {
      members[tariffs[meter], default: []].append(meter)
      if HouseholdBets.isHousehold(tariffs[meter]) { members[HouseholdBets.households, default: []].append(meter) }
    }
    let groups = members.filter { $0.value.count >= rules.unregisteredReferenceMeters }
    let all = energies
    references = concurrentMap(history.dayCount, threads: threads) { day in
      var found: [String: Reference] = [:]
      for (tariff, meters) in groups {
        let logs = meters.compactMap { all[$0][day] > 0 ? log(all[$0][day]) : nil }.sorted()
        guard logs.count >= rules.unregisteredReferenceMeters, let centre = quantile(ofSorted: logs, 0.5),
          let spread = quantile(ofSorted: logs.map { abs($0 - centre) }.sorted(), 0.5)
        else { continue }
        found[tariff] = Reference(
          logs: logs, centre: centre, spread: max(rules.unregisteredLeastSpread, 1.4826 * spread))
      }
      return found
    }
  }

  /// What the days of one meter are worth: the larger of the bets that reach into the evidence.
  ///
  /// - Returns: `nil` without a day of data in any bet.
  func evidence(_ meter: Int) -> AlarmEvidence? {
    let level = rules.unregisteredFalseAlarm / 2
    var best: AlarmEvidence?
    for span in spans {
      var (sum, days, calibration) = (0.0, 0, 0)
      for day in span where energies[meter].indices.contains(day) && energies[meter][day] >= 0 {
        let (value, size) = dayValue(energies[meter][day], tariff: tariffs[meter], day: day, level: level)
        sum += value / HouseholdBets.betDays
        days += 1
        calibration = max(calibration, size)
      }
      guard days > 0 else { continue }
      if best.map({ sum > $0.e }) ?? true { best = AlarmEvidence(e: sum, level: level, calibration: calibration) }
    }
    return best
  }

  /// The e-value of one day, and how many meters it was held against.
  private func dayValue(_ energy: Double, tariff: String, day: Int, level: Double) -> (value: Double, meters: Int) {
    guard energy > 0 else { return (0, 0) }
    let size = log(energy)
    let isHousehold = HouseholdBets.isHousehold(tariff)
    // A tariff whose median meter stands above the floor is one of shops or workshops: it says nothing of innocent use.
    let own = references[day][tariff].flatMap { $0.centre < log(rules.unregisteredFloorKilowattHours) ? $0 : nil }
    let reference = own ?? references[day][HouseholdBets.households]
    let shift = own != nil || isHousehold ? 0 : log(rules.unregisteredShopFactor)
    let centre = (reference?.centre ?? log(rules.unregisteredHouseholdKilowattHours)) + shift
    let z = (size - centre) / (reference?.spread ?? max(0.7, rules.unregisteredLeastSpread))
    let sized = HouseholdBets.slopes.reduce(0) { $0 + exp($1 * z - $1 * $1 / 2) } / Double(HouseholdBets.slopes.count)
    guard let own else { return (sized, reference?.logs.count ?? 0) }
    let n = own.logs.count
    // So rare a rank that half a month of it is enough although it counts for half.
    let k = Int(Double(n) * level / 4)
    guard k >= 1 else { return (sized, n) }
    let ranked = size >= own.logs[n - k] ? Double(n) / Double(k) : 0
    return ((sized + ranked) / 2, n)
  }

  /// Bets that reach into the evidence: from the 1st and the 16th of each month, each for a month. Days before the history count 0.
  private var spans: [Range<Int>] {
    var spans: [Range<Int>] = []
    var month = firstDay.month.advanced(by: -1)
    while firstDay.days(until: month.firstDay) < evidence.upperBound {
      let next = month.advanced(by: 1).firstDay
      let begins = [(month.firstDay, next), (month.firstDay.advanced(by: 15), next.advanced(by: 15))]
      for (begin, end) in begins {
        let first = max(0, firstDay.days(until: begin))
        let last = min(evidence.upperBound, firstDay.days(until: end))
        if first < last, last > evidence.lowerBound { spans.append(first..<last) }
      }
      month = month.advanced(by: 1)
    }
    return spans
  }
}
