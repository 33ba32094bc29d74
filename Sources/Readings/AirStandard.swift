public import Quantities

/// One dated version of the ambient air-quality rules: limits (GB 3095), index nodes (HJ 633) and validity.
///
/// Texts: GB 3095-2012 with its 2018 amendment, GB 3095-2026 (transitional limits from 2026-03-01, final ones from
/// 2031-01-01), HJ 633-2012 and HJ 633-2026. Every exceedance and index names the version it was made with.
public struct AirStandard: Hashable, Sendable {
  /// Such as `GB 3095-2012 / HJ 633-2012`.
  public let name: String
  /// First day in force; `nil` for the oldest text, which stands for all earlier days.
  public let firstDay: LocalDay?
  /// Last day in force; `nil` for the newest text, which stays until another is added.
  public let lastDay: LocalDay?
  /// Class 2 limits of the 24-hour mean (O3: daily maximum 8-hour mean), in the pollutant's unit.
  public let dailyLimit: [Pollutant: Double]
  /// Class 2 limits of the annual mean; O3 and CO have none.
  public let annualLimit: [Pollutant: Double]
  /// Class 2 limits of the 1-hour mean; particles have none.
  public let hourlyLimit: [Pollutant: Double]
  /// The same three for class 1 areas: national parks and reserves.
  public let classOne: Limits
  /// When an average counts.
  public let validity: ValidityRules
  /// Concentrations of the index nodes 0, 50, 100, 150, 200, 300, 400, 500 for daily values.
  public let nodes: [Pollutant: [Double]]
  /// Particles at actual conditions (from 2018-09-01) or at 273 K.
  public let particlesAtActualConditions: Bool
  /// Lowest index: 0 until 2026, then 1.
  public let lowestIndex: Int
  /// Whether a value beyond a shorter node list is capped (2026) or gives no index (2012).
  public let capsBeyondNodes: Bool

  /// Limits of one class of areas, in each pollutant's unit.
  public struct Limits: Hashable, Sendable {
    /// Of the 24-hour mean; O3: of the day's largest 8-hour mean.
    public let daily: [Pollutant: Double]
    /// Of the annual mean; O3 and CO have none.
    public let annual: [Pollutant: Double]
    /// Of the 1-hour mean; particles have none.
    public let hourly: [Pollutant: Double]
  }

  static let indexNodes: [Double] = [0, 50, 100, 150, 200, 300, 400, 500]

  /// The version in force on a day.
  public static func inForce(on day: LocalDay) -> AirStandard {
    all.last { standard in standard.firstDay.map { $0 <= day } ?? true } ?? all[0]
  }

  /// All versions, oldest first.
  public static let all: [AirStandard] = [
    make(
      "GB 3095-2012 / HJ 633-2012", nil, "2018-08-31", fine: (35, 75), coarse: (70, 150), so2: (60, 150), no2: (40, 80),
      fineNode: 75, coarseNode: 150, actual: false, is2026: false),
    make(
      "GB 3095-2012 amended 2018 / HJ 633-2012", "2018-09-01", "2026-02-28", fine: (35, 75), coarse: (70, 150),
      so2: (60, 150), no2: (40, 80), fineNode: 75, coarseNode: 150, actual: true, is2026: false),
    make(
      "GB 3095-2026 transitional / HJ 633-2026", "2026-03-01", "2030-12-31", fine: (30, 60), coarse: (60, 120),
      so2: (60, 150), no2: (40, 80), fineNode: 60, coarseNode: 120, actual: true, is2026: true),
    make(
      "GB 3095-2026 / HJ 633-2026", "2031-01-01", nil, fine: (25, 50), coarse: (50, 100), so2: (20, 50), no2: (30, 50),
      fineNode: 60, coarseNode: 120, actual: true, is2026: true),
  ]

