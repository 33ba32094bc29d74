import Grids
import Randomness
import Testing

@testable import Surfaces

@Suite struct RingQuantileTests {
  /// Random cells with holes, ties among values, and some without a variance.
  private func field(seed: UInt64, share: UInt64) -> CellField {
    var random = TestNumbers(state: seed)
    var cells: [CellID] = []
    for row in 0..<Int32(34) {
      for column in 0..<Int32(41) where random.next() % 100 < share {
        cells.append(CellID(sizeMetres: 3000, column: column, row: row))
      }
    }
    let values = cells.map { _ in Double(random.next() % 400) / 4 }
    let variances = cells.map { _ in random.next() % 5 == 0 ? Double.nan : Double(random.next() % 1000) / 97 }
    return CellField(
      cells: cells, values: values, variances: variances, counts: cells.map { _ in 1 }, coverages: cells.map { _ in 1 })
  }

  @Test(arguments: ["ring:2-15", "ring:0-4", "ring:1-5:0.25", "ring:0-1:0.9", "ring:3-7:0.01"], [UInt64(100), 80, 30])
  func `sliding gives exactly what looking at every step gives`(text: String, share: UInt64) throws {
    let rule = try #require(BackgroundRule(text))
    let field = field(seed: share, share: share)
    for correlation in [nil, 9000.0] {
      let fast = rule.backgrounds(
        of: field, upwind: nil, correlationMetres: correlation, threads: 2, slides: true)
      let slow = rule.backgrounds(
        of: field, upwind: nil, correlationMetres: correlation, threads: 1, slides: false)
      #expect(fast.count == slow.count && slow.contains { $0 != nil })
      for (slot, pair) in zip(fast, slow).enumerated() {
        #expect(pair.0?.value == pair.1?.value && pair.0?.variance == pair.1?.variance, "slot \(slot)")
      }
    }
  }

  @Test func `equal values, one row and one cell have their background or none`() throws {
    let rule = try #require(BackgroundRule("ring:0-3"))
    for count in [1, 2, 9] {
      let cells = (0..<Int32(count)).map { CellID(sizeMetres: 3000, column: $0, row: 5) }
      let field = CellField(
        cells: cells, values: cells.map { _ in 7.5 }, variances: cells.map { _ in 1 }, counts: cells.map { _ in 1 },
        coverages: cells.map { _ in 1 })
      let found = rule.backgrounds(of: field)
      // Four values are needed: the middle of nine has three on either side.
      #expect(found.contains { $0 != nil } == (count == 9))
      #expect(found.allSatisfy { $0 == nil || $0?.value == 7.5 })
    }
  }
}

/// The fields are the same everywhere.
private typealias TestNumbers = RandomStream
