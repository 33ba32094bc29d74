import Grids
import Quantities
import SpatialStatistics
import Testing

@testable import Hotspots

@Suite struct HotspotDetectionTests {
  private let planted = square(side: 20) { column, row in
    Double((column * 7 + row * 13) % 11) + (abs(column - 10) <= 1 && abs(row - 10) <= 1 ? 40 : 0)
  }

  @Test func `a planted cluster is hot and nothing else is`() {
    let rows = HotspotDetection.giStar(field: planted, period: november, options: HotspotOptions())
    let hot = rows.filter { $0.classification == "hot" }
    #expect(hot.contains { $0.cell == cell(10, 10) && $0.bin == 3 })
    #expect(hot.allSatisfy { abs($0.cell.column - 10) <= 2 && abs($0.cell.row - 10) <= 2 })
    #expect(rows.map(\.cell) == planted.cells)
    #expect(rows.allSatisfy { $0.reason.isEmpty == ($0.z != nil) && $0.permutationP == nil })
    #expect(rows.allSatisfy { $0.period == november })
  }

  @Test func `neighbours made once serve every field on the same cells`() {
    let neighbours = LatticeNeighbours(cells: planted.cells, neighbourhood: .queen)
    let made = HotspotDetection.detect(
      .giStar, field: planted, neighbours: neighbours, period: november, options: HotspotOptions())
    #expect(Array(made) == HotspotDetection.giStar(field: planted, period: november, options: HotspotOptions()))
  }

  @Test func `permutations add a p and may decide the bin`() {
    var options = HotspotOptions(permutations: 999, seed: 4)
    let rows = HotspotDetection.giStar(field: planted, period: nil, options: options)
    #expect(rows.allSatisfy { ($0.permutationP ?? 0) > 0 })
    options.binBy = .permutation
    let permuted = HotspotDetection.giStar(field: planted, period: nil, options: options)
    #expect(permuted.map(\.permutationP) == rows.map(\.permutationP))
    #expect(permuted.map(\.bin) != rows.map(\.bin))
    options.independentPermutations = true
    let plain = HotspotDetection.giStar(field: planted, period: nil, options: options)
    for (a, b) in zip(plain, permuted) {
      #expect(abs((a.permutationP ?? 0) - (b.permutationP ?? 0)) < 0.2)
    }
  }

  @Test func `on a smooth field the empirical null calls fewer cells significant`() {
    let smooth = square(side: 40) { column, row in
      let x = Double(column) / 40
      let y = Double(row) / 40
      return 100 * (x * x + y) + Double((column * 31 + row * 17) % 7) / 7
    }
    func share(_ null: HotspotOptions.Null) -> Double {
      let rows = HotspotDetection.giStar(field: smooth, period: nil, options: HotspotOptions(null: null))
      return Double(rows.count { abs($0.bin) > 0 }) / 1600
    }
    #expect(share(.theoretical) > 0.4)
    #expect(share(.empirical) < 0.1)
  }

  @Test func `a cell below the mean is not hot, though it stands out from the bulk`() {
    // A hot block pulls the mean far above everything else; at the edges fewer neighbours make z less negative.
    let field = square(side: 20) { column, row in
      60 + Double((column * 7 + row * 13) % 11) / 10 + (abs(column - 10) <= 1 && abs(row - 10) <= 1 ? 100 : 0)
    }
    var options = HotspotOptions()
    options.null = .empirical
    let rows = HotspotDetection.giStar(field: field, period: nil, options: options)
    let hot = rows.filter { $0.bin > 0 }
    #expect(hot.contains { $0.cell == cell(10, 10) })
    #expect(hot.allSatisfy { ($0.z ?? 0) > 0 })
    #expect(hot.allSatisfy { abs($0.cell.column - 10) <= 2 && abs($0.cell.row - 10) <= 2 })
    // Without the rule the corner would be one of them: its z is above the bulk's.
    let bulk = rows.compactMap(\.z).sorted()[200]
    #expect((rows.first { $0.cell == cell(0, 0) }?.z ?? -1) > bulk)
  }

  @Test func `a constant field says why there is no z`() {
    let rows = HotspotDetection.giStar(
      field: square(side: 4) { _, _ in 0.1 }, period: nil, options: HotspotOptions(permutations: 9))
    #expect(rows.allSatisfy { $0.z == nil && $0.p == nil && $0.permutationP == nil && $0.bin == 0 })
    #expect(rows.allSatisfy { $0.reason == "all values are equal" && $0.classification.isEmpty })
  }

  @Test func `an empty field has no rows`() {
    #expect(HotspotDetection.giStar(field: field([]), period: nil, options: HotspotOptions()).isEmpty)
    #expect(HotspotDetection.moran(field: field([]), period: nil, options: HotspotOptions(permutations: 9)).isEmpty)
  }

  @Test func `an empirical null without spread says so`() {
    // Every cell but the corners of a ring has the same z: more than half of all z are equal.
    let pairs = (0..<10).flatMap { pair -> [(CellID, Double)] in
      [(cell(Int32(pair) * 5, 0), 1), (cell(Int32(pair) * 5 + 1, 0), pair == 0 ? 9 : 3)]
    }
    let rows = HotspotDetection.giStar(field: field(pairs), period: nil, options: HotspotOptions(null: .empirical))
    #expect(rows.allSatisfy { $0.z != nil && $0.p == nil && $0.bin == 0 })
    #expect(rows.allSatisfy { $0.reason == "the z of this field have no spread for an empirical null" })
  }

  @Test func `local Moran tells the cluster from the outlier`() {
    let both = square(side: 30) { column, row in
      let noise = Double((column * 7 + row * 13) % 11)
      if abs(column - 8) <= 2, abs(row - 8) <= 2 { return noise + 60 }
      return column == 22 && row == 22 ? noise + 90 : noise
    }
    let rows = HotspotDetection.moran(field: both, period: november, options: HotspotOptions(permutations: 999))
    let centre = rows.first { $0.row.cell == cell(8, 8) }
    #expect(centre?.row.classification == "HH")
    #expect((centre?.row.bin ?? 0) == 3)
    #expect((centre?.i ?? 0) > 0)
    let outlier = rows.first { $0.row.cell == cell(22, 22) }
    #expect((outlier?.i ?? 0) < 0)
    #expect((outlier?.row.z ?? 0) < 0)
  }
}
