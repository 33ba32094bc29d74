internal import Enterprises
internal import Glibc

/// One synthetic plant: its load, its stack, and what its monitor says about it.
struct SyntheticPlant: Sendable {
  private let industry:
    (
      code: String, so2: Double, nox: Double, pm: Double, reference: Double, oxygen: (Double, Double)
    )
  private let hourCount: Int
  private var stream: SyntheticStream
  /// kWh per hour of the production circuit.
  private(set) var load: [Double]
  private(set) var isMissing: [Bool]
  private(set) var marks: [EmissionMark]
  private var isRunning: [Bool]
  /// As reported, by channel, then hour.
  private var values: [[Double]]
  private let steps: [Double]

  var industryCode: String { industry.code }
  private var limits: [Double] { [industry.so2, industry.nox, industry.pm] }

  /// - Parameter kind: Of the fraud to come; a plant that pins its values has values to pin.
  init(_ options: SyntheticEmissionMonitors.Options, number: Int, kind: String?) {
    var stream = SyntheticStream(options.seed, 71, number)
    let industry = SyntheticEmissionMonitors.industries[stream.below(SyntheticEmissionMonitors.industries.count)]
    self.industry = industry
    let hourCount = options.days * 24
    self.hourCount = hourCount
    steps = [
      [0.01, 0.1, 1][stream.below(3)], [0.01, 0.1, 1][stream.below(3)], [0.01, 0.1][stream.below(2)], 0.01, 1,
    ]
    let onLevel = 500 + 4500 * stream.unit()
    let isTwoShift = stream.unit() < 0.3
    var running = [Bool](repeating: true, count: hourCount)
    if isTwoShift { for hour in running.indices where hour % 24 < 6 || hour % 24 >= 22 { running[hour] = false } }
    if stream.unit() < 0.3, options.days > 8 {
      let start = 24 * stream.below(options.days - 4) + 8
      for hour in start..<min(hourCount, start + 24 + stream.below(48)) { running[hour] = false }
    }
    isRunning = running
    var swing = 0.0
    load = running.map { isOn in
      swing = 0.97 * swing + 0.02 * stream.normal()
      return isOn ? onLevel * max(0.4, min(1.15, 0.95 + swing + 0.02 * stream.normal())) : onLevel * 0.02
    }
    isMissing = [Bool](repeating: false, count: hourCount)
    marks = [EmissionMark](repeating: .normal, count: hourCount)
    values = []
    self.stream = stream
    values = stack(onLevel: onLevel, isHigh: kind == "pinned-under-limit")
    disturb()
    for channel in values.indices { quantise(channel) }
  }

  func report(_ hour: Int) -> [Double] { values.map { $0[hour] } }

  /// What an honest, faultless monitor would say.
  private mutating func stack(onLevel: Double, isHigh: Bool) -> [[Double]] {
    let middle = industry.oxygen.0 + (industry.oxygen.1 - industry.oxygen.0) * stream.unit()
    var leak = 0.0
    let oxygen = (0..<hourCount).map { hour in
      leak = 0.92 * leak + 0.12 * stream.normal()
      return isRunning[hour] ? middle + leak : 20.6 + 0.05 * stream.normal()
    }
    var channels: [[Double]] = []
    for limit in limits {
      let usual = log(limit * (isHigh ? 0.9 + 0.2 * stream.unit() : 0.15 + 0.75 * stream.unit()))
      let memory = 0.8 + 0.15 * stream.unit()
      let jump = 0.05 + 0.08 * stream.unit()
      // A third of the plants doses against its limit: what drives above is pulled back harder.
      let pull = stream.unit() < 0.33 ? 0.4 : 0.0
      var level = 0.0
      channels.append(
        (0..<hourCount).map { hour in
          let above = max(0, usual + level - log(0.9 * limit))
          level = memory * level - pull * above + jump * stream.normal()
          guard isRunning[hour] else { return 0.3 * abs(stream.normal()) }
          let isStarting = hour < 3 ? false : !isRunning[hour - 1] || !isRunning[hour - 2]
          let dilution = (21 - oxygen[hour]) / (21 - industry.reference)
          return exp(usual + level) * (isStarting ? 1.6 : 1) * dilution * (1 + 0.012 * stream.normal())
        })
    }
    let nominal = onLevel * (40 + 40 * stream.unit())
    var drift = 0.0
    let flow = (0..<hourCount).map { hour in
      drift = 0.995 * drift + 0.005 * stream.normal()
      let share = load[hour] / onLevel
      return isRunning[hour]
        ? nominal * (0.35 + 0.65 * share) * (1 + drift + 0.03 * stream.normal()) : nominal * 0.02
    }
    return channels + [oxygen.map { $0 + 0.04 * stream.normal() }, flow]
  }

  /// Calibrations, gaps and honest faults.
  private mutating func disturb() {
    let isMarked = stream.unit() < 0.6
    let weekday = stream.below(7)
    for day in stride(from: weekday, to: hourCount / 24, by: 7) {
      let hour = day * 24 + 9
      if isMarked { marks[hour] = .calibration }
      for channel in 0..<3 { values[channel][hour] = 0.2 * abs(stream.normal()) }
      values[3][hour] = 20.8 + 0.05 * stream.normal()
    }
    for _ in 0..<hourCount / 200 where stream.unit() < 0.6 {
      let start = stream.below(hourCount)
      for hour in start..<min(hourCount, start + 1 + stream.below(8)) { isMissing[hour] = true }
    }
    if stream.unit() < 0.1 {
      // A pump fails for some hours, nobody marks it.
      let start = stream.below(hourCount - 8)
      for hour in start..<start + 3 + stream.below(4) {
        for channel in 0..<3 { values[channel][hour] = 0.2 * abs(stream.normal()) }
      }
    }
    if stream.unit() < 0.1 {
      let start = stream.below(hourCount - 5)
      for hour in start + 1..<start + 4 {
        for channel in values.indices { values[channel][hour] = values[channel][start] }
      }
    }
  }

