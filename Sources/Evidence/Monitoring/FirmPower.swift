public import Enterprises
public import Quantities

/// Production load of firms by hour, from the production circuits of their meters.
public struct FirmPower: Sendable {
  /// Whole Beijing days; 24 hours of each are kept.
  public let days: ClosedRange<LocalDay>
  private let slots: [String: Int]
  /// By firm, then hour of `days`: kWh; NaN where a meter of the firm gave nothing.
  private let hourly: [[Float]]
  /// kWh per hour when production is on; NaN where the firm shows no load.
  private let onLevels: [Double]

  /// - Parameters:
  ///   - loads: In any order; days outside `days` are left out.
  ///   - meters: What the meter positions of `loads` stand for; meters without a firm are left out.
  ///   - offModeShare: See ``OnThreshold/find(in:offShare:)``.
  public init(loads: [DayLoads], meters: [Meter], days: ClosedRange<LocalDay>, offModeShare: Double = 0.3) {
    self.days = days
    let dayCount = days.lowerBound.days(until: days.upperBound) + 1
    var curvesOfFirm: [String: [Int32: [Float]]] = [:]
    for block in loads where days.contains(block.day) {
      let start = days.lowerBound.days(until: block.day) * 96
      for curve in 0..<block.count where block.circuits[curve] == Circuit.production.ordinal {
        let meter = block.meters[curve]
        guard let code = meters[Int(meter)].creditCode else { continue }
        var own =
          curvesOfFirm[code, default: [:]][meter] ?? [Float](repeating: .nan, count: dayCount * 96)
        for step in 0..<96 { own[start + step] = block.energyKilowattHours[curve * 96 + step] }
        curvesOfFirm[code, default: [:]][meter] = own
      }
    }
    let codes = curvesOfFirm.keys.sorted()
    slots = Dictionary(uniqueKeysWithValues: zip(codes, codes.indices))
    var hourly: [[Float]] = []
    var levels: [Double] = []
    for code in codes {
      let curves = (curvesOfFirm[code] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
      let sums = (0..<dayCount * 96).map { step in curves.reduce(Float(0)) { $0 + $1[step] } }
      hourly.append((0..<dayCount * 24).map { hour in (0..<4).reduce(Float(0)) { $0 + sums[hour * 4 + $1] } })
      // A plant that never stops shows one mode: then its median is its level.
      let level =
        OnThreshold.find(in: sums, offShare: offModeShare)?.onLevel ?? medianOf(sums.map(Double.init))
      levels.append(level > 0 ? level * 4 : .nan)
    }
    self.hourly = hourly
    onLevels = levels
  }

  /// - Returns: kWh by hour of `days`, NaN where unknown, and kWh per hour when on; `nil` without a production circuit.
  func load(of creditCode: String) -> (hourly: [Float], onLevel: Double)? {
    guard let slot = slots[creditCode], !onLevels[slot].isNaN else { return nil }
    return (hourly[slot], onLevels[slot])
  }
}