  private static func make(
    _ name: String, _ first: String?, _ last: String?, fine: (Double, Double), coarse: (Double, Double),
    so2: (Double, Double), no2: (Double, Double), fineNode: Double, coarseNode: Double, actual: Bool, is2026: Bool
  ) -> AirStandard {
    AirStandard(
      name: name, firstDay: first.flatMap { LocalDay($0) }, lastDay: last.flatMap { LocalDay($0) },
      dailyLimit: [.pm25: fine.1, .pm10: coarse.1, .so2: so2.1, .no2: no2.1, .co: 4, .o3: 160],
      annualLimit: [.pm25: fine.0, .pm10: coarse.0, .so2: so2.0, .no2: no2.0],
      hourlyLimit: [.so2: so2.1 == 50 ? 150 : 500, .no2: 200, .co: 10, .o3: 200],
      classOne: classOne(isFinal: so2.1 == 50), validity: is2026 ? .text2026 : .text2012,
      nodes: [
        .pm25: [0, 35, fineNode, 115, 150, 250, 350, 500], .pm10: [0, 50, coarseNode, 250, 350, 420, 500, 600],
        .so2: [0, 50, 150, 475, 800, 1600, 2100, 2620], .no2: [0, 40, 80, 180, 280, 565, 750, 940],
        .co: [0, 2, 4, 14, 24, 36, 48, 60], .o3: [0, 100, 160, 215, 265, 800],
      ],
      particlesAtActualConditions: actual, lowestIndex: is2026 ? 1 : 0, capsBeyondNodes: is2026)
  }

  /// Class 1: equal in the texts of 2012 and 2026 until 2030, lower for particles and NO2 from 2031.
  private static func classOne(isFinal: Bool) -> Limits {
    Limits(
      daily: [
        .pm25: isFinal ? 25 : 35, .pm10: 50, .so2: 50, .no2: isFinal ? 50 : 80, .co: 4, .o3: 100,
      ],
      annual: [.pm25: isFinal ? 10 : 15, .pm10: isFinal ? 20 : 40, .so2: 20, .no2: isFinal ? 30 : 40],
      hourly: [.so2: 150, .no2: 200, .co: 10, .o3: 160])
  }

  // MARK: Index

  /// Individual index of a daily value: rounded to even (GB/T 8170; CO to 0.1), interpolated, then rounded up.
  ///
  /// - Parameter concentration: 24-hour mean; for O3 the daily maximum 8-hour mean. In the pollutant's unit.
  /// - Returns: `nil` for a negative value, and for O3 above 800 by HJ 633-2012.
  public func index(of pollutant: Pollutant, concentration: Double) -> Int? {
    index(of: pollutant, concentration: concentration, nodes: nodes[pollutant])
  }

  /// Concentrations of the index nodes of 1-hour values; particles take those of the day, as the hourly report does.
  public func hourlyNodes(of pollutant: Pollutant) -> [Double]? {
    switch pollutant {
    case .pm25, .pm10: nodes[pollutant]
    case .so2: [0, 150, 500, 650, 800]
    case .no2: [0, 100, 200, 700, 1200, 2340, 3090, 3840]
    case .co: [0, 5, 10, 35, 60, 90, 120, 150]
    case .o3: [0, 160, 200, 300, 400, 800, 1000, 1200]
    }
  }

  /// Individual index of a 1-hour value (HJ 633, table of nodes; SO2 beyond 800 µg/m³ is capped at 200 from 2026 and has
  /// no hourly index by the text of 2012).
  public func hourlyIndex(of pollutant: Pollutant, concentration: Double) -> Int? {
    index(of: pollutant, concentration: concentration, nodes: hourlyNodes(of: pollutant))
  }

  private func index(of pollutant: Pollutant, concentration: Double, nodes: [Double]?) -> Int? {
    guard concentration.isFinite, concentration >= 0, let nodes else { return nil }
    let steps: Double = pollutant == .co ? 10 : 1
    let value = Self.roundedHalfEven(concentration, steps: steps)
    guard let last = nodes.last else { return nil }
    if value >= last {
      if value > last, nodes.count < Self.indexNodes.count, !capsBeyondNodes { return nil }
      return Int(Self.indexNodes[nodes.count - 1])
    }
    guard let upper = nodes.firstIndex(where: { $0 > value }), upper > 0 else { return nil }
    // Whole numbers (tenths for CO) keep the interpolation exact where it must be: at the nodes.
    let low = (nodes[upper - 1] * steps).rounded()
    let high = (nodes[upper] * steps).rounded()
    let share = ((value * steps).rounded() - low) * (Self.indexNodes[upper] - Self.indexNodes[upper - 1])
    let exact = Self.indexNodes[upper - 1] + share / (high - low)
    return max(lowestIndex, Int((exact - 1e-9).rounded(.up)))
  }