  private mutating func quantise(_ channel: Int) {
    let step = steps[channel]
    for hour in 0..<hourCount { values[channel][hour] = (values[channel][hour] / step).rounded() * step }
  }

  // MARK: Frauds

  /// Plants a fraud and says what was done.
  mutating func plant(_ kind: String, earlier: SyntheticPlant?) -> String {
    let days = hourCount / 24
    switch kind {
    case "flat-line": return plantFlatLine()
    case "pinned-under-limit": return plantPin()
    case "zero-at-full-power":
      let nights = 6 + stream.below(6)
      for _ in 0..<nights {
        let start = 24 * stream.below(days) + (isRunning[2] ? 0 : 12)
        for hour in start..<min(hourCount, start + 5 + stream.below(3)) {
          for channel in 0..<3 { values[channel][hour] = 0.3 * abs(stream.normal()) }
        }
      }
      for channel in 0..<3 { quantise(channel) }
      return "\(nights) nights with the probe in the air"
    case "oxygen-coupled": return plantCoupled()
    case "oxygen-range":
      let start = 24 * stream.below(max(1, days / 2))
      let plausible = industry.reference - (industry.reference > 12 ? 5.5 : 4)
      for hour in start..<hourCount where isRunning[hour] {
        values[3][hour] = max(0.5, plausible - 1.2 + 0.3 * stream.normal())
      }
      quantise(3)
      return "oxygen too low from day \(start / 24) on"
    case "copied-days": return plantCopies()
    case "copied-outlet":
      guard let earlier else { return "nothing to copy" }
      let count = 3 + stream.below(4)
      for _ in 0..<count {
        let day = stream.below(days)
        for hour in day * 24..<day * 24 + 24 {
          for channel in values.indices { values[channel][hour] = earlier.values[channel][hour] }
        }
      }
      return "\(count) days of the outlet before"
    case "flow-against-load":
      let day = 8 + stream.below(max(1, days - 16))
      let factor = 0.4 + 0.25 * stream.unit()
      for hour in day * 24..<hourCount { values[4][hour] = (values[4][hour] * factor).rounded() }
      return "flow times \((factor * 100).rounded() / 100) from day \(day) on"
    default: return ""
    }
  }

  private mutating func plantFlatLine() -> String {
    let channel = stream.below(3)
    var told: [Int] = []
    for _ in 0..<2 + stream.below(2) {
      let length = 10 + stream.below(30)
      var start = stream.below(hourCount - length)
      while start > 0, !isRunning[start] { start -= 1 }
      for hour in start + 1..<start + length where isRunning[hour] { values[channel][hour] = values[channel][start] }
      told.append(length)
    }
    return "\(EmissionChannel.allCases[channel].rawValue) held for \(told.map { "\($0)" }.joined(separator: ", ")) h"
  }

  private mutating func plantPin() -> String {
    for channel in 0..<3 {
      for hour in 0..<hourCount where isRunning[hour] {
        let factor = (21 - industry.reference) / (21 - values[3][hour])
        guard values[3][hour] < 20, values[channel][hour] * factor > 0.985 * limits[channel] else { continue }
        values[channel][hour] = limits[channel] * (0.965 + 0.032 * stream.unit()) / factor
      }
      quantise(channel)
    }
    return "everything above the limit brought to 96.5-99.7 % of it"
  }

  private mutating func plantCoupled() -> String {
    let channel = stream.below(2)
    let length = 24 * (9 + stream.below(8))
    let start = stream.below(max(1, hourCount - length))
    let share = 0.6 + 0.3 * stream.unit()
    for hour in start..<min(hourCount, start + length) where isRunning[hour] && values[3][hour] < 20 {
      let wanted = share * limits[channel] * (1 + 0.003 * stream.normal())
      values[3][hour] = max(0.5, min(19.4, 21 - values[channel][hour] * (21 - industry.reference) / wanted))
    }
    quantise(3)
    return "oxygen made to fit \(EmissionChannel.allCases[channel].rawValue) for \(length / 24) days"
  }

  private mutating func plantCopies() -> String {
    let days = hourCount / 24
    let count = 3 + stream.below(4)
    let isScaled = stream.unit() < 0.5
    for _ in 0..<count {
      let from = stream.below(days)
      let to = (from + 1 + stream.below(days - 1)) % days
      let factor = isScaled ? 0.7 + 0.25 * stream.unit() : 1
      for hour in 0..<24 {
        for channel in 0..<3 {
          let jitter = isScaled ? 1 + 0.003 * stream.normal() : 1
          values[channel][to * 24 + hour] = values[channel][from * 24 + hour] * factor * jitter
        }
        values[3][to * 24 + hour] = values[3][from * 24 + hour]
      }
    }
    for channel in 0..<3 { quantise(channel) }
    return "\(count) days copied\(isScaled ? ", scaled with 0.3 % of noise" : "")"
  }
}
