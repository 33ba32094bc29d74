/// What z looks like where nothing happens, taken from the bulk of the cells instead of from theory.
///
/// On a smooth field Gi* calls about half of all cells significant, because neighbours are alike everywhere; only cells
/// that stand out from the field's own bulk are of interest. Efron (2004), doi:10.1198/016214504000000089, with the
/// median and the median absolute deviation as robust centre and width.
public struct EmpiricalNull: Sendable, Hashable {
  /// Median of z.
  public let centre: Double
  /// 1.4826 times the median absolute deviation of z, the standard deviation if the bulk is normal.
  public let width: Double

  /// - Returns: `nil` when fewer than 3 cells have a z or more than half of all z are equal.
  public init?(z: [Double?]) {
    let known = z.compactMap(\.self)
    guard known.count >= 3, let centre = median(known), let spread = median(known.map { abs($0 - centre) }), spread > 0
    else { return nil }
    self.centre = centre
    width = 1.4826 * spread
  }

  /// z' = (z - centre) / width.
  public func standardised(_ z: Double) -> Double { (z - centre) / width }
}

/// The middle value, or the mean of the two middle ones. - Returns: `nil` for no values.
public func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2
}