  /// Rounds a decimal number half to even at 1 / `steps`; the number is taken as its shortest decimal text, so that
  /// 0.15 is a tie although no double is exactly 0.15.
  static func roundedHalfEven(_ value: Double, steps: Double) -> Double {
    let scaled = value * steps
    let below = scaled.rounded(.down)
    let rest = scaled - below
    // A double within a few units of its last place of a tie is the tie its decimal text says.
    if abs(rest - 0.5) < max(1, scaled) * 1e-12 {
      return (below.truncatingRemainder(dividingBy: 2) == 0 ? below : below + 1) / steps
    }
    return scaled.rounded() / steps
  }

  // MARK: Validity

  /// Hourly values a valid day needs; equal in all texts.
  public static let hoursOfValidDay = ValidityRules.text2012.hoursOfDay

  /// Daily means a valid month needs: 27, in February 25; equal in all texts.
  public static func daysOfValidMonth(_ month: LocalMonth) -> Int { ValidityRules.text2012.daysOfMonth(month) }

  /// Daily means a valid year needs: 324; equal in all texts.
  public static var daysOfValidYear: Int { ValidityRules.text2012.daysOfYear }

  /// First day of particles at actual conditions; comparisons across it mix reference conditions.
  public static var referenceChange: LocalDay { LocalDay(ordinal: 17_775) }

  /// Whether a span of days has some before and some after the change of reference conditions.
  public static func straddlesReferenceChange(_ days: ClosedRange<LocalDay>) -> Bool {
    days.lowerBound < referenceChange && days.upperBound >= referenceChange
  }

  /// A gas at 273 K (until 2018-08-31) over the same gas at 298.15 K: divide an old value by it to compare with a new
  /// one. Particles went from 273 K to actual conditions, which needs the temperature of each day.
  public static let gasAt273Over298 = 298.15 / 273.15
}

/// How many values an average needs to count (GB 3095 table 4), as dated data.
public struct ValidityRules: Hashable, Sendable {
  /// The text and table the numbers are from, as reports print it.
  public let name: String
  /// Sampled minutes of an hour.
  public let minutesOfHour: Int
  /// Hourly values of a sliding 8-hour mean.
  public let hoursOfEight: Int
  /// Sliding means of a day's 17 for its maximum to count; an exceedance counts with fewer (HJ 663-2013, from memory of
  /// the text: change it where the text at hand says otherwise).
  public let eightsOfDay: Int
  /// Hourly values of a natural day.
  public let hoursOfDay: Int
  /// Daily means of a month, and of February.
  public let daysOfLongMonth: Int
  /// February has a number of its own in the table, for leap years too.
  public let daysOfFebruary: Int
  /// Daily means of a year, besides those of every month.
  public let daysOfYear: Int

  /// In force until the text of 2026: days before 2026-03-01.
  public static let text2012 = ValidityRules(name: "GB 3095-2012 table 4")
  /// The numbers did not change in 2026.
  public static let text2026 = ValidityRules(name: "GB 3095-2026 table 4")

  private init(name: String) {
    self.name = name
    minutesOfHour = 45
    hoursOfEight = 6
    eightsOfDay = 14
    hoursOfDay = 20
    daysOfLongMonth = 27
    daysOfFebruary = 25
    daysOfYear = 324
  }

  /// Least valid days of a month for its mean to count: 27, in February 25.
  public func daysOfMonth(_ month: LocalMonth) -> Int { month.month == 2 ? daysOfFebruary : daysOfLongMonth }
}
