import Enterprises
import Evidence
import Geometry
import Quantities
import Randomness

/// Repeatable numbers for synthetic load.
struct TestRandom: RandomNumberGenerator {
  private var stream: RandomStream
  init(state: UInt64) { stream = RandomStream(state: state) }
  mutating func next() -> UInt64 { stream.next() }
  mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
}

/// What a synthetic firm does.
enum Behaviour: String, CaseIterable {
  case honest, continuousHonest, safetyLoadHonest, limitHonest
  case plainShutdown, selfGenerationHonest, longIdle, deadTreatmentMeter, shortLag
  case ignoresStop, ignoresStopContinuous, ignoresLimit, nightShift, hidesFromProductionMeter, selfGenerationIgnores
  case treatmentOff, treatmentLate
  case nightHabit, solarPanels, nightWork, loadVanished, tamperedTotal, treatmentIdle
  case shutForMonths, continuousNightWork, safetyLoadNightShift

  /// The rule that should speak; `nil` where every rule should keep silent.
  var expected: PowerRule? {
    switch self {
    case .honest, .continuousHonest, .safetyLoadHonest, .limitHonest, .plainShutdown, .selfGenerationHonest,
      .longIdle, .deadTreatmentMeter, .shortLag, .nightHabit, .solarPanels, .shutForMonths:
      nil
    case .ignoresStop, .ignoresStopContinuous, .hidesFromProductionMeter, .selfGenerationIgnores: .stopOrder
    case .ignoresLimit: .limitOrder
    case .nightShift, .safetyLoadNightShift: .stopOrderNight
    case .treatmentOff: .treatmentOff
    case .treatmentLate: .treatmentLate
    case .nightWork, .continuousNightWork: .nightShift
    case .loadVanished: .loadVanished
    case .tamperedTotal: .meterReading
    case .treatmentIdle: .treatmentIdle
    }
  }

  var isContinuous: Bool {
    [.continuousHonest, .ignoresStopContinuous, .safetyLoadHonest, .continuousNightWork, .safetyLoadNightShift]
      .contains(self)
  }

  /// Must keep a furnace hot.
  var hasSafetyLoad: Bool { self == .safetyLoadHonest || self == .safetyLoadNightShift }
}

/// Small synthetic firms with 60 days of 15-minute load, a stop order and a limit order.
struct PlantedLoads {
  static let days = LocalDay(ordinal: 17440)...LocalDay(ordinal: 17499)  // 2017-10-01 to 2017-11-29
  static let evidence = LocalDay(ordinal: 17485)...LocalDay(ordinal: 17499)
  /// The orders run from 18:00 on the 20th to 08:00 on the 27th of November.
  static let orderStart = LocalHour(day: LocalDay(ordinal: 17490), hourOfDay: 18).start
  static let orderEnd = LocalHour(day: LocalDay(ordinal: 17497), hourOfDay: 8).start

  var meters: [Meter] = []
  var enterprises: [Enterprise] = []
  var blocks: [DayLoads] = (17440...17499).map { DayLoads(day: LocalDay(ordinal: $0)) }
  var random: TestRandom

  init(seed: UInt64) { random = TestRandom(state: seed) }

  static var orders: OrderBook {
    OrderBook([
      StopOrder(
        id: "STOP", kind: .orange, start: orderStart, end: orderEnd, scope: .counties(["130100"]), limitPercent: 100,
        line: 2),
      StopOrder(
        id: "LIMIT", kind: .orange, start: orderStart, end: orderEnd, scope: .counties(["130200"]), limitPercent: 50,
        line: 3),
    ])
  }

  static func isOrdered(_ day: LocalDay, step: Int) -> Bool {
    let moment = QuarterHour(day: day, step: step).start
    return moment >= orderStart && moment < orderEnd
  }

  private func county(_ behaviour: Behaviour) -> String {
    switch behaviour {
    case .limitHonest, .ignoresLimit: "130203"
    case .plainShutdown, .treatmentOff, .treatmentLate, .deadTreatmentMeter, .shortLag, .nightHabit, .solarPanels,
      .nightWork, .loadVanished, .tamperedTotal, .treatmentIdle, .continuousNightWork:
      "130302"
    default: "130108"
    }
  }

  mutating func addFirm(_ behaviour: Behaviour, circuits: Set<Circuit> = Set(Circuit.allCases)) {
    let meter = Int32(meters.count)
    let code = CreditCode.make(areaCode: county(behaviour), number: 1000 + meters.count).text
    enterprises.append(
      Enterprise(
        creditCode: code, name: "synthetic \(behaviour.rawValue)",
        industryCode: behaviour.hasSafetyLoad ? "2521" : "3130", position: nil, declared: nil, address: nil,
        countyCode: county(behaviour), permit: nil, grade: nil, status: nil, line: Int32(meters.count + 2)))
    meters.append(
      Meter(
        id: "M\(meters.count)", creditCode: code, tariff: "industrial", position: nil, declared: nil,
        line: Int32(meters.count + 2)))
    let power = random.uniform(50...2000)  // kWh per quarter hour at full load
    for number in blocks.indices {
      let curves = dayCurves(behaviour, blocks[number].day, power)
      for circuit in Circuit.allCases where circuits.contains(circuit) {
        blocks[number].append(
          LoadDay(
            meter: meter, circuit: circuit, day: blocks[number].day,
            energyKilowattHours: curves[Int(circuit.ordinal)], isHourly: false, firstLine: Int32(2 + number * 96)))
      }
    }
  }

