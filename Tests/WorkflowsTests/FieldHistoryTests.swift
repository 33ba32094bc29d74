import Evidence
import Foundation
import Grids
import Hotspots
import Quantities
import SpatialStatistics
import Store
import TestSupport
import Testing

@testable import Workflows

private let firstDay = LocalDay(ordinal: 17_450)
private let origin = FieldOrigin(
  name: "satellite", quantity: "PM2.5", unit: "µg/m³",
  sources: [LeadSource(file: "days.tif", fileHash: "0123456789abcdef", line: 0)])

private func cell(_ column: Int32, _ row: Int32) -> CellID { CellID(sizeMetres: 3000, column: column, row: row) }

/// A square field, value and coverage by column and row.
private func square(
  _ side: Int32, coverage: (CellID) -> Double = { _ in .nan }, _ value: (Int32, Int32) -> Double
) -> CellField {
  let cells = (0..<side).flatMap { row in (0..<side).map { cell($0, row) } }
  return CellField(
    cells: cells, values: cells.map { value($0.column, $0.row) }, variances: cells.map { _ in .nan },
    counts: cells.map { _ in 1 }, coverages: cells.map(coverage))
}

/// 100 in the 3 x 3 cells in the middle of 7 x 7, 0 elsewhere.
private func block(_ column: Int32, _ row: Int32) -> Double {
  (2..<5).contains(column) && (2..<5).contains(row) ? 100 : 0
}

private let middle = (2..<5).flatMap { row in (2..<5).map { cell($0, row) } } as [CellID]

@Suite struct FieldHistoryTests {
  private func history(_ fields: [CellField], days: [Int]? = nil) -> FieldHistory {
    FieldHistory(
      days: (days ?? Array(fields.indices)).map { firstDay.advanced(by: $0) }, fields: fields)
  }

  private func leads(_ history: FieldHistory) -> [Lead] {
    history.emergingLeads(options: EmergingOptions(), origin: origin, threads: 2)
  }

  @Test func `a block that always was hot is a persistent hot spot, with the z of the formula`() throws {
    let found = leads(history((0..<12).map { _ in square(7, block) }))
    // The formula written out elsewhere: z of the last step is 9.077 in the centre, 5.370 beside it and 2.899 at the corners,
    // which are hot on 11 of 12 days (on the first day there is no step before).
    #expect(found.map(\.cell) == middle)
    #expect(found.allSatisfy { $0.kind == .emergingHotspot && $0.strength == 0.6 })
    #expect(found.allSatisfy { $0.firstDay == firstDay && $0.lastDay == firstDay.advanced(by: 11) })
    for (lead, z) in zip(found, [2.899, 5.370, 2.899, 5.370, 9.077, 5.370, 2.899, 5.370, 2.899]) {
      let own = try #require(lead.numbers.first { $0.name == "z of the last step" })
      #expect(abs(own.value - z) < 5.1e-4)
      let hot = try #require(lead.numbers.first { $0.name == "hot steps" })
      #expect(hot.value == (z < 3 ? 11 : 12))
    }
    #expect(found[4].statement.contains("is a persistent hot spot of PM2.5 (satellite)"))
    #expect(found[4].statement.contains("hot in 12 of 12 steps with a score, z = 9.08 in the last"))
    #expect(found[4].statement.contains("values changed by 0.00 µg/m³ per period"))
  }

  @Test func `a block that is hot on the last day only is a new one`() {
    let fields = (0..<12).map { day in square(7) { day == 11 ? block($0, $1) : 0 } }
    let found = leads(history(fields))
    #expect(found.contains { $0.cell == cell(3, 3) })
    #expect(found.allSatisfy { $0.strength == 0.7 && $0.statement.contains("is a new hot spot") })
  }

  @Test func `no lead where no day observed anything, one where a single day did`() {
    let fields = (0..<12).map { day in
      square(
        7,
        coverage: { own in
          own == cell(2, 3) ? 0 : own == cell(4, 3) ? (day == 7 ? 0.2 : 0) : .nan
        }, block)
    }
    let found = leads(history(fields)).compactMap(\.cell)
    #expect(found == middle.filter { $0 != cell(2, 3) })
  }

