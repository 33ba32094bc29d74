import Grids
import Gridding
import Quantities
import Readings
import Testing

@Suite struct ErrorVarianceTests {
  static let day = LocalDay(ordinal: 17_471)
  static let cells = (0..<2).map { CellID(sizeMetres: 3000, column: 1300 + Int32($0), row: 1400) }

  /// Two stations that agree to 1 µg/m³ in the first cell, one in the second; 24 hours each.
  static var hours: StationHours {
    var hours = StationHours(pollutant: .pm25)
    for (station, value) in [50.0, 52, 70].enumerated() {
      for hour in 0..<24 {
        hours.append(
          station: Int32(station), hour: LocalHour(day: day, hourOfDay: hour).ordinal, mean: value, median: value,
          count: 1, flags: [], firstLine: 1)
      }
    }
    return hours
  }

  /// By hand: between stations (1 + 1) / (2 · 1) = 1; errors (36 + 64) / 4 = 25; one station 16.
  @Test func `a cell's variance is never below what the errors of its stations give`() {
    let cellOf = [Self.cells[0], Self.cells[0], Self.cells[1]].map { Optional($0) }
    let plain = CellAverages.day(Self.day, of: Self.hours, cellOfStation: cellOf, excluding: [])
    let field = CellAverages.day(Self.day, of: Self.hours, cellOfStation: cellOf, excluding: []) { station, rows in
      #expect(rows.count == 24)
      return [36.0, 64, 16][Int(station)]
    }
    #expect(field.values == plain.values && field.cells == plain.cells)
    #expect(plain.variances[0] == 1 && plain.variances[1].isNaN)
    #expect(field.variances == [25, 16])
  }

  @Test func `stations without a known error leave the variance as it was`() {
    let cellOf = [Self.cells[0], Self.cells[0], Self.cells[1]].map { Optional($0) }
    let field = CellAverages.day(Self.day, of: Self.hours, cellOfStation: cellOf, excluding: []) { _, _ in .nan }
    #expect(field.variances[0] == 1 && field.variances[1].isNaN)
  }
}
