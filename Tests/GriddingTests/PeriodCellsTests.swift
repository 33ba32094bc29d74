import Gridding
import Grids
import Testing

/// Numbers from a seed, so that a failure can be repeated.
private struct Numbers {
  var state: UInt64
  mutating func unit() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 9_007_199_254_740_992
  }
}

@Suite struct PeriodCellsTests {
  /// The brute-force twin: a dictionary of lists.
  @Test(arguments: 1...20)
  func `groups equal a plain grouping, whoever parsed the values`(seed: Int) {
    var random = Numbers(state: UInt64(seed))
    let cells = (0..<40).map { CellID(sizeMetres: 500, column: Int32($0 * 7 % 40), row: Int32($0 % 3)) }
    let readers = 3
    // Each reader numbers cells and periods in its own way.
    let tables = (0..<readers).map { reader in
      PeriodCells.Table(
        cells: cells.indices.map { cells[($0 * 11 + reader * 5) % 40] }, periods: (0..<6).map { Int32(9 - $0 - reader) }
      )
    }
    var parts: [CellValues] = []
    var groups: [Int32: [CellID: [Double]]] = [:]
    for _ in 0..<25 {
      let reader = Int(random.unit() * Double(readers))
      var part = CellValues(reader: reader, runs: [], slots: [], values: [])
      for _ in 0..<Int(random.unit() * 5) {
        let period = Int(random.unit() * 6)
        part.runs.append((Int32(period), Int32(part.values.count)))
        for _ in 0..<Int(random.unit() * 60) {
          let slot = Int(random.unit() * 40)
          let value = (random.unit() * 1000).rounded() / 8
          part.slots.append(UInt32(slot))
          part.values.append(value)
          groups[tables[reader].periods[period], default: [:]][tables[reader].cells[slot], default: []].append(value)
        }
      }
      parts.append(part)
    }
    let grouped = PeriodCells(parts: parts, tables: tables)
    #expect(grouped.cells == cells.sorted() && grouped.periods == (2...9).map { Int32($0) })
    for (number, period) in grouped.periods.enumerated() {
      let expected = groups[period] ?? [:]
      #expect(grouped.valueCount(period: number) == expected.values.reduce(0) { $0 + $1.count })
      let whole = grouped.groups(period: number, ranks: 0..<cells.count, medians: true)
      #expect(whole.cells == expected.keys.sorted())
      for (k, cell) in whole.cells.enumerated() {
        let own = expected[cell] ?? []
        let mean = own.reduce(0, +) / Double(own.count)
        let squares = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let sorted = own.sorted()
        let middle = sorted.count / 2
        #expect(whole.counts[k] == Int32(own.count) && whole.means[k] == mean)
        #expect(whole.medians[k] == (own.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2))
        if own.count > 1 {
          #expect(abs(whole.variances[k] - squares / Double(own.count * (own.count - 1))) < 1e-9 * (1 + squares))
        } else {
          #expect(whole.variances[k].isNaN)
        }
      }
      // Threads that share a period make the same of it.
      let halves = [0..<13, 13..<cells.count].map { grouped.groups(period: number, ranks: $0, medians: false) }
      #expect(halves.flatMap(\.cells) == whole.cells && halves.flatMap(\.means) == whole.means)
      #expect(halves.allSatisfy { $0.medians.isEmpty })
    }
  }

  @Test(arguments: 1...60)
  func `a median of any number of values is that of the sorted values`(seed: Int) {
    var random = Numbers(state: UInt64(seed))
    let count = 1 + Int(random.unit() * 300)
    // Few distinct values, many equal ones: where a partition can go wrong.
    let steps = seed % 3 == 0 ? 4.0 : 1e6
    var values = (0..<count).map { _ in (random.unit() * steps).rounded() }
    let sorted = values.sorted()
    let middle = count / 2
    let expected = count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    #expect(values.withUnsafeMutableBufferPointer { median(&$0) } == expected)
    #expect(values.sorted() == sorted)
  }
}
