import Diagnostics
import Foundation
import Grids
import Quantities
import TestSupport
import Testing

@testable import Ingest

@Suite struct CellsFileTests {
  private func read(_ text: String, blockBytes: Int = 1 << 20) throws -> ReadResult<[CellsFile.Part]> {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "cells.csv")
    try Data(text.utf8).write(to: url)
    var options = ReadOptions(now: Instant(secondsSinceEpoch: 0))
    options.blockBytes = blockBytes
    return try CellsFile.read(path: url.path, options: options)
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

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `rows in any order, cut into small blocks, give the same fields and rejects as one by one`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var text = "cell,period,value\n"
    var kept: [String: [String: Double]] = [:]
    var rejected: [String] = []
    let rows = 300
    for row in 0..<rows {
      // Odd seeds: mostly in order, with a few rows from elsewhere.
      let place = seed % 2 == 1 && row % 37 != 5 ? row : Int.random(in: 0..<rows, using: &random)
      let cell = "\(row == 211 ? 500 : 3000)-\(place)-7"
      let period = ["2017-11-01", "2017-11-02", "", "soon"][seed < 3 ? 0 : row % 97 == 3 ? 3 : row % 3]
      let line = "\(cell),\(period),\(row)"
      text += line + "\n"
      if cell.hasPrefix("500") || period == "soon" || kept[period]?[cell] != nil {
        rejected.append("\(row + 2) \(line)")
      } else {
        kept[period, default: [:]][cell] = Double(row)
      }
    }
    for blockBytes in [64, 700, 1 << 20] {
      let result = try read(text, blockBytes: blockBytes)
      #expect(result.rejects.rows.map { "\($0.line) \($0.text)" } == rejected)
      #expect(result.value.map { $0.period?.description ?? "" } == kept.keys.sorted())
      for part in result.value {
        let own = try #require(kept[part.period?.description ?? ""])
        #expect(part.field.cells.map(\.description).sorted() == own.keys.sorted())
        #expect(zip(part.field.cells, part.field.values).allSatisfy { own[$0.description] == $1 })
      }
    }
  }
}

/// SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
