import Geometry
import Gridding
import Grids
import Testing

@Suite struct CoarserTests {
  private static let fine = Lattice(originX: 0, originY: 0, sizeMetres: 500)

  private func field(
    _ rows: [(column: Int32, row: Int32, value: Double, variance: Double, count: Int32, coverage: Double)]
  )
    -> CellField
  {
    CellField(
      cells: rows.map { CellID(sizeMetres: 500, column: $0.column, row: $0.row) }, values: rows.map(\.value),
      variances: rows.map(\.variance), counts: rows.map(\.count), coverages: rows.map(\.coverage))
  }

  /// By hand, cells of 1000 m from 4 of 500 m: (1·10 + 0.5·40) / 1.5 = 20; (1·9 + 0.25·36) / 2.25 = 8;
  /// coverage (1 + 0.5) / 4.
  @Test func `coverages weigh the fine cells, and unseen parts lower the coverage`() {
    let made = field([(0, 0, 10, 9, 2, 1), (1, 0, 40, 36, 3, 0.5), (2, 0, 7, 1, 1, 1)]).coarser(
      from: Self.fine, to: Lattice(originX: 0, originY: 0, sizeMetres: 1000))
    #expect(made.cells.map(\.description) == ["1000-0-0", "1000-1-0"])
    #expect(made.values == [20, 7] && made.variances == [8, 1] && made.counts == [5, 1])
    #expect(made.coverages == [0.375, 0.25])
  }

  /// Moved by one fine cell to the west the same cells fall apart otherwise: column -1 to 0 holds the first alone.
  @Test func `a moved origin groups them otherwise`() {
    let made = field([(0, 0, 10, 9, 2, 1), (1, 0, 40, 36, 3, 0.5), (2, 0, 7, 1, 1, 1)]).coarser(
      from: Self.fine, to: Lattice(originX: -500, originY: 0, sizeMetres: 1000))
    #expect(made.cells.map(\.column) == [0, 1])
    #expect(made.values[0] == 10 && abs(made.values[1] - (0.5 * 40 + 7) / 1.5) < 1e-12)
  }

  @Test func `readings without a coverage weigh by their count, and what is not known stays so`() {
    let made = field([(0, 0, 10, .nan, 3, .nan), (0, 1, 50, 4, 1, .nan)]).coarser(
      from: Self.fine, to: Lattice(originX: 0, originY: 0, sizeMetres: 1000))
    #expect(made.values == [20] && made.counts == [4])
    #expect(made.variances[0].isNaN && made.coverages[0].isNaN)
  }

  @Test func `interpolated cells alone count alike and stay interpolated`() {
    let made = field([(0, 0, 10, 4, 0, 0), (1, 0, 30, 4, 0, 0)]).coarser(
      from: Self.fine, to: Lattice(originX: 0, originY: 0, sizeMetres: 1000))
    #expect(made.values == [20] && made.variances == [2] && made.coverages == [0])
    // Beside an observed one they have nothing to say.
    let mixed = field([(0, 0, 10, .nan, 0, 0), (1, 0, 30, 4, 5, 1)]).coarser(
      from: Self.fine, to: Lattice(originX: 0, originY: 0, sizeMetres: 1000))
    #expect(mixed.values == [30] && mixed.variances == [4])
  }

  @Test func `nothing gives nothing`() {
    #expect(field([]).coarser(from: Self.fine, to: Self.fine).count == 0)
  }
}
