public import Grids
public import Quantities
public import Readings

/// Fire detections of one cell in one period.
public struct FireCell: Sendable, Hashable {
  public let cell: CellID
  public let day: LocalDay
  public let detections: Int32
  public let byNight: Int32
  /// Sum of what is known, MW; `nil` when no detection has a power.
  public let radiativePowerMegawatts: Double?
  /// Highest of what is known, 0...100.
  public let confidencePercent: Double?
  /// Days of the whole file on which the cell was seen burning.
  public let daysSeen: Int32
  /// Seen so often that a furnace or flare is likelier than a field.
  public let isStatic: Bool
}

/// Puts fires onto cells by Beijing days.
public struct FireCells: Sendable {
  /// Detections below it are left out; those without a confidence are kept.
  public var minimumConfidencePercent = 30.0
  /// A cell seen on at least so many days, and
  public var staticDays = 10
  /// on at least this share of the days between the first and the last fire of the file, counts as static.
  public var staticShare = 0.2

  public init() {}

  /// - Returns: Cells by day, then by cell; detections left out for their confidence; detections outside the lattice.
  public func cells(
    of fires: [FireDetection], cell: (FireDetection) -> CellID?
  ) -> (cells: [FireCell], unsure: Int, outside: Int) {
    var located: [(day: LocalDay, cell: CellID, fire: FireDetection)] = []
    var (unsure, outside) = (0, 0)
    for fire in fires {
      if let confidence = fire.confidencePercent, confidence < minimumConfidencePercent {
        unsure += 1
        continue
      }
      guard let cell = cell(fire) else {
        outside += 1
        continue
      }
      located.append((fire.time.hour.day, cell, fire))
    }
    located.sort { ($0.day, $0.cell, $0.fire.line) < ($1.day, $1.cell, $1.fire.line) }
    var daysOfCell: [CellID: Int32] = [:]
    var last: (LocalDay, CellID)?
    for entry in located where last.map({ $0 != (entry.day, entry.cell) }) ?? true {
      daysOfCell[entry.cell, default: 0] += 1
      last = (entry.day, entry.cell)
    }
    let span = located.first.map { first in first.day.days(until: located[located.count - 1].day) + 1 } ?? 0
    var found: [FireCell] = []
    var start = 0
    while start < located.count {
      var end = start
      while end < located.count, located[end].day == located[start].day, located[end].cell == located[start].cell {
        end += 1
      }
      let own = located[start..<end].map(\.fire)
      let powers = own.compactMap(\.radiativePowerMegawatts)
      let days = daysOfCell[located[start].cell] ?? 0
      found.append(
        FireCell(
          cell: located[start].cell, day: located[start].day, detections: Int32(own.count),
          byNight: Int32(own.count { $0.isDaytime == false }),
          radiativePowerMegawatts: powers.isEmpty ? nil : powers.reduce(0, +),
          confidencePercent: own.compactMap(\.confidencePercent).max(), daysSeen: days,
          isStatic: Int(days) >= staticDays && Double(days) >= staticShare * Double(span)))
      start = end
    }
    return (found, unsure, outside)
  }
}
