import Gridding
import Grids
import Testing

@Suite struct RefinementTests {
  private static let parent = CellID(sizeMetres: 3000, column: -2, row: 4)

  private static func field(
    _ rows: [(cell: CellID, value: Double, variance: Double, coverage: Double)]
  ) -> CellField {
    let sorted = rows.sorted { $0.cell < $1.cell }
    return CellField(
      cells: sorted.map(\.cell), values: sorted.map(\.value), variances: sorted.map(\.variance),
      counts: sorted.map { _ in 1 }, coverages: sorted.map(\.coverage))
  }

  /// Σ k x / Σ k and Σ k / 36 of the children.
  private static func totals(_ field: CellField) -> (mean: Double, coverage: Double) {
    var (sum, weight) = (0.0, 0.0)
    for slot in field.cells.indices {
      sum += field.coverages[slot] * field.values[slot]
      weight += field.coverages[slot]
    }
    return (sum / weight, weight / 36)
  }

  /// Two of 36 children observed without error estimate, 180 and 200, parent 60, spread 30: v = 100 and 900. By hand:
  /// Σ a x = (380 + 34·60) / 36 = 67.2222, gap -7.2222, Σ a² v = (2·100 + 34·900) / 36² = 23.76543; each observed child
  /// moves by (1/36)·100/23.76543 · gap = -0.844156, each other by nine times that, -7.597403.
  @Test func `sparse hot children stay hot and the others give way`() {
    let children = Self.parent.children(sizeMetres: 500)
    let observed = Self.field([(children[0], 180, .nan, .nan), (children[7], 200, .nan, .nan)])
    let (field, report) = Refinement(spread: 30).refine(
      Self.field([(Self.parent, 60, .nan, .nan)]), with: observed, sizeMetres: 500)
    #expect(field.count == 36 && report.observed == 2 && report.filled == 34 && report.negative == 0)
    #expect(abs(field.values[0] - (180 - 0.844_155_844)) < 1e-6)
    let other = field.values[field.cells.firstIndex(of: children[1]) ?? 0]
    #expect(abs(other - (60 - 7.597_402_597)) < 1e-6)
    #expect(abs(Self.totals(field).mean - 60) < 1e-9 && abs(Self.totals(field).coverage - 1) < 1e-12)
    #expect(field.counts.count { $0 == 0 } == 34)
  }

  @Test(arguments: 1...20)
  func `children weighted by coverage give value and coverage of their parent back`(seed: UInt64) {
    var random = ConservativeMappingTests.Generator(state: seed)
    var parents: [(cell: CellID, value: Double, variance: Double, coverage: Double)] = []
    var children: [(cell: CellID, value: Double, variance: Double, coverage: Double)] = []
    for number in 0..<12 {
      let cell = CellID(sizeMetres: 3000, column: Int32(number) - 5, row: -3)
      let limit = 0.2 + 0.8 * random.unit()
      var observed = 0.0
      for child in cell.children(sizeMetres: 500) where random.unit() < 0.3 {
        let coverage = min(random.unit() + 1e-6, limit * 36 - observed)
        guard coverage > 1e-6 else { continue }
        observed += coverage
        let variance = random.unit() < 0.3 ? .nan : random.unit() < 0.1 ? 0 : 50 * random.unit()
        children.append((child, 20 + 200 * random.unit(), variance, coverage))
      }
      parents.append((cell, 40 + 100 * random.unit(), random.unit() < 0.5 ? .nan : 9, limit))
    }
    let (field, report) = Refinement().refine(
      Self.field(parents), with: Self.field(children), sizeMetres: 500)
    #expect(report.parents == 12 && report.observed == children.count && report.orphans == 0)
    for parent in parents {
      let own = field.cells.indices.filter { field.cells[$0].parent(sizeMetres: 3000) == parent.cell }
      let weight = own.reduce(0) { $0 + field.coverages[$1] }
      let mean = own.reduce(0) { $0 + field.coverages[$1] * field.values[$1] } / weight
      #expect(abs(mean - parent.value) < 1e-9 * parent.value, "seed \(seed)")
      // Free children are at most whole: where the observed ones saw less than their parent says, some is missing.
      let seen = children.filter { $0.cell.parent(sizeMetres: 3000) == parent.cell }
      let most = seen.reduce(0) { $0 + $1.coverage } + Double(36 - seen.count)
      #expect(abs(weight / 36 - min(parent.coverage, most / 36)) < 1e-9, "seed \(seed)")
      #expect(own.allSatisfy { field.variances[$0] >= 0 })
    }
  }

  @Test func `children that agree are left alone, and orphans are counted`() {
    let cells = Self.parent.children(sizeMetres: 500)
    let rows = cells.enumerated().map { (cell: $0.element, value: Double($0.offset), variance: 4.0, coverage: 1.0) }
    let far = CellID(sizeMetres: 500, column: 900, row: 900)
    let (field, report) = Refinement().refine(
      Self.field([(Self.parent, 17.5, .nan, 1)]), with: Self.field(rows + [(far, 1, 1, 1)]), sizeMetres: 500)
    #expect(field.cells == cells.sorted() && report.orphans == 1 && report.filled == 0)
    for row in rows {
      let slot = field.cells.firstIndex(of: row.cell) ?? 0
      #expect(abs(field.values[slot] - row.value) < 1e-12)
    }
    let (none, empty) = Refinement().refine(Self.field([]), with: Self.field([]), sizeMetres: 500)
    #expect(none.count == 0 && empty.parents == 0)
  }
}
