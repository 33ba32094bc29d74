public import Grids
public import Hotspots
public import Quantities

/// A cluster of the scan statistic, as a lead needs it.
public struct ScannedCluster: Hashable, Sendable {
  /// Its cells, ascending.
  public let cells: [CellID]
  /// First and last period of the cluster.
  public let first: Period
  /// Itself part of the cluster.
  public let last: Period
  /// Counts in it, or for values their mean.
  public let observed: Double
  /// Expected counts, or for values the mean of all.
  public let expected: Double
  /// Log likelihood ratio.
  public let ratio: Double
  /// Rank among the replicates' highest ratios, never 0.
  public let p: Double
  /// Replicates behind `p`, whose least value is 1/(replicates + 1).
  public let replicates: Int
  /// What was scanned, such as `12369 complaints` or `PM2.5 above its background`.
  public let subject: String
  /// Of `observed` and `expected`; empty for counts.
  public let unit: String

  public init(
    cells: [CellID], first: Period, last: Period, observed: Double, expected: Double, ratio: Double, p: Double,
    replicates: Int, subject: String, unit: String
  ) {
    self.cells = cells
    self.first = first
    self.last = last
    self.observed = observed
    self.expected = expected
    self.ratio = ratio
    self.p = p
    self.replicates = replicates
    self.subject = subject
    self.unit = unit
  }
}

/// In which share of the fields that could be true a cell is hot.
public struct HotProbability: Hashable, Sendable {
  /// 0...1.
  public let share: Double
  /// Of the share, by the number of simulations.
  public let standardError: Double
  /// Fields that were simulated: how fine the share can be.
  public let simulations: Int

  public init(share: Double, standardError: Double, simulations: Int) {
    self.share = share
    self.standardError = standardError
    self.simulations = simulations
  }
}

extension CellLeads {
  /// How strong a class of the emerging hot spots is as a reason to look; 0 where it is none. Ours: nothing is published.
  ///
  /// What is getting worse or has just begun comes before what has always been so: the latter is known.
  public static func strength(_ classification: EmergingClass) -> Double {
    switch classification {
    case .intensifyingHot: 1
    case .consecutiveHot: 0.8
    case .newHot: 0.7
    case .persistentHot: 0.6
    case .sporadicHot, .oscillatingHot: 0.4
    case .diminishingHot: 0.2
    default: 0
    }
  }

  /// A cell whose history makes it an emerging hot spot.
  ///
  /// - Parameters:
  ///   - first: First period of the history; `last` its last.
  ///   - isInterpolated: Whether no period observed anything in the cell.
  /// - Returns: `nil` for cold cells, for those without a class or pattern, for what is history, and where nothing was observed.
  public static func lead(
    _ row: EmergingRow, first: Period, last: Period, origin: FieldOrigin, isInterpolated: Bool = false
  ) -> Lead? {
    let strength = strength(row.classification)
    guard row.reason.isEmpty, strength > 0, !isInterpolated, let z = row.lastZ else { return nil }
    var numbers = [
      LeadNumber("steps with a score", Double(row.steps)), LeadNumber("hot steps", Double(row.hot)),
      LeadNumber("cold steps", Double(row.cold)), LeadNumber("z of the last step", z),
      LeadNumber("bin of the last step", Double(row.lastBin)), LeadNumber("p of the trend", row.trendP),
    ]
    var slope = ""
    if let own = row.slope, let low = row.slopeLow, let high = row.slopeHigh {
      numbers += [
        LeadNumber("Sen slope", own, "\(origin.unit) per period"),
        LeadNumber("Sen slope, low", low, "\(origin.unit) per period"),
        LeadNumber("Sen slope, high", high, "\(origin.unit) per period"),
      ]
      slope =
        "; values changed by \(plain(own, decimals: 2)) \(origin.unit) per period (95 % interval "
        + "\(plain(low, decimals: 2)) to \(plain(high, decimals: 2)))"
    }
    return Lead(
      kind: .emergingHotspot, cell: row.cell, creditCode: nil, meterID: nil, firstDay: first.firstDay,
      lastDay: last.lastDay, strength: strength,
      statement:
        "Cell \(row.cell) is \(article(row.classification.rawValue)) spot of \(origin.quantity) (\(origin.name)) from "
        + "\(first) to \(last): hot in \(row.hot) of \(counted(row.steps, "step")) with a score, z = "
        + "\(plain(z, decimals: 2)) in the last\(slope).",
      disproof:
        "Weather and season make whole towns rise and fall: compare the cells around, and the same weeks of last year. "
        + "A station that was moved or repaired, or a satellite that saw fewer days, changes a history too.",
      numbers: numbers, sources: origin.sources)
  }

