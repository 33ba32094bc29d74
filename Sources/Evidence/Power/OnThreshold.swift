/// Where a circuit's off mode ends and its on mode begins, from its own values.
///
/// Otsu's threshold (Otsu 1979, IEEE Transactions on Systems, Man, and Cybernetics 9, 62-66,
/// [doi:10.1109/TSMC.1979.4310076](https://doi.org/10.1109/TSMC.1979.4310076)) on a histogram, repeated inside the lower
/// class until the classes are far enough apart to be called off and on: a machine with light and full load is
/// split first between those two, and a rare off state shows only after that. Between two separate modes every
/// threshold in the gap is equally good; the middle of the gap, the valley, is taken.
public struct OnThreshold: Hashable, Sendable {
  /// kWh per quarter hour; on is at or above.
  public let kilowattHours: Double
  /// Mean of the values at or above the threshold, kWh per quarter hour.
  public let onLevel: Double
  /// Mean of the values below, kWh per quarter hour.
  public let offLevel: Double

  public init(kilowattHours: Double, onLevel: Double, offLevel: Double) {
    self.kilowattHours = kilowattHours
    self.onLevel = onLevel
    self.offLevel = offLevel
  }

  private static let binCount = 256

  /// - Parameters:
  ///   - values: kWh per quarter hour; NaN and negative values are left out.
  ///   - offShare: Mean of the off mode over mean of the on mode, at most.
  /// - Returns: `nil` when fewer than 96 values are known or no two modes lie far enough apart.
  /// - Complexity: O(n).
  public static func find(in values: some Collection<Float>, offShare: Double) -> OnThreshold? {
    values.withContiguousStorageIfAvailable { find(inContiguous: $0, offShare: offShare) }
      ?? Array(values).withUnsafeBufferPointer { find(inContiguous: $0, offShare: offShare) }
  }

  static func find(inContiguous values: UnsafeBufferPointer<Float>, offShare: Double) -> OnThreshold? {
    var largest: Float = 0
    var known = 0
    for value in values where value >= 0 {  // false for NaN
      known += 1
      if value > largest { largest = value }
    }
    guard known >= 96, largest > 0, largest.isFinite else { return nil }
    var counts = [Int32](repeating: 0, count: binCount)
    // A lone spike would squeeze all else into the first bins: shrink the range to where the values are.
    for _ in 0..<8 {
      fill(&counts, from: values, upTo: largest)
      var above = 0
      var bin = binCount - 1
      while bin > 0, above + Int(counts[bin]) <= known / 200 {
        above += Int(counts[bin])
        bin -= 1
      }
      if bin >= binCount / 4 { break }
      largest = largest * Float(bin + 1) / Float(binCount)
    }
    return split(counts, width: Double(largest) / Double(binCount), offShare: offShare)
  }

  private static func fill(_ counts: inout [Int32], from values: UnsafeBufferPointer<Float>, upTo largest: Float) {
    let scale = Float(binCount) / largest
    counts.withUnsafeMutableBufferPointer { counts in
      counts.update(repeating: 0)
      for value in values where value >= 0 {
        counts[min(binCount - 1, Int(min(value * scale, Float(binCount))))] += 1
      }
    }
  }

  private static func split(_ counts: [Int32], width: Double, offShare: Double) -> OnThreshold? {
    var upper = binCount
    while upper > 1 {
      guard let cut = otsuCut(counts, upTo: upper) else { return nil }
      let off = mean(counts, 0..<cut)
      let next = mean(counts, cut..<upper)
      if off <= offShare * next {
        let on = mean(counts, cut..<binCount)
        return OnThreshold(kilowattHours: Double(cut) * width, onLevel: on * width, offLevel: off * width)
      }
      upper = cut
    }
    return nil
  }

  /// The bin where the upper class begins; the middle one where several are equally good.
  private static func otsuCut(_ counts: [Int32], upTo upper: Int) -> Int? {
    var total = 0.0
    var moment = 0.0
    for bin in 0..<upper {
      total += Double(counts[bin])
      moment += Double(counts[bin]) * (Double(bin) + 0.5)
    }
    guard total > 0 else { return nil }
    var lowCount = 0.0
    var lowMoment = 0.0
    var best = 0.0
    var first = 0
    var last = 0
    for cut in 1..<max(upper, 1) {
      let added = counts[cut - 1]
      lowCount += Double(added)
      lowMoment += Double(added) * (Double(cut) - 0.5)
      guard lowCount > 0, lowCount < total else { continue }
      let difference = lowMoment / lowCount - (moment - lowMoment) / (total - lowCount)
      let between = lowCount * (total - lowCount) * difference * difference
      if between > best {
        best = between
        first = cut
        last = cut
      } else if added == 0, last == cut - 1 {
        last = cut  // an empty bin changes nothing: still the same gap
      }
    }
    return best > 0 ? (first + last + 1) / 2 : nil
  }

  /// In bins, from the lower edge of bin 0; 0 for an empty range.
  private static func mean(_ counts: [Int32], _ bins: Range<Int>) -> Double {
    var total = 0.0
    var moment = 0.0
    for bin in bins {
      total += Double(counts[bin])
      moment += Double(counts[bin]) * (Double(bin) + 0.5)
    }
    return total > 0 ? moment / total : 0
  }
}
