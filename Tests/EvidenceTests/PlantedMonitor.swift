import Enterprises
import Evidence
import Quantities
import Randomness
import SpatialStatistics

/// One outlet with known reports, for tests.
struct PlantedMonitor {
  static let start = LocalDay(ordinal: 17_471)
  let dayCount: Int
  /// By channel, then hour.
  var values: [[Double]]
  var marks: [EmissionMark]
  var missing: Set<Int> = []
  var industryCode = "4430"
  let creditCode = CreditCode.make(areaCode: "130108", number: 1).text

  var days: ClosedRange<LocalDay> { Self.start...Self.start.advanced(by: dayCount - 1) }

  /// SO2, NOx, PM, O2 and flow that move like a plant's: log-normal with a memory, steps of 0.1.
  init(days: Int = 30, seed: UInt64 = 1, memory: Double = 0.85, jump: Double = 0.1, means: [Double] = [90, 120, 15]) {
    dayCount = days
    var stream = RandomStream(seed: seed, slot: 1, replicate: 0)
    func unit() -> Double { Double(stream.next() >> 11) / 9_007_199_254_740_992 }
    func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + unit() } }
    func rounded(_ value: Double, _ step: Double) -> Double { (value / step).rounded() * step }
    values = []
    for mean in means {
      var level = 0.0
      values.append(
        (0..<days * 24).map { _ in
          level = memory * level + jump * normal()
          return rounded(mean * Self.exponential(level), 0.1)
        })
    }
    var leak = 0.0
    values.append(
      (0..<days * 24).map { _ in
        leak = 0.9 * leak + 0.1 * normal()
        return rounded(10 + leak, 0.01)
      })
    values.append((0..<days * 24).map { _ in rounded(50_000 * (1 + 0.05 * normal()), 1) })
    marks = [EmissionMark](repeating: .normal, count: days * 24)
  }

  private static func exponential(_ x: Double) -> Double {
    // Twenty terms are exact for |x| < 2.
    (1...20).reversed().reduce(1.0) { 1 + x * $0 / Double($1) }
  }

  var hours: EmissionHours {
    let first = LocalHour(day: Self.start, hourOfDay: 0).ordinal
    return EmissionHours(
      (0..<dayCount * 24).filter { !missing.contains($0) }.map { hour in
        EmissionHours.Row(
          outlet: EmissionOutlet(creditCode: creditCode, outlet: "DA001"), hour: first + Int32(hour),
          values: values.map { $0[hour] }, mark: marks[hour], line: Int32(hour + 2))
      })
  }

  var enterprise: Enterprise {
    Enterprise(
      creditCode: creditCode, name: "Planted works", industryCode: industryCode, position: nil, declared: nil,
      address: nil, countyCode: nil, permit: nil, grade: nil, status: nil, line: 2)
  }

  /// Production load, kWh per hour, over the same days.
  func power(_ hourly: (Int) -> Double) -> FirmPower {
    let meter = Meter(
      id: "M", creditCode: creditCode, tariff: "industrial", position: nil, declared: nil, line: 2)
    let loads = (0..<dayCount).map { day in
      var loads = DayLoads(day: Self.start.advanced(by: day))
      loads.append(
        LoadDay(
          meter: 0, circuit: .production, day: loads.day,
          energyKilowattHours: (0..<96).map { Float(hourly(day * 24 + $0 / 4) / 4) }, isHourly: true, firstLine: 2))
      return loads
    }
    return FirmPower(loads: loads, meters: [meter], days: days)
  }

  func findings(power: FirmPower? = nil, rules: EmissionRules = EmissionRules(), seed: UInt64 = 1) -> EmissionFindings {
    EmissionScreen(rules: rules, enterprises: [enterprise], seed: seed)
      .findings(hours, power: power, days: days, threads: 1)
  }

  /// The tests that spoke.
  func tests(power: FirmPower? = nil) -> Set<EmissionTest> { Set(findings(power: power).flags.map(\.test)) }
}
