public import Hotspots
internal import SpatialStatistics
public import Surfaces

/// What makes a cell stand out.
public struct DetectionPolicy: Hashable, Sendable, Codable {
  /// For fields that cover most cells, such as satellite retrievals.
  public var alarmDense = AlarmRule.dense
  /// For fields of stations.
  public var alarmSparse = AlarmRule.sparse
  /// Clusters; their leads weigh less than alarms, which are about single cells.
  public var hotspots = HotspotPolicy()
  /// Cells per city on the list of the highest.
  public var cityTopCells = 10
  /// Cells per class and city on the monthly lists.
  public var monthlyListCells = 1
  /// Days of the satellite's PM2.5 in the cube of emerging hot spots; 0 leaves them out.
  public var emergingDays = 14
  /// Clusters in space and time.
  public var scan = ScanPolicy()
  /// P(hot) of fields with error variances.
  public var probability = ProbabilityPolicy()
  /// Alerts of one cell that come back.
  public var strikes = StrikePolicy()

  public init() {}

  enum CodingKeys: String, CodingKey {
    case hotspots, scan, probability, strikes
    case alarmDense = "alarm_dense"
    case alarmSparse = "alarm_sparse"
    case cityTopCells = "city_top_cells"
    case monthlyListCells = "monthly_list_cells"
    case emergingDays = "emerging_days"
  }

  var defects: [(key: String, problem: String)] {
    var result = hotspots.defects.map { (key: "hotspots.\($0.key)", problem: $0.problem) }
    result += scan.defects.map { (key: "scan.\($0.key)", problem: $0.problem) }
    result += probability.defects.map { (key: "probability.\($0.key)", problem: $0.problem) }
    result += strikes.defects.map { (key: "strikes.\($0.key)", problem: $0.problem) }
    if let defect = alarmDense.defect { result.append((CodingKeys.alarmDense.rawValue, defect)) }
    if let defect = alarmSparse.defect { result.append((CodingKeys.alarmSparse.rawValue, defect)) }
    if !(0...1000).contains(cityTopCells) {
      result.append((CodingKeys.cityTopCells.rawValue, "\(cityTopCells) is not between 0 and 1000"))
    }
    if !(0...1000).contains(monthlyListCells) {
      result.append((CodingKeys.monthlyListCells.rawValue, "\(monthlyListCells) is not between 0 and 1000"))
    }
    if emergingDays != 0, !(10...60).contains(emergingDays) {
      result.append((CodingKeys.emergingDays.rawValue, "\(emergingDays) is neither 0 nor between 10 and 60"))
    }
    return result
  }
}

/// How Gi* clusters are looked for, and which of them are leads.
public struct HotspotPolicy: Hashable, Sendable, Codable {
  /// As ``Neighbourhood`` reads it: `queen`, `rook`, `radius:7500`, `ring:2` or `disk:2`.
  public var neighbourhood = Neighbourhood.queen.description
  /// What z is held against: the standard normal, or the middle and width of the field's own z.
  public var null = HotspotOptions.Null.empirical
  /// What is tested where fields cover most cells: their values, or what is left of them above the background.
  public var field = TestedField.residual
  /// As ``BackgroundRule`` reads it.
  public var background = BackgroundRule().description
  /// Whether the background is taken upwind where the day's wind is known.
  public var usesWind = false
  /// Conditional permutations; 0 for none.
  public var permutations = 0
  /// Seed of the permutations.
  public var seed: UInt64 = 1
  /// Level after Benjamini-Hochberg from which a hot cell is a lead: 1, 2, 3 for 10, 5, 1 %.
  public var minimumBin = 2

  /// What Gi* is computed of.
  public enum TestedField: String, CaseIterable, Hashable, Sendable, Codable {
    case value, residual
  }

  public init() {}

  /// The background to subtract; `nil` when values are tested as they are.
  public var backgroundRule: BackgroundRule? {
    field == .residual ? BackgroundRule(background) ?? BackgroundRule() : nil
  }

  enum CodingKeys: String, CodingKey {
    case neighbourhood, null, field, background, permutations, seed
    case usesWind = "background_upwind"
    case minimumBin = "minimum_bin"
  }

  /// What detection takes; a neighbourhood that cannot be read, which `Policy.defects` reports, counts as queen.
  public var options: HotspotOptions {
    HotspotOptions(
      neighbourhood: Neighbourhood(neighbourhood) ?? .queen, permutations: max(0, permutations), seed: seed, null: null)
  }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if Neighbourhood(neighbourhood) == nil {
      let known = "queen, rook, radius:<metres>, ring:<steps> or disk:<steps>"
      result.append((CodingKeys.neighbourhood.rawValue, "\"\(neighbourhood)\" is none of \(known)"))
    }
    if BackgroundRule(background) == nil {
      result.append((CodingKeys.background.rawValue, "\"\(background)\" is not such as ring:2-15:0.5"))
    }
    if !(0...99_999).contains(permutations) {
      result.append((CodingKeys.permutations.rawValue, "\(permutations) is not between 0 and 99999"))
    }
    if !(1...3).contains(minimumBin) {
      result.append((CodingKeys.minimumBin.rawValue, "\(minimumBin) is not 1, 2 or 3"))
    }
    return result
  }
}
