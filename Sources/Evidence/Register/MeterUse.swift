public import Enterprises

/// How much and how evenly a meter uses electricity over some days.
public struct MeterUse: Hashable, Sendable {
  /// Days with at least 80 % of their quarter hours known.
  public let days: Int
  /// kWh per day over those days; `nil` without one.
  public let meanDailyKilowattHours: Double?
  /// Mean over highest quarter hour of those days, 0...1; near 1 is a machine that never stops; `nil` without load.
  public let loadFactor: Double?

  public init(days: Int, meanDailyKilowattHours: Double?, loadFactor: Double?) {
    self.days = days
    self.meanDailyKilowattHours = meanDailyKilowattHours
    self.loadFactor = loadFactor
  }

  /// The use of every meter, by its position; the total circuit counts, or production and treatment together without it.
  ///
  /// - Parameters:
  ///   - loads: Days in any order; `meters` of them are positions below `meterCount`.
  public static func all(_ loads: [DayLoads], meterCount: Int) -> [MeterUse] {
    var days = [Int](repeating: 0, count: meterCount)
    var sums = [Double](repeating: 0, count: meterCount)
    var peaks = [Double](repeating: 0, count: meterCount)
    for block in loads {
      var start = 0
      while start < block.count {
        let meter = block.meters[start]
        var end = start
        while end < block.count, block.meters[end] == meter { end += 1 }
        add(block, start..<end, Int(meter), &days, &sums, &peaks)
        start = end
      }
    }
    return (0..<meterCount).map { k in
      guard days[k] > 0 else { return MeterUse(days: 0, meanDailyKilowattHours: nil, loadFactor: nil) }
      let mean = sums[k] / Double(days[k])
      return MeterUse(
        days: days[k], meanDailyKilowattHours: mean, loadFactor: peaks[k] > 0 ? mean / 96 / peaks[k] : nil)
    }
  }

  private static func add(
    _ block: DayLoads, _ curves: Range<Int>, _ meter: Int, _ days: inout [Int], _ sums: inout [Double],
    _ peaks: inout [Double]
  ) {
    let total = curves.filter { block.circuits[$0] == Circuit.total.ordinal }
    let chosen = total.isEmpty ? Array(curves) : total
    var known = 0
    var sum = 0.0
    var peak = 0.0
    for step in 0..<96 {
      var value = 0.0
      var isKnown = true
      for curve in chosen {
        let energy = block.energyKilowattHours[curve * 96 + step]
        if energy >= 0 { value += Double(energy) } else { isKnown = false }
      }
      guard isKnown else { continue }
      known += 1
      sum += value
      peak = max(peak, value)
    }
    guard known >= 77 else { return }  // 80 % of 96
    days[meter] += 1
    sums[meter] += sum * 96 / Double(known)
    peaks[meter] = max(peaks[meter], peak)
  }
}
