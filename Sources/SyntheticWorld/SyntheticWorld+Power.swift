public import Enterprises
internal import Geometry
internal import Quantities

/// What the meters of the campaign show.
extension SyntheticWorld {
  /// The meters, in the order of ``loads(day:)``: firms and workshops, then households.
  public var meters: [Meter] {
    let sourced = sources.enumerated().compactMap { number, source -> Meter? in
      guard let id = source.meter else { return nil }
      return Meter(
        id: id, creditCode: source.isRegistered ? source.id : nil, tariff: tariff(source, number: number),
        position: source.position, declared: nil, line: 0)
    }
    return sourced
      + (0..<options.residential).map {
        Meter(id: "SYN-H\($0)", creditCode: nil, tariff: "residential", position: nil, declared: nil, line: 0)
      }
  }

  /// The register without its declared positions, in the order of ``sources``.
  public var enterprises: [Enterprise] {
    sources.enumerated().filter { $0.element.isRegistered }.map { number, source in
      Enterprise(
        creditCode: source.id, name: source.name, industryCode: source.industryCode, position: source.position,
        declared: nil, address: nil, countyCode: source.countyCode, permit: nil, grade: source.grade,
        status: status(number: number), line: 0)
    }
  }

  func tariff(_ source: SyntheticSource, number: Int) -> String {
    source.isRegistered ? "industrial" : number % 2 == 0 ? "residential" : "commercial"
  }

  func status(number: Int) -> String { number % 97 == 5 ? "注销" : "存续" }

  /// Load curves of one day as hotgrid reads them from ``powerFile(day:)``, with the registers of every second firm's total.
  public func loads(day: Int) -> DayLoads {
    let date = options.start.advanced(by: day)
    var loads = DayLoads(day: date)
    var meter: Int32 = 0
    func add(_ circuit: Circuit, _ values: [Double]) {
      loads.append(
        LoadDay(
          meter: meter, circuit: circuit, day: date, energyKilowattHours: values.map { Float($0) }, isHourly: false,
          firstLine: 2))
    }
    for (number, source) in sources.enumerated() where source.meter != nil {
      let curves = powerCurves(source, number: number, day: day)
      for (circuit, values) in curves.circuits where values.contains(where: { !$0.isNaN }) { add(circuit, values) }
      if number % 2 == 0, source.isRegistered, let passed = curves.passed {
        // The register begins each day where it would stand; only its movement is looked at.
        var register = DayRegister(meter: meter, circuit: .total, step: 0, kilowattHours: 10_000)
        register.add(step: 96, kilowattHours: 10_000 + passed)
        loads.registers.append(register)
      }
      meter += 1
    }
    for number in 0..<options.residential {
      add(.total, householdCurve(number, day: day))
      meter += 1
    }
    return loads
  }

  /// `meter_id,circuit,time,kwh` of one day, every quarter hour.
  public func powerFile(day: Int) -> [UInt8] {
    var text = ByteText()
    text.add("meter_id,circuit,time,kwh\n")
    let date = options.start.advanced(by: day)
    func add(_ meter: String, _ circuit: Circuit, _ values: [Double]) {
      for step in 0..<96 {
        text.add(meter)
        text.add(",\(circuit.rawValue),")
        text.add(date, minute: step * 15)
        text.comma()
        if !values[step].isNaN { text.add(values[step], 3) }
        text.line()
      }
    }
    for (number, source) in sources.enumerated() {
      guard let meter = source.meter else { continue }
      for (circuit, values) in powerCurves(source, number: number, day: day).circuits { add(meter, circuit, values) }
    }
    for number in 0..<options.residential { add("SYN-H\(number)", .total, householdCurve(number, day: day)) }
    return text.bytes
  }

  /// kWh per quarter hour of each circuit, NaN where the meter gives nothing, and what really passed the total meter.
  private func powerCurves(
    _ source: SyntheticSource, number: Int, day: Int
  ) -> (circuits: [(Circuit, [Double])], passed: Double?) {
    var stream = SyntheticStream(options.seed, 10, number, day)
    let orderBook = dailyFactor(number, day: day)
    var production = (0..<96).map { step in
      max(
        0, source.loadKilowattHours * activity(source, day: day, step: step) * orderBook * (1 + 0.07 * stream.normal()))
    }
    guard source.isRegistered else { return ([(.total, production.map { $0 + 0.2 })], nil) }
    let isTurned = day >= source.turningDay
    let fan = source.behaviour == .treatmentIdle && isTurned ? 0.036 : 0.09
    var treatment = (0..<96).map { step in
      let isProducing = production[step] > 0.1 * source.loadKilowattHours
      let runs = isProducing && treatmentRuns(source, day: day, step: step)
      return source.loadKilowattHours * (runs ? fan : 0.004) * (1 + 0.05 * stream.normal())
    }
    // Own generation covers most of what such a firm uses; the grid sees the rest.
    let purchased = source.behaviour == .selfGeneration ? 0.3 : 1.0
    var total = (0..<96).map { purchased * (production[$0] + treatment[$0]) * 1.03 + 0.3 }
    let passed = total.reduce(0, +)
    if isTurned {
      switch source.behaviour {
      case .loadVanished: production = production.map { $0 * 0.004 }
      case .tamperedReading: total = total.map { $0 * 0.5 }
      case .meterFault: spoil(&total, &production, &treatment, number: number, &stream)
      default: break
      }
    }
    if source.isTotalOnly { return ([(.total, total)], passed) }
    return ([(.total, total), (.production, production), (.treatment, treatment)], passed)
  }

  /// Stuck meters, a dead treatment meter, or seven of ten values lost.
  private func spoil(
    _ total: inout [Double], _ production: inout [Double], _ treatment: inout [Double], number: Int,
    _ stream: inout SyntheticStream
  ) {
    switch number % 3 {
    case 0:
      total = total.map { _ in 40 }
      production = production.map { _ in 35 }
      treatment = treatment.map { _ in 3 }
    case 1: treatment = treatment.map { _ in 0 }
    default:
      for step in 0..<96 where stream.unit() < 0.7 {
        total[step] = .nan
        production[step] = .nan
        treatment[step] = .nan
      }
    }
  }

  /// How full the order book is: 1 on average, 10 % from day to day and half as much from week to week.
  private func dailyFactor(_ number: Int, day: Int) -> Double {
    var daily = SyntheticStream(options.seed, 14, number, day)
    var weekly = SyntheticStream(options.seed, 15, number, day / 7)
    return expOf(0.1 * daily.normal() + 0.05 * weekly.normal())
  }

  /// kWh per quarter hour of a household: levels differ by a log-normal factor of 0.6 between homes and 0.2 between days, and
  /// one home in twenty is heated by electricity from 15 November on, between 18:00 and 08:00.
  func householdCurve(_ number: Int, day: Int) -> [Double] {
    var home = SyntheticStream(options.seed, 16, number)
    var today = SyntheticStream(options.seed, 17, number, day)
    let level = expOf(0.6 * home.normal()) * expOf(0.2 * today.normal())
    let date = options.start.advanced(by: day).civil
    let isCold = date.month < 3 || date.month == 12 || date.month == 11 && date.day >= 15
    let heating = isCold && home.unit() < 0.05 ? 0.75 : 0
    var stream = SyntheticStream(options.seed, 11, number, day)
    return (0..<96).map { step in
      let evening = max(0, wave((Double(step) / 4 - 13) / 24 * 2 * Double.pi))
      let heated = step >= 72 || step < 32 ? heating : 0
      return level * max(0.01, (0.08 + 0.3 * evening + heated) * (1 + 0.3 * stream.normal()))
    }
  }
}
