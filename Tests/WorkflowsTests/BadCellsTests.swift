import Diagnostics
import Foundation
import Hotspots
import TestSupport
import Testing

@testable import Workflows

/// What `detect` does with cells and neighbour lists that are not as they should be.
@Suite struct BadCellsTests {
  /// Rows of the hot file by cell, as fields, with the summary and the messages.
  private func detect(
    _ cells: String, weights: (name: String, text: String)? = nil, options: HotspotOptions = HotspotOptions()
  ) throws -> (rows: [String: [String]], summary: DetectSummary, messages: [String]) {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "cells.csv")
    try Data(cells.utf8).write(to: path)
    var weightsPath: String?
    if let weights {
      weightsPath = folder.appending(path: weights.name).path
      try Data(weights.text.utf8).write(to: folder.appending(path: weights.name))
    }
    let out = folder.appending(path: "hot.csv")
    var messages: [String] = []
    let summary = try detectCells(
      .giStar, cellsPath: path.path, weightsPath: weightsPath, outPath: out.path, options: options,
      messages: { messages.append($0) })
    let lines = try String(contentsOf: out, encoding: .utf8).split(separator: "\n").dropFirst()
    var rows: [String: [String]] = [:]
    for line in lines {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      rows[fields[0]] = fields
    }
    return (rows, summary, messages)
  }

  /// z is the fifth column, its reason the tenth.
  private func z(_ row: [String]?) -> Double? { row.flatMap { Double($0[4]) } }

  private func square(_ side: Int, _ value: (Int, Int) -> Double) -> String {
    "cell,value\n"
      + (0..<side).flatMap { row in (0..<side).map { "3000-\($0)-\(row),\(value($0, row))\n" } }.joined()
  }

  @Test func `fewer than 30 cells are told, from 30 on they are not`() throws {
    let small = try detect(square(5) { Double($0 * $1) })
    #expect(small.summary.smallPeriods == 1)
    #expect(
      small.summary.lines.contains("  1 period has fewer than 30 cells: trust --permutations more than p there"))
    #expect(small.rows.values.allSatisfy { z($0) != nil }, "they are tested all the same")
    let thirty = try detect(
      "cell,value\n" + (0..<30).map { "3000-\($0 % 6)-\($0 / 6),\($0 * $0 % 7)\n" }.joined())
    #expect(thirty.summary.smallPeriods == 0)
  }

  @Test func `cells that are all equal have no score but a reason`() throws {
    let flat = try detect(square(6) { _, _ in 41.7 })
    #expect(flat.summary.reasons == ["all values are equal": 36] && flat.summary.classes.isEmpty)
    #expect(flat.rows.values.allSatisfy { $0[4].isEmpty && $0[5].isEmpty && $0[7] == "0" })
  }

  @Test func `negative values are values: the z of x - 500 and of x are the same, but -999 means missing`() throws {
    let plain = try detect(square(6) { Double($0 * $0 + 3 * $1) })
    let negative = try detect(square(6) { Double($0 * $0 + 3 * $1) - 500 })
    for (cell, row) in plain.rows {
      #expect(abs(try #require(z(row)) - #require(z(negative.rows[cell]))) < 1e-9)
    }
    let coded = try detect(square(6) { $0 == 3 && $1 == 3 ? -999 : Double($0 * $0 + 3 * $1) })
    #expect(coded.rows.count == 35 && coded.rows["3000-3-3"] == nil)
  }

  @Test func `of two rows of a cell the first counts and the second is told`() throws {
    let twice = try detect(square(6) { Double($0 + $1) } + "3000-2-2,999\n")
    #expect(twice.rows.count == 36 && twice.rows["3000-2-2"]?[2] == "4.0")
    #expect(
      twice.messages.contains { $0.hasSuffix("1 row not used, first at line 38: cell occurs twice in the period") })
  }

  /// Four cells in a row with values 1, 2, 3, 6: mean 3, variance 3.5.
  private let four = "cell,value\n3000-1-0,1\n3000-2-0,2\n3000-3-0,3\n3000-4-0,6\n"

  @Test func `lists with unknown cells, missing rows and one-way rows are taken as they are, and told`() throws {
    // 9 has no value; 4 has no row; 3 names 2, which does not name 3.
    let lists = "4\n3000-1-0 2\n3000-2-0 3000-9-0\n3000-2-0 1\n3000-1-0\n3000-3-0 2\n3000-2-0 3000-4-0\n3000-9-0 0\n"
    let found = try detect(four, weights: ("lists.gal", lists))
    #expect(found.summary.rowsWithoutValue == 1)
    #expect(found.rows.mapValues { $0[3] } == ["3000-1-0": "1", "3000-2-0": "1", "3000-3-0": "2", "3000-4-0": "0"])
    // n 4, W 2, S1 2: (1 + 2 - 2·3) / √(3.5 · (4·2 - 4)/3) = -3 / 2.160247; W 3: (2 + 3 + 6 - 9) / √(3.5 · 3/3).
    #expect(abs(try #require(z(found.rows["3000-1-0"])) + 1.388730) < 1e-6)
    #expect(z(found.rows["3000-1-0"]) == z(found.rows["3000-2-0"]))
    #expect(abs(try #require(z(found.rows["3000-3-0"])) - 1.069045) < 1e-6)
    #expect(found.rows["3000-4-0"]?[9] == "no neighbour has a value")
    // Neither 9 names 1 nor 2 names 3.
    #expect(found.messages.contains { $0.contains("2 neighbours are not mirrored") })
    #expect(found.messages.contains { $0.contains("1 neighbours have no row of their own") })
    // A cell that no row names at all is counted as without row.
    let without = try detect(four, weights: ("lists.gal", "2\n3000-1-0 1\n3000-2-0\n3000-2-0 1\n3000-1-0\n"))
    #expect(without.summary.withoutRow == 2)
  }

  @Test func `a self-loop weighs the cell itself, once`() throws {
    // Cell 1 counts itself with 2 and cell 2 with 1: W 3, S1 5: (2·1 + 2 - 3·3) / √(3.5 · (4·5 - 9)/3) = -5 / 3.582364.
    let lists =
      "4\n3000-1-0 3000-1-0 2\n3000-1-0 3000-2-0 1\n3000-2-0 3000-1-0 1\n3000-2-0 3000-1-0 1\n3000-3-0 3000-4-0 0\n"
    let found = try detect(four, weights: ("lists.gwt", lists))
    #expect(abs(try #require(z(found.rows["3000-1-0"])) + 1.395726) < 1e-6)
    #expect(found.rows["3000-1-0"]?[3] == "1", "the cell is no neighbour of itself")
    // The repeated row and the weight of 0 are left out; without its own loop a cell counts for itself with 1.
    #expect(abs(try #require(z(found.rows["3000-2-0"])) + 1.388730) < 1e-6)
    #expect(found.messages.contains { $0.contains("neighbour is listed twice") })
    #expect(found.messages.contains { $0.contains("weight is not a number above 0") })
    #expect(found.messages.contains { $0.contains("1 of the rows name the cell itself") })
  }

  @Test func `lists of other cells only leave every cell without a neighbour`() throws {
    let found = try detect(four, weights: ("lists.gal", "2\n3000-7-7 1\n3000-8-7\n3000-8-7 1\n3000-7-7\n"))
    #expect(found.summary.withoutRow == 4 && found.summary.reasons == ["no neighbour has a value": 4])
    #expect(throws: Problem.self) { try detect(four, weights: ("lists.gal", "2\na 1\nb\n")) }
    #expect(throws: Problem.self) { try detect(four, weights: ("lists.txt", "2\n")) }
  }
}