  /// The cells of a cluster of the scan statistic; none where its p is above `level`.
  ///
  /// Strength is 1 up to p 0.01 and a half up to the level.
  public static func leads(_ cluster: ScannedCluster, origin: FieldOrigin, level: Double = 0.05) -> [Lead] {
    guard cluster.p <= level else { return [] }
    let unit = cluster.unit.isEmpty ? "" : " \(cluster.unit)"
    let found =
      cluster.unit.isEmpty
      ? "\(plain(cluster.observed)) where \(plain(cluster.expected, decimals: 1)) were expected"
      : "a mean of \(plain(cluster.observed, decimals: 1))\(unit) against \(plain(cluster.expected, decimals: 1))\(unit) of all"
    return cluster.cells.map { cell in
      Lead(
        kind: .scanCluster, cell: cell, creditCode: nil, meterID: nil, firstDay: cluster.first.firstDay,
        lastDay: cluster.last.lastDay, strength: cluster.p <= 0.01 ? 1 : 0.5,
        statement:
          "Cell \(cell) lies in a cluster of \(counted(cluster.cells.count, "cell")) of \(cluster.subject) from "
          + "\(cluster.first) to \(cluster.last): \(found), log likelihood ratio \(plain(cluster.ratio, decimals: 1)), p "
          + "\(plain(cluster.p, decimals: 3)) in \(plain(Double(cluster.replicates))) replicates.",
        disproof: cluster.unit.isEmpty
          ? "A campaign, a holiday or one busy reporter gathers counts in one place; the cluster's edge is not known to the cell."
          : "Values near each other are alike anyway, which makes p too small: read it as a rank. The edge is not known to the cell.",
        numbers: [
          LeadNumber("observed", cluster.observed, cluster.unit),
          LeadNumber("expected", cluster.expected, cluster.unit),
          LeadNumber("cells of the cluster", Double(cluster.cells.count)),
          LeadNumber("log likelihood ratio", cluster.ratio), LeadNumber("p", cluster.p),
          LeadNumber("replicates", Double(cluster.replicates)),
        ], sources: origin.sources)
    }
  }

  /// A cell that the monthly lists named again and again.
  ///
  /// Strength is 1 where a limit of the rule is reached in the last month, a half where one alert is missing.
  /// - Parameter last: The month to which the standing refers.
  /// - Returns: `nil` for a cell that the last month did not name, or that is further from the limits.
  public static func lead(
    _ standing: StrikeRule.Standing, rule: StrikeRule, last: LocalMonth, origin: FieldOrigin
  ) -> Lead? {
    guard standing.running > 0, let first = standing.months.first else { return nil }
    let isNear = standing.running + 1 >= rule.running || standing.withinWindow + 1 >= rule.within
    guard standing.isReachedNow || isNear else { return nil }
    let limits =
      "\(plain(Double(rule.running))) running or \(plain(Double(rule.within))) within "
      + counted(rule.windowMonths, "month")
    return Lead(
      kind: .strike, cell: standing.cell, creditCode: nil, meterID: nil, firstDay: first.firstDay,
      lastDay: last.lastDay,
      strength: standing.isReachedNow ? 1 : 0.5,
      statement:
        "Cell \(standing.cell) was on the monthly lists of \(origin.quantity) in \(counted(standing.running, "month")) running "
        + "up to \(last) and in \(plain(Double(standing.withinWindow))) of the last \(plain(Double(rule.windowMonths))): "
        + "\(standing.isReachedNow ? "a limit of the rule is reached" : "one alert short of the rule") (\(limits)).",
      disproof:
        "Somebody is on every list: a city whose air is even names cells that hardly differ. Look at the values behind the "
        + "ranks, and at months with too few days.",
      numbers: [
        LeadNumber("months running", Double(standing.running)),
        LeadNumber("months in the window", Double(standing.withinWindow)),
        LeadNumber("months listed", Double(standing.months.count)), LeadNumber("limit running", Double(rule.running)),
        LeadNumber("limit in the window", Double(rule.within)),
      ], sources: origin.sources)
  }

  /// The lead of a Gi* cluster with the probability that the cell is hot when its values are themselves uncertain.
  ///
  /// The probability is told, not scored: strength stays that of the bin.
  public static func lead(
    _ row: HotspotRow, period: Period, origin: FieldOrigin, minimumBin: Int, background: Double? = nil,
    probability: HotProbability
  ) -> Lead? {
    guard let lead = lead(row, period: period, origin: origin, minimumBin: minimumBin, background: background) else {
      return nil
    }
    let share =
      "\(plain(probability.share * 100)) % (standard error \(plain(probability.standardError * 100, decimals: 1)))"
    return Lead(
      kind: lead.kind, cell: lead.cell, creditCode: lead.creditCode, meterID: lead.meterID, firstDay: lead.firstDay,
      lastDay: lead.lastDay, strength: lead.strength,
      statement: lead.statement
        + " It is hot in \(share) of \(counted(probability.simulations, "simulated field")) that could be true.",
      disproof: lead.disproof,
      numbers: lead.numbers + [
        LeadNumber("P(hot)", probability.share), LeadNumber("standard error of P(hot)", probability.standardError),
        LeadNumber("simulated fields", Double(probability.simulations)),
      ], sources: lead.sources)
  }

  private static func article(_ name: String) -> String {
    "aeiou".contains(name.prefix(1)) ? "an \(name)" : "a \(name)"
  }
}
