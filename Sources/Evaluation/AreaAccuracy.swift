/// How well an area that was called hot holds what was found.
///
/// Prediction accuracy index: Chainey, Tompson & Uhlig (2008), doi:10.1057/palgrave.sj.8350066. Prediction efficiency
/// index: Hunt (2016), the index over the best that any area of the same size could have had.
public struct AreaAccuracy: Hashable, Sendable, Codable {
  /// Finds in the hot area over all finds, divided by its share of the area.
  public let accuracyIndex: Double
  /// Finds in the hot area over the finds of the best area of the same size, 0...1; `nil` when that is not known.
  public let efficiencyIndex: Double?
  /// Cells called hot: those with the highest scores.
  public let hotCells: Int
  /// All cells that have a target.
  public let cells: Int

  enum CodingKeys: String, CodingKey {
    case cells
    case accuracyIndex = "pai"
    case efficiencyIndex = "pei"
    case hotCells = "hot_cells"
  }

  /// (hits / total) / (area hot / area all); `nil` without finds or area.
  public static func accuracyIndex(hits: Double, total: Double, areaHot: Double, areaAll: Double) -> Double? {
    guard total > 0, areaHot > 0, areaAll > 0 else { return nil }
    return (hits / total) / (areaHot / areaAll)
  }

  /// Calls the `hotCells` cells of the highest scores hot, ties by place in the array.
  ///
  /// - Parameters:
  ///   - finds: Finds per cell, or their estimates Σ y/π; not negative.
  ///   - scores: What cells were ranked by, in parallel.
  /// - Returns: `nil` without finds or cells.
  public init?(finds: [Double], scores: [Double], hotCells: Int) {
    precondition(finds.count == scores.count, "one score per cell")
    let total = finds.reduce(0, +)
    let count = min(hotCells, finds.count)
    let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
    let hits = order.prefix(count).reduce(0) { $0 + finds[$1] }
    let best = finds.sorted(by: >).prefix(count).reduce(0, +)
    guard
      let index = AreaAccuracy.accuracyIndex(
        hits: hits, total: total, areaHot: Double(count), areaAll: Double(finds.count))
    else { return nil }
    accuracyIndex = index
    efficiencyIndex = best > 0 ? hits / best : nil
    self.hotCells = count
    cells = finds.count
  }
}
