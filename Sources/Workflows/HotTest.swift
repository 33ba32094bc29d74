internal import Evidence
internal import Grids
internal import Hotspots
internal import SpatialStatistics
internal import Surfaces
internal import Threads

/// Whether the cells of a field are hot, as `detect gi-star` would say, for one field or many that could be true.
struct HotTest: Sendable {
  private let options: HotspotOptions
  private let rule: BackgroundRule?
  private let upwind: UpwindSectors?
  let minimumBin: Int
  /// Cells that are tested, those with a background where there is one, and their neighbours: the same in every simulated
  /// field, because values do not decide which cells have them.
  private let cells: [CellID]
  private let neighbours: LatticeNeighbours

  /// - Parameters:
  ///   - options: Permutations are not used.
  ///   - rule: What values must stand above; `nil` tests them as they are.
  ///   - estimate: A field of the cells that all fields to be tested have.
  init(
    options: HotspotOptions, rule: BackgroundRule?, upwind: UpwindSectors?, minimumBin: Int, estimate: CellField,
    threads: Int
  ) {
    var options = options
    options.permutations = 0
    options.binBy = .analytic
    self.options = options
    self.rule = rule
    self.upwind = upwind
    self.minimumBin = minimumBin
    cells = rule?.residual(of: estimate, upwind: upwind, threads: threads).field.cells ?? estimate.cells
    neighbours = LatticeNeighbours(cells: cells, neighbourhood: options.neighbourhood, threads: threads)
  }

  private func detected(_ field: CellField) -> DetectedCells {
    let tested = rule?.residual(of: field, upwind: upwind).field ?? field
    guard tested.cells == cells else {
      return HotspotDetection.detect(.giStar, field: tested, period: nil, options: options)
    }
    return HotspotDetection.detect(
      .giStar, field: tested, neighbours: neighbours, period: nil, options: options)
  }

  /// Bin of each cell; 0 for those without background. Beside them, how many cells have a score.
  func bins(_ field: CellField) -> (bins: [Int], tested: Int) {
    let rows = detected(field)
    var bins = [Int](repeating: 0, count: field.count)
    forEachSlot(of: rows, in: field) { bins[$0] = Int($1) }
    return (bins, rows.scores.z.count { $0 != nil })
  }

  /// Slots of the field whose bin is high enough, ascending.
  func hotSlots(_ field: CellField) -> [Int32] {
    var hot: [Int32] = []
    forEachSlot(of: detected(field), in: field) { slot, bin in
      if Int(bin) >= minimumBin { hot.append(Int32(slot)) }
    }
    return hot
  }

  /// In how many simulated fields each cell of the estimate is hot.
  ///
  /// - Parameters:
  ///   - pair: Values of two simulated fields by their number, the same for the same number.
  ///   - progress: Told how many fields are done.
  func counts(
    of estimate: CellField, simulations: Int, threads: Int,
    pair: @Sendable (Int) -> (first: [Double], second: [Double]), progress: (Int) -> Void = { _ in }
  ) -> [Int32] {
    let pairs = (simulations + 1) / 2
    var counts = [Int32](repeating: 0, count: estimate.count)
    // A few pairs at a time: memory does not grow with their number.
    let batch = 8
    for first in stride(from: 0, to: pairs, by: batch) {
      let found = mapConcurrently(min(batch, pairs - first), threads: threads) { k in
        let (a, b) = pair(first + k)
        return (hotSlots(estimate.replacing(values: a)), hotSlots(estimate.replacing(values: b)))
      }
      for (k, pair) in found.enumerated() {
        for slot in pair.0 { counts[Int(slot)] += 1 }
        if 2 * (first + k) + 1 < simulations { for slot in pair.1 { counts[Int(slot)] += 1 } }
      }
      progress(min(simulations, 2 * (first + batch)))
    }
    return counts
  }

  private func forEachSlot(of rows: DetectedCells, in field: CellField, _ body: (Int, Int8) -> Void) {
    guard rule != nil else {
      for (slot, bin) in rows.bins.enumerated() { body(slot, bin) }
      return
    }
    var slot = 0
    for (cell, bin) in zip(rows.field.cells, rows.bins) {
      while field.cells[slot] != cell { slot += 1 }
      body(slot, bin)
    }
  }
}