  private mutating func dayCurves(_ behaviour: Behaviour, _ day: LocalDay, _ power: Double) -> [[Float]] {
    var curves = [[Float]](repeating: [], count: 3)
    for step in 0..<96 {
      let level = productionLevel(behaviour, day, step)
      let production = power * (level * random.uniform(0.85...1.1) + random.uniform(0.005...0.015))
      let share = treatmentLevel(behaviour, day, step, level)
      var treatment = power * (0.12 * share * random.uniform(0.95...1.05) + random.uniform(0.0005...0.001))
      // What is left in a plant shut for months is mostly its production circuit's idle load.
      let base = power * (behaviour == .shutForMonths ? 0.001 : 0.05) * random.uniform(0.8...1.2)
      var metered = production
      if behaviour == .hidesFromProductionMeter, PlantedLoads.isOrdered(day, step: step) {
        metered = power * random.uniform(0.005...0.015)
      }
      var total = production + treatment + base
      if behaviour == .selfGenerationHonest || behaviour == .selfGenerationIgnores { total *= 0.3 }
      if behaviour == .deadTreatmentMeter, day >= LocalDay(ordinal: 17492) { treatment = 0 }
      if treatment == 0 { metered = production }
      if day.ordinal >= 17486 {
        if behaviour == .loadVanished { metered = power * random.uniform(0.002...0.004) }
        if behaviour == .tamperedTotal { total *= 0.5 }
        if behaviour == .solarPanels, (36..<64).contains(step) { total *= 0.2 }
      }
      for (circuit, value) in [total, metered, treatment].enumerated() { curves[circuit].append(Float(value)) }
    }
    return curves
  }

  /// 0 is off, 1 is full load.
  private func productionLevel(_ behaviour: Behaviour, _ day: LocalDay, _ step: Int) -> Double {
    let working = behaviour.isContinuous || (24..<88).contains(step)
    let usual = working && (behaviour.isContinuous || day.isoWeekday < 7) ? 1.0 : 0.0
    let ordered = PlantedLoads.isOrdered(day, step: step)
    switch behaviour {
    case .honest, .continuousHonest, .selfGenerationHonest: return ordered ? 0 : usual
    case .safetyLoadHonest: return ordered ? 0.3 : usual
    case .limitHonest: return ordered ? usual * 0.48 : usual
    case .plainShutdown: return day.ordinal >= 17486 ? 0 : usual
    case .longIdle: return day.ordinal >= 17450 ? 0 : usual
    case .shutForMonths: return 0
    case .nightHabit: return step >= 80 || step < 28 ? 1 : 0
    case .nightWork where day.ordinal >= 17486, .continuousNightWork where day.ordinal >= 17486:
      return step >= 88 || step < 24 ? 1 : 0
    case .safetyLoadNightShift: return ordered ? (step >= 88 || step < 24 ? 1 : 0.05) : usual
    case .nightShift: return ordered ? (step >= 92 || step < 6 ? 1 : 0) : usual
    default: return usual
    }
  }

  private func treatmentLevel(_ behaviour: Behaviour, _ day: LocalDay, _ step: Int, _ level: Double) -> Double {
    let isOn = level > 0 ? 1.0 : 0
    let recent = day.ordinal >= 17488
    switch behaviour {
    case .treatmentOff: return recent && day.ordinal % 3 == 0 && (72..<84).contains(step) ? 0 : isOn
    case .treatmentLate: return recent && (24..<27).contains(step) ? 0 : isOn
    case .treatmentIdle: return day.ordinal >= 17486 ? 0.4 * isOn : isOn
    case .shortLag: return step == 24 || step == 25 ? 0 : isOn
    default: return isOn
    }
  }

  /// A meter without a firm: a household, or a workshop that runs machines.
  mutating func addUnregistered(isWorkshop: Bool) {
    let meter = Int32(meters.count)
    meters.append(
      Meter(
        id: "M\(meters.count)", creditCode: nil, tariff: "residential", position: nil, declared: nil,
        line: Int32(meters.count + 2)))
    let power = random.uniform(isWorkshop ? 8...30 : 0.05...0.15)
    for number in blocks.indices {
      let energy = (0..<96).map { step -> Float in
        let evening = (72..<90).contains(step) ? 3.0 : 1.0
        let machine = (32..<72).contains(step) ? 1.0 : 0.05
        return Float(power * (isWorkshop ? machine : evening) * random.uniform(0.6...1.4))
      }
      blocks[number].append(
        LoadDay(
          meter: meter, circuit: .total, day: blocks[number].day, energyKilowattHours: energy, isHourly: false,
          firstLine: 2))
    }
  }

  func findings(rules: PowerRules = PowerRules(), threads: Int = 1) -> PowerFindings {
    PowerScreen(rules: rules, meters: meters, enterprises: enterprises, orders: PlantedLoads.orders)
      .findings(loads: blocks, evidence: PlantedLoads.evidence, threads: threads)
  }
}