  @Test func `fewer than ten days show no trend, days without a field do not count`() {
    let field = square(7, block)
    #expect(leads(history([CellField](repeating: field, count: 9))).isEmpty)
    #expect(history([CellField](repeating: field, count: 9)).cube() == nil)
    #expect(history([CellField](repeating: field, count: 9)).cube(least: 9) != nil)
    #expect(history([field]).cube(least: 1) == nil, "one period is no history")
    // Ten days with a field among 20.
    let days = (0..<10).map { $0 * 2 + ($0 == 9 ? 1 : 0) }
    let cube = history([CellField](repeating: field, count: 10), days: days).cube()
    #expect(cube?.periods.count == 20 && cube?.emptyPeriods == 10)
    let fine = CellField(
      cells: [CellID(sizeMetres: 500, column: 0, row: 0)], values: [1], variances: [.nan], counts: [1],
      coverages: [.nan])
    #expect(history([field, fine]).cube(least: 2) == nil, "cells of two sizes have no common cube")
    #expect(leads(history([])).isEmpty)
  }

  /// 50 in a cross of 5 cells on the last two of four days, else 1 and -1 by turns.
  private func cross(coverage: (CellID) -> Double = { _ in .nan }) -> [CellField] {
    var sign = -1.0
    return (0..<4).map { day in
      square(5, coverage: coverage) { column, row in
        if day >= 2, abs(column - 2) + abs(row - 2) <= 1 { return 50 }
        sign = -sign
        return sign
      }
    }
  }

  @Test func `the scan of a history finds the planted cluster with the likelihood ratio worked out by hand`() throws {
    var scan = ScanStatistic(model: .normal)
    scan.replicates = 99
    scan.maximumRadius = 2
    let found = history(cross()).scanLeads(scan, subject: "PM2.5", origin: origin, threads: 2)
    #expect(found.compactMap(\.cell) == [cell(2, 1), cell(1, 2), cell(2, 2), cell(3, 2), cell(2, 3)])
    let lead = try #require(found.first)
    #expect(lead.kind == .scanCluster && lead.strength == 1)
    #expect(lead.firstDay == firstDay.advanced(by: 2) && lead.lastDay == firstDay.advanced(by: 3))
    // 100 values, 10 of them 50 and 90 of them 1 or -1: mean 5, variance 225.9 in all, 0.9 about the two means.
    // N ln(σ/σ') = 50 ln(225.9 / 0.9) = 276.27.
    func number(_ name: String) -> Double? { lead.numbers.first { $0.name == name }?.value }
    #expect(abs(try #require(number("log likelihood ratio")) - 276.27) < 0.01)
    #expect(number("observed") == 50 && number("expected") == 5 && number("p") == 0.01)
    #expect(lead.statement.contains("a mean of 50.0 µg/m³ against 5.0 µg/m³ of all"))
    // What nobody observed is no lead.
    let hidden = history(cross { $0 == cell(2, 2) ? 0 : .nan })
    #expect(hidden.scanLeads(scan, subject: "PM2.5", origin: origin, threads: 1).count == 4)
    #expect(history([square(5, block)]).scanLeads(scan, subject: "PM2.5", origin: origin, threads: 1).isEmpty)
  }

  @Test func `a workspace gives the days up to the last one, without those it has no field of`() throws {
    let json = """
      {"name": "test", "crs": "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m",
       "origin": {"x": -3000000, "y": 0}, "levels_metres": [3000, 500],
       "region": {"name": "test", "codes": ["130100"]}}
      """
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let workspace = try Workspace.create(
      at: folder.appending(path: "ws").path, grid: JSONDecoder().decode(GridDefinition.self, from: Data(json.utf8)),
      gridText: "name: test\n", policyText: "a: 1\n")
    for offset in [0, 1, 3, 4] {
      var batch = IngestBatch()
      batch.fields = [
        DayField(variable: "pm25", day: firstDay.advanced(by: offset), field: square(2) { _, _ in Double(offset) })
      ]
      try workspace.ingest(
        InputFileRecord(
          kind: .raster, path: "\(offset).tif", name: "\(offset).tif", sha256: "\(offset)", byteCount: 1,
          encoding: "", rowsRead: 4, rowsKept: 4, rowsRejected: 0,
          ingestedAt: Instant(secondsSinceEpoch: 1_500_000_000), hotgridVersion: "0"), batch: batch)
    }
    func days(last: Int, length: Int) throws -> [Int] {
      let history = try FieldHistory(
        of: .raster, variable: "pm25", last: firstDay.advanced(by: last), length: length, in: workspace)
      #expect(history.fields.map { $0.values[0] } == history.days.map { Double($0.ordinal - firstDay.ordinal) })
      return history.days.map { Int($0.ordinal - firstDay.ordinal) }
    }
    #expect(try days(last: 4, length: 28) == [0, 1, 3, 4])
    #expect(try days(last: 4, length: 3) == [3, 4], "the last day is one of the three")
    #expect(try days(last: 2, length: 28) == [0, 1])
    #expect(try days(last: 2, length: 1).isEmpty)
  }
}
