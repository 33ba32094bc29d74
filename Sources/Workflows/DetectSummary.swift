public import Export
internal import Foundation
internal import Hotspots
internal import Quantities
internal import SpatialStatistics

/// What a `detect` verb did, for people and for `--json`.
public struct DetectSummary: Sendable, Codable {
  /// Periods tested; 1 where the file has none.
  public var periods = 0
  /// Cells written, a cell of several periods once in each.
  public var rows = 0
  /// Rows of cells in which nothing was observed.
  public var interpolated = 0
  /// Cells left out because too little of their ring is known for a background.
  public var withoutBackground = 0
  /// Cells left out because the other cells file has no value for them.
  public var withoutOther = 0
  /// Cells that have no row in the weights file, and so no neighbours.
  public var withoutRow = 0
  /// Cells of the weights file without a value: nobody's neighbours.
  public var rowsWithoutValue = 0
  /// Rows per class, such as hot, cold, HL or alarm.
  public var classes: [String: Int] = [:]
  /// Rows without a score per reason.
  public var reasons: [String: Int] = [:]
  /// Periods in which too few cells have a value for the normal approximation.
  public var smallPeriods = 0
  /// Global Moran's I and the like, per period.
  public var globals: [Global] = []
  /// What the rows say of themselves; also beside the file.
  public var statement: MapStatement?
  /// Seconds spent on reading, thinking and writing; not part of the result.
  public var readSeconds = 0.0
  /// Background, statistic and significance, without files.
  public var detectSeconds = 0.0
  /// Turning rows into text and writing them.
  public var writeSeconds = 0.0

  enum CodingKeys: String, CodingKey {
    case periods, rows, interpolated, classes, reasons, globals, statement
    case smallPeriods = "small_periods"
    case withoutBackground = "without_background"
    case withoutOther = "without_other_value"
    case withoutRow = "without_row_of_weights"
    case rowsWithoutValue = "rows_of_weights_without_value"
  }

  mutating func count(classification: String, reason: String, isInterpolated: Bool) {
    rows += 1
    if isInterpolated { interpolated += 1 }
    if !classification.isEmpty { classes[classification, default: 0] += 1 }
    if !reason.isEmpty { reasons[reason, default: 0] += 1 }
  }

  /// Puts the counts of cells into a statement.
  func stated(_ statement: MapStatement) -> MapStatement {
    var statement = statement
    statement.periods = periods
    statement.cells = rows
    statement.interpolatedOnly = interpolated
    statement.untested = reasons
    if withoutBackground > 0 {
      statement.untested["too little of the ring is known for a background"] = withoutBackground
    }
    if withoutOther > 0 { statement.untested["no value in the other file"] = withoutOther }
    statement.tested = rows - reasons.values.reduce(0, +)
    return statement
  }

  /// One number for all cells of a period.
  public struct Global: Sendable, Codable, Hashable {
    /// Such as `Moran's I`; see ``LocalStatistic``.
    public let statistic: String
    /// Empty where the file has none.
    public let period: String
    /// I or c itself.
    public let value: Double
    /// Under randomisation: -1/(n - 1) for I, 1 for c.
    public let expectation: Double
    /// `value` less its expectation, in standard deviations under randomisation.
    public let z: Double
    /// Two-sided, from `z`.
    public let p: Double
  }

  mutating func add(_ global: GlobalStatistic, of statistic: LocalStatistic, period: Period?) {
    globals.append(
      Global(
        statistic: statistic.globalName, period: period?.description ?? "", value: global.value,
        expectation: global.expectation, z: global.z, p: global.p))
  }

  /// One line per fact, for people.
  public var lines: [String] {
    var lines = ["\(rows) cells in \(periods) period\(periods == 1 ? "" : "s")"]
    if interpolated > 0 { lines.append("  interpolated from other cells: \(interpolated)") }
    if withoutBackground > 0 { lines.append("  without a background, not tested: \(withoutBackground)") }
    if withoutOther > 0 { lines.append("  without a value in the other file, not tested: \(withoutOther)") }
    if withoutRow > 0 { lines.append("  without a row in the weights file, so without neighbours: \(withoutRow)") }
    if rowsWithoutValue > 0 { lines.append("  cells of the weights file without a value: \(rowsWithoutValue)") }
    lines += classes.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    lines += reasons.sorted { $0.key < $1.key }.map { "  without a score: \($0.value) (\($0.key))" }
    lines += globals.prefix(3).map { global in
      let period = global.period.isEmpty ? "" : "\(global.period): "
      return "  \(period)\(global.statistic) \(rounded(global.value)), z \(rounded(global.z)), p \(rounded(global.p))"
    }
    if globals.count > 3 { lines.append("  and \(globals.count - 3) more periods, see --json") }
    if smallPeriods > 0 {
      lines.append(
        "  \(smallPeriods) period\(smallPeriods == 1 ? " has" : "s have") fewer than 30 cells: trust --permutations more than p "
          + "there")
    }
    lines.append(
      "  read \(milliseconds(readSeconds)) ms, detected \(milliseconds(detectSeconds)) ms, "
        + "wrote \(milliseconds(writeSeconds)) ms")
    return lines
  }

  /// Four significant digits.
  private func rounded(_ number: Double) -> Double {
    guard number != 0, number.isFinite else { return number }
    let scale = pow(10, 3 - log10(abs(number)).rounded(.down))
    return scale.isFinite ? (number * scale).rounded() / scale : number
  }

  private func milliseconds(_ seconds: Double) -> Double { (seconds * 1e5).rounded() / 100 }
}

/// Seconds that some work takes.
func timed<Value, Failure: Error>(
  _ seconds: inout Double, _ work: () throws(Failure) -> Value
) throws(Failure) -> Value {
  let start = ContinuousClock.now
  let value = try work()
  let duration = ContinuousClock.now - start
  seconds += Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  return value
}

extension LocalStatistic {
  /// What the global statistic of the same kind is called.
  var globalName: String {
    switch self {
    case .giStar, .gi, .moran: "Moran's I"
    case .bivariateMoran: "bivariate Moran's I"
    case .geary: "Geary's c"
    }
  }
}
