import Diagnostics
import Foundation
import Grids
import Quantities
import TestSupport
import Testing

@testable import Ingest

@Suite struct CellsFileTests {
  private func read(_ text: String) throws -> ReadResult<[CellsFile.Part]> {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "cells.csv")
    try Data(text.utf8).write(to: url)
    return try CellsFile.read(path: url.path, options: ReadOptions(now: Instant(secondsSinceEpoch: 0)))
  }

  @Test func `parts come by period and cells in their order`() throws {
    let result = try read(
      """
      coverage,CELL,value,period,variance,count
      0.5,3000-2-1,7,2017-11-02,4,3
      ,3000-1-1,6,2017-11-02,,
      1,3000-9-0,5,2017-11-01,0,12
      """)
    #expect(result.rejects.isEmpty)
    #expect(result.rowsKept == 3)
    #expect(result.value.map(\.period) == [Period("2017-11-01"), Period("2017-11-02")])
    let field = result.value[1].field
    #expect(field.cells.map(\.description) == ["3000-1-1", "3000-2-1"])
    #expect(field.values == [6, 7])
    #expect(field.variances[0].isNaN && field.variances[1] == 4)
    #expect(field.counts == [1, 3])
    #expect(field.coverages[0].isNaN && field.coverages[1] == 0.5)
  }

  @Test func `unknown values are left out, bad rows are rejected`() throws {
    let result = try read(
      """
      cell,period,value,variance,count,coverage
      3000-1-1,,5,,,
      3000-2-1,,,,,
      3000-3-1,,-999,,,
      nowhere,,5,,,
      3000-4-1,tomorrow,5,,,
      3000-5-1,,five,,,
      500-6-1,,5,,,
      3000-1-1,,6,,,
      3000-7-1,,5,-1,,
      """)
    #expect(result.value.count == 1)
    #expect(result.value[0].period == nil)
    #expect(result.value[0].field.values == [5])
    #expect(result.rejects.rows.map(\.line) == [5, 6, 7, 8, 9, 10])
    #expect(result.rejects.rows[4].reason == "cell occurs twice in the period")
  }
}
