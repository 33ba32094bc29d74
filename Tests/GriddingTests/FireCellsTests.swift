import Geometry
import Gridding
import Grids
import Quantities
import Readings
import Testing

@Suite struct FireCellsTests {
  private static func fire(
    _ hoursUTC: Int64, _ longitude: Double, power: Double? = 5, confidence: Double? = 60, day: Bool? = true,
    line: Int32 = 2
  ) -> FireDetection {
    FireDetection(
      time: Instant(secondsSinceEpoch: 1_511_222_400 + 3600 * hoursUTC),
      position: LonLat(longitude: longitude, latitude: 38),
      radiativePowerMegawatts: power, confidencePercent: confidence, isDaytime: day, satellite: "T", line: line)
  }

  private static func cell(_ fire: FireDetection) -> CellID? {
    fire.position.longitude > 120 ? nil : CellID(sizeMetres: 3000, column: Int32(fire.position.longitude), row: 0)
  }

  @Test func `detections of a Beijing day are counted, by night too`() {
    // 2017-11-21 00:00 UTC is 08:00 in Beijing; 16 hours later the day ends.
    let fires = [
      Self.fire(0, 114), Self.fire(15, 114, power: nil, day: false), Self.fire(16, 114, day: false),
      Self.fire(1, 115, confidence: 15), Self.fire(2, 121), Self.fire(3, 116, power: nil, confidence: nil, day: nil),
    ]
    let found = FireCells().cells(of: fires, cell: Self.cell)
    #expect(found.unsure == 1 && found.outside == 1 && found.cells.count == 3)
    #expect(found.cells.map(\.detections) == [2, 1, 1] && found.cells.map(\.byNight) == [1, 0, 1])
    #expect(found.cells.map(\.day.description) == ["2017-11-21", "2017-11-21", "2017-11-22"])
    #expect(found.cells[0].radiativePowerMegawatts == 5 && found.cells[1].radiativePowerMegawatts == nil)
    #expect(found.cells[1].confidencePercent == nil && found.cells[2].daysSeen == 2)
    #expect(found.cells.allSatisfy { !$0.isStatic })
  }

  @Test func `what burns every few days is static`() {
    let furnace = (0..<12).map { Self.fire(Int64(72 * $0), 114, day: false, line: Int32($0)) }
    let found = FireCells().cells(of: furnace + [Self.fire(5, 115)], cell: Self.cell)
    #expect(
      found.cells.filter(\.isStatic).count == 12 && found.cells.contains { $0.cell.column == 115 && !$0.isStatic })
    var strict = FireCells()
    strict.staticShare = 0.5
    #expect(strict.cells(of: furnace, cell: Self.cell).cells.allSatisfy { !$0.isStatic })
    #expect(FireCells().cells(of: [], cell: Self.cell).cells.isEmpty)
  }
}
