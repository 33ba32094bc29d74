public import Enterprises
public import Quantities
internal import Glibc

/// A fraud that was planted into synthetic emission monitors, for tests to find.
public struct PlantedMonitorFraud: Sendable, Hashable {
  /// The word of the test that should find it, such as `flat-line`.
  public let kind: String
  /// Position in ``Enterprises/EmissionHours/outlets``.
  public let outlet: Int
  /// How strong and when, for people.
  public let detail: String
}

/// Seeded emission monitors with honest faults, planted frauds and the firms' production load. All synthetic.
///
/// What a test must not take for a fraud is in it on purpose: plants controlled close under their limit, dust values of
/// a few milligrams that tie often, weekly calibrations (marked or not), stands of days, two-shift work, start-ups, gaps,
/// faults of some hours, load that swings. docs/methods/emission-monitors.md says what is simulated and what is not.
public struct SyntheticEmissionMonitors: Sendable {
  /// How many, and how long.
  public struct Options: Sendable, Hashable {
    /// The same seed gives the same reports.
    public var seed: UInt64
    /// Outlets, each of a firm of its own with one meter.
    public var outlets: Int
    /// Whole Beijing days of hours.
    public var days: Int
    /// First day.
    public var start: LocalDay
    /// Share of the outlets that get a planted fraud, 0...1.
    public var fraudShare: Double

    public init(seed: UInt64, outlets: Int, days: Int, start: LocalDay, fraudShare: Double = 0.4) {
      self.seed = seed
      self.outlets = outlets
      self.days = days
      self.start = start
      self.fraudShare = fraudShare
    }
  }

  /// Kinds in the order in which outlets are dealt to them.
  public static let kinds = [
    "flat-line", "pinned-under-limit", "zero-at-full-power", "oxygen-coupled", "oxygen-range", "copied-days",
    "copied-outlet", "flow-against-load",
  ]

  /// Industries with limits and the oxygen of their flue gas, %: GB/T 4754 code, limits, reference, running range.
  static let industries:
    [(code: String, so2: Double, nox: Double, pm: Double, reference: Double, oxygen: (Double, Double))] =
      [
        ("4411", 35, 50, 10, 6, (5, 8)), ("4430", 200, 200, 30, 9, (8, 12)), ("3011", 100, 320, 20, 10, (8, 12)),
        ("3110", 180, 300, 40, 16, (14.5, 17)), ("3041", 400, 700, 50, 8, (7, 11)),
        ("3031", 300, 200, 30, 18, (16, 18.3)),
      ]

  /// What it was made from.
  public let options: Options
  /// First and last day of reports and loads.
  public let days: ClosedRange<LocalDay>
  /// One per outlet, each a firm of its own with a county left empty.
  public let enterprises: [Enterprise]
  /// One per outlet, in the order of `enterprises`.
  public let meters: [Meter]
  /// One per day: the production circuit of every meter, in hours spread over quarter hours.
  public let loads: [DayLoads]
  /// What the outlets report, with frauds and honest oddities alike; missing hours have no row.
  public let hours: EmissionHours
  /// What was planted, by outlet; at most one per outlet.
  public let frauds: [PlantedMonitorFraud]

  public init(_ options: Options) {
    self.options = options
    days = options.start...options.start.advanced(by: max(0, options.days - 1))
    // Outlets are sorted by credit code; numbers are dealt so that they ascend with it.
    let codes = (0..<options.outlets).map { CreditCode.make(areaCode: "130108", number: 1_000_000 + $0).text }.sorted()
    var plants: [SyntheticPlant] = []
    var frauds: [PlantedMonitorFraud] = []
    var dealt = 0
    for number in codes.indices {
      var stream = SyntheticStream(options.seed, 70, number)
      let isFraud = stream.unit() < options.fraudShare
      let kind = isFraud ? Self.kinds[dealt % Self.kinds.count] : nil
      if isFraud { dealt += 1 }
      var plant = SyntheticPlant(options, number: number, kind: kind)
      if let kind {
        let detail = plant.plant(kind, earlier: plants.last)
        frauds.append(PlantedMonitorFraud(kind: kind, outlet: number, detail: detail))
      }
      plants.append(plant)
    }
    self.frauds = frauds
    enterprises = codes.indices.map { number in
      Enterprise(
        creditCode: codes[number], name: "Synthetic works \(number)", industryCode: plants[number].industryCode,
        position: nil, declared: nil, address: nil, countyCode: nil, permit: nil, grade: nil, status: nil,
        line: Int32(number + 2))
    }
    meters = codes.indices.map {
      Meter(
        id: "M\($0)", creditCode: codes[$0], tariff: "industrial", position: nil, declared: nil, line: Int32($0 + 2))
    }
    loads = (0..<options.days).map { day in
      var loads = DayLoads(day: options.start.advanced(by: day))
      for number in plants.indices {
        loads.append(
          LoadDay(
            meter: Int32(number), circuit: .production, day: loads.day,
            energyKilowattHours: (0..<96).map { Float(plants[number].load[day * 24 + $0 / 4] / 4) }, isHourly: true,
            firstLine: Int32(number + 2)))
      }
      return loads
    }
    let first = LocalHour(day: options.start, hourOfDay: 0).ordinal
    var rows: [EmissionHours.Row] = []
    for number in plants.indices {
      let outlet = EmissionOutlet(creditCode: codes[number], outlet: "DA001")
      for hour in 0..<options.days * 24 where !plants[number].isMissing[hour] {
        rows.append(
          EmissionHours.Row(
            outlet: outlet, hour: first + Int32(hour), values: plants[number].report(hour),
            mark: plants[number].marks[hour], line: Int32(rows.count + 2)))
      }
    }
    hours = EmissionHours(rows)
  }

  /// The reports as a `cems` file, with marks.
  public var csv: [UInt8] {
    var text = ByteText()
    text.add("uscc,outlet,time,so2,nox,pm,o2,flow,mark\n")
    let letters = ["N", "F", "M", "C", "D", "S", "T", "B"]
    for (number, outlet) in hours.outlets.enumerated() {
      for row in hours.starts[number]..<hours.starts[number + 1] {
        text.add("\(outlet.creditCode),\(outlet.outlet),\(LocalHour(ordinal: hours.hours[row])):00")
        for channel in EmissionChannel.allCases {
          text.comma()
          let value = hours.values[channel.ordinal][row]
          if !value.isNaN { text.add(value, channel == .flow ? 0 : 2) }
        }
        text.add(",\(letters[Int(hours.marks[row])])\n")
      }
    }
    return text.bytes
  }
}
