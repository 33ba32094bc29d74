public import Grids
public import Hotspots
public import Quantities

/// Where a field of values came from, for the sentences and sources of the leads on it.
public struct FieldOrigin: Hashable, Sendable {
  /// Such as `satellite` or `ground`.
  public let name: String
  /// Of the quantity, such as `PM2.5`.
  public let quantity: String
  /// Such as `µg/m³`.
  public let unit: String
  /// The field's input files.
  public let sources: [LeadSource]

  public init(name: String, quantity: String, unit: String, sources: [LeadSource]) {
    self.name = name
    self.quantity = quantity
    self.unit = unit
    self.sources = sources
  }
}

/// A cell on a list: the highest of a city, or one of the three monthly lists.
public struct ListedCell: Hashable, Sendable {
  /// Named once per list.
  public let cell: CellID
  /// Such as `highest of 130100` or `worst year-on-year`.
  public let list: String
  /// From 1, among `listed`.
  public let rank: Int
  /// How many the list names.
  public let listed: Int
  /// Of the cell in the period, also where the list ranks a change.
  public let value: Double
  /// Of `value`; empty for a pure number.
  public let unit: String
  /// What the list is of, such as its month.
  public let period: Period

  public init(cell: CellID, list: String, rank: Int, listed: Int, value: Double, unit: String, period: Period) {
    self.cell = cell
    self.list = list
    self.rank = rank
    self.listed = listed
    self.value = value
    self.unit = unit
    self.period = period
  }
}

/// Leads from what detection says about cells.
public enum CellLeads {
  /// A cell that stands out from its ring. Strength grows with the robust z: 3 gives a half, 6 and more all.
  public static func lead(_ alarm: Alarm, origin: FieldOrigin) -> Lead {
    Lead(
      kind: .localOutlier, cell: alarm.cell, creditCode: nil, meterID: nil, firstDay: alarm.period.firstDay,
      lastDay: alarm.period.lastDay, strength: min(1, max(0, alarm.robustZ / 6)),
      statement: "\(origin.quantity) (\(origin.name)) in \(alarm.period) was "
        + "\(plain(alarm.value, decimals: 1)) \(origin.unit) in cell \(alarm.cell), "
        + "\(plain(alarm.ratio, decimals: 2)) times the median of its ring "
        + "(\(plain(alarm.ringMedian, decimals: 1)) \(origin.unit), \(counted(Int(alarm.ringCells), "cell"))); "
        + "rule: \(alarm.rule).",
      disproof:
        "A faulty or badly placed sensor, a road, dust or a fire beside it, or an edge of cloud in the satellite "
        + "picture would explain it. Compare the stations of the cell with each other and with the other field.",
      numbers: [
        LeadNumber("value", alarm.value, origin.unit), LeadNumber("ring median", alarm.ringMedian, origin.unit),
        LeadNumber("ring cells", Double(alarm.ringCells)), LeadNumber("ratio", alarm.ratio),
        LeadNumber("robust z", alarm.robustZ),
      ], sources: origin.sources)
  }

  /// A cell of a Gi* cluster; `nil` where the cell is not hot.
  ///
  /// - Parameters:
  ///   - minimumBin: 1, 2 or 3 for the 10, 5 or 1 % level after Benjamini-Hochberg. The bin is the strength: a third
  ///     each.
  ///   - background: Of the cell, where the test was about what lies above it.
  /// - Returns: `nil` below that level, and for a cell in which nothing was observed.
  public static func lead(
    _ row: HotspotRow, period: Period, origin: FieldOrigin, minimumBin: Int, background: Double? = nil
  ) -> Lead? {
    guard row.bin >= minimumBin, row.bin > 0, !row.isInterpolated, let z = row.z, let p = row.p else { return nil }
    let against = background.map {
      " against a background of \(plain($0, decimals: 1)), and the excess is what was tested"
    }
    let level = [1: "10 %", 2: "5 %", 3: "1 %"][row.bin] ?? "stated"
    return Lead(
      kind: .hotspot, cell: row.cell, creditCode: nil, meterID: nil, firstDay: period.firstDay,
      lastDay: period.lastDay, strength: Double(min(3, row.bin)) / 3,
      statement: "Cell \(row.cell) lies in a cluster of high \(origin.quantity) (\(origin.name)) in \(period): "
        + "Gi* z = \(plain(z, decimals: 2)) with \(counted(Int(row.neighbours), "neighbour")), significant at the "
        + "\(level) level after correction; its own value is \(plain(row.value, decimals: 1)) \(origin.unit)\(against ?? "").",
      disproof: "A cluster may be the weather, the relief or the whole town: on smooth fields large areas are hot. It "
        + "says where, not who.",
      numbers: [
        LeadNumber("value", row.value, origin.unit), LeadNumber("z", z), LeadNumber("p", p),
        LeadNumber("bin", Double(row.bin)),
      ] + (background.map { [LeadNumber("background", $0, origin.unit)] } ?? []), sources: origin.sources)
  }

  /// A cell among the highest of its city, or on a monthly list. The first rank has strength 1, the last 1/listed.
  public static func lead(_ entry: ListedCell, kind: LeadKind, origin: FieldOrigin) -> Lead {
    precondition(kind == .cityTop || kind == .monthlyList, "a list gives city-top or monthly-list leads")
    let strength = Double(max(1, entry.listed) - entry.rank + 1) / Double(max(1, entry.listed))
    return Lead(
      kind: kind, cell: entry.cell, creditCode: nil, meterID: nil, firstDay: entry.period.firstDay,
      lastDay: entry.period.lastDay, strength: min(1, max(0, strength)),
      statement: "Cell \(entry.cell) has rank \(entry.rank) of \(entry.listed) on the list \"\(entry.list)\" of "
        + "\(origin.quantity) (\(origin.name)) in \(entry.period) with \(plain(entry.value, decimals: 1)) \(entry.unit).",
      disproof:
        "Somebody is always first: a rank does not say that the value is unusual. Periods with different numbers "
        + "of valid days compare badly.",
      numbers: [LeadNumber("rank", Double(entry.rank)), LeadNumber("value", entry.value, entry.unit)],
      sources: origin.sources)
  }
}

extension Period {
  /// First calendar day of the period.
  public var firstDay: LocalDay {
    switch self {
    case .hour(let hour): hour.day
    case .day(let day): day
    case .month(let month): month.firstDay
    }
  }

  /// Last calendar day of the period.
  public var lastDay: LocalDay {
    switch self {
    case .hour(let hour): hour.day
    case .day(let day): day
    case .month(let month): month.lastDay
    }
  }
}
