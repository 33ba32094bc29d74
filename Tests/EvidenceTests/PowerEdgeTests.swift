import Enterprises
import Grids
import Quantities
import Testing

@testable import Evidence

@Suite struct OnThresholdTests {
  @Test func `the threshold lies in the gap between the two modes`() throws {
    var random = TestRandom(state: 1)
    let values = (0..<960).map { Float($0 % 3 == 0 ? random.uniform(0.1...0.3) : random.uniform(8...12)) }
    let found = try #require(OnThreshold.find(in: values, offShare: 0.3))
    #expect(found.kilowattHours > 0.4 && found.kilowattHours < 7.9)
    #expect(abs(found.onLevel - 10) < 0.3 && abs(found.offLevel - 0.2) < 0.1)
  }

  @Test func `light load is on, however rare the off state is`() throws {
    var random = TestRandom(state: 2)
    let values = (0..<5760).map { step -> Float in
      if step % 96 < 2 { return Float(random.uniform(0...0.2)) }
      return Float(step % 96 < 50 ? random.uniform(9...11) : random.uniform(18...22))
    }
    let found = try #require(OnThreshold.find(in: values, offShare: 0.3))
    #expect(found.kilowattHours > 0.2 && found.kilowattHours < 9)
  }

  @Test func `one mode has no threshold`() {
    var random = TestRandom(state: 3)
    #expect(OnThreshold.find(in: (0..<5760).map { _ in Float(random.uniform(9...11)) }, offShare: 0.3) == nil)
    #expect(OnThreshold.find(in: (0..<5760).map { _ in Float(random.uniform(5...15)) }, offShare: 0.3) == nil)
    #expect(OnThreshold.find(in: [Float](repeating: 4, count: 960), offShare: 0.3) == nil)
    #expect(OnThreshold.find(in: [Float](repeating: 0, count: 960), offShare: 0.3) == nil)
    #expect(OnThreshold.find(in: [Float](repeating: .nan, count: 960), offShare: 0.3) == nil)
    #expect(OnThreshold.find(in: [Float](), offShare: 0.3) == nil)
  }

  @Test func `a threshold scales with the load, and a lone spike does not move it`() throws {
    var random = TestRandom(state: 4)
    let values = (0..<5760).map { Float($0 % 96 < 40 ? random.uniform(0...0.5) : random.uniform(9...11)) }
    let plain = try #require(OnThreshold.find(in: values, offShare: 0.3))
    let scaled = try #require(OnThreshold.find(in: values.map { $0 * 1024 }, offShare: 0.3))
    #expect(scaled.kilowattHours == plain.kilowattHours * 1024)
    var spiked = values
    spiked[100] = 100_000
    let found = try #require(OnThreshold.find(in: spiked, offShare: 0.3))
    #expect(found.kilowattHours > 0.5 && found.kilowattHours < 9)
  }
}

@Suite struct PowerEdgeTests {
  /// Everything that could depend on who works on what.
  @Test func `findings are the same for any number of threads`() {
    var loads = PlantedLoads(seed: 7)
    for number in 0..<140 {
      if number % 5 == 0 { loads.addUnregistered(isWorkshop: number % 35 == 0) }
      loads.addFirm(Behaviour.allCases[number % Behaviour.allCases.count])
    }
    let one = loads.findings(threads: 1)
    #expect(one == loads.findings(threads: 2))
    #expect(one == loads.findings(threads: 7))
    #expect(one.flags.count > 50)
  }

  @Test func `a workshop among households stands out, a household does not`() {
    var loads = PlantedLoads(seed: 8)
    var workshops: Set<Int> = []
    for number in 0..<120 {
      if number % 20 == 3 { workshops.insert(loads.meters.count) }
      loads.addUnregistered(isWorkshop: number % 20 == 3)
    }
    let found = loads.findings()
    #expect(Set(found.flags.map(\.meter)) == workshops)
    #expect(found.flags.allSatisfy { $0.rule == .unregisteredLoad && $0.ratio > $0.threshold && $0.strength > 0.5 })
    // One false alarm in 100 meter-months, shared by the two bets that cover each day.
    #expect(found.flags.allSatisfy { $0.evidence?.level == 0.005 && ($0.evidence?.p ?? 1) <= 0.005 })
  }

  /// Meters of a tariff on days that are alike; each used the same energy every day.
  private func bets(_ energies: [Double], tariff: String, rules: PowerRules = PowerRules()) -> PowerScreen {
    PowerScreen(
      rules: rules,
      meters: energies.indices.map {
        Meter(id: "M\($0)", creditCode: nil, tariff: tariff, position: nil, declared: nil, line: 2)
      }, enterprises: [], orders: OrderBook([]))
  }

  private func evidence(_ energies: [Double], tariff: String, days: Int) -> [AlarmEvidence?] {
    let first = LocalDay(ordinal: 17_471)  // 2017-11-01, so that one bet runs through all days
    let blocks = (0..<days).map { number in
      var block = DayLoads(day: first.advanced(by: number))
      for (meter, energy) in energies.enumerated() {
        block.append(
          LoadDay(
            meter: Int32(meter), circuit: .total, day: block.day,
            energyKilowattHours: [Float](repeating: Float(energy / 96), count: 96), isHourly: false, firstLine: 2))
      }
      return block
    }
    let screen = bets(energies, tariff: tariff)
    let history = LoadHistory(blocks, meterCount: energies.count, days: first...first.advanced(by: days - 1))
    let found = HouseholdBets(
      screen, history: history, evidence: 0..<days, isMeant: energies.map { _ in true }, threads: 2)
    return energies.indices.map(found.evidence)
  }

  @Test func `evidence against a household adds up over days and is that of the formula`() throws {
    // 99 households of 10 kWh and one meter of 10 · e^1.5: z is 1.5/0.5 = 3, half of exp(1.5 · 3 - 1.125) and exp(3 · 3 - 4.5).
    let energies = [Double](repeating: 10, count: 99) + [44.816_890_7]
    let one = (29.224_283_78 + 90.017_131_3) / 2
    for days in [1, 4, 10] {
      let found = try #require(evidence(energies, tariff: "residential", days: days)[99])
      #expect(abs(found.e - Double(days) * one / 31) < 1e-3 && found.calibration == 100)
      #expect(found.p == (found.e > 1 ? 1 / found.e : 1))
    }
  }

  @Test func `the rank counts where there are meters enough for it`() throws {
    // 1,600 meters: k = 1600 · 0.005 / 4 = 2, so two meters are worth 800 a day besides their size.
    let energies = [Double](repeating: 10, count: 1598) + [11, 12]
    let found = evidence(energies, tariff: "居民", days: 2)
    let top = try #require(found[1599])
    // z = ln(1.2)/0.5: the size is worth 0.297 a day, so two days are 2/31 · (800 + 0.297)/2.
    #expect(abs(top.e - 25.816) < 0.01)
    #expect((found[0]?.e ?? 9) < 1)
  }

  @Test func `a tariff of workshops is no reference of its own`() throws {
    // Forty meters of 500 kWh: against 8 kWh of a usual home twice over, z = ln(500/16)/0.7 = 4.92.
    let found = try #require(evidence([Double](repeating: 500, count: 40), tariff: "commercial", days: 5)[3])
    #expect(found.e > 400 && found.calibration == 0)
    #expect(HouseholdBets.isHousehold("居民生活用电") && !HouseholdBets.isHousehold("非居民照明"))
    #expect(HouseholdBets.isHousehold("Residential") && !HouseholdBets.isHousehold("non-residential"))
  }

  /// Levels differ by a log-normal factor of 0.6 that stays, days by 0.3: any of 31 daily looks counts.
  @Test func `a clean household is flagged in no more than one of a hundred months, however often one looks`() {
    var random = TestRandom(state: 5)
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + random.uniform(0...1) } }
    let homes = 1000
    let levels = (0..<homes).map { _ in 0.6 * normal() }
    let first = LocalDay(ordinal: 17_471)
    let blocks = (0..<30).map { number in
      var block = DayLoads(day: first.advanced(by: number))
      for meter in 0..<homes {
        let energy = 10 * exponential(levels[meter] + 0.3 * normal())
        block.append(
          LoadDay(
            meter: Int32(meter), circuit: .total, day: block.day,
            energyKilowattHours: [Float](repeating: Float(energy / 96), count: 96), isHourly: false, firstLine: 2))
      }
      return block
    }
    let screen = bets([Double](repeating: 0, count: homes), tariff: "residential")
    var flagged: Set<Int> = []
    for look in [10, 30] {
      let history = LoadHistory(
        Array(blocks.prefix(look)), meterCount: homes, days: first...first.advanced(by: look - 1))
      let found = HouseholdBets(
        screen, history: history, evidence: 0..<look, isMeant: levels.map { _ in true }, threads: 2)
      for meter in 0..<homes where found.evidence(meter)?.isEnough ?? false { flagged.insert(meter) }
    }
    // The evidence never falls, so these looks stand for all.
    #expect(flagged.count <= homes / 100, "\(flagged.count) of \(homes)")
  }

  private func exponential(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for k in 1..<40 {
      term *= x / 16 / Double(k)
      sum += term
    }
    return (0..<4).reduce(sum) { value, _ in value * value }
  }

  @Test(arguments: [Set([Circuit.total]), Set([Circuit.total, .production]), Set([Circuit.production])])
  func `a stop order is judged by whatever circuits there are`(circuits: Set<Circuit>) {
    var loads = PlantedLoads(seed: 9)
    for behaviour in [Behaviour.honest, .ignoresStop, .longIdle, .limitHonest, .ignoresLimit] {
      loads.addFirm(behaviour, circuits: circuits)
    }
    let flags = loads.findings().flags
    #expect(flags.map(\.meter) == [1, 4])
    #expect(flags.map(\.rule) == [.stopOrder, .limitOrder])
  }

  @Test func `a plant that never stops is told from an empty one by its peers when only the total is metered`() {
    var loads = PlantedLoads(seed: 10)
    for _ in 0..<8 { loads.addFirm(.honest, circuits: [.total]) }
    loads.addFirm(.ignoresStopContinuous, circuits: [.total])
    #expect(loads.findings().flags.map(\.meter) == [8])
    var alone = PlantedLoads(seed: 10)
    alone.addFirm(.ignoresStopContinuous, circuits: [.total])
    #expect(alone.findings().flags.isEmpty)
    #expect(alone.findings().abstentionCounts.map(\.reason) == [.noTwoModes])
  }

  @Test func `an honest firm below the share is left alone and one above is not`() throws {
    var loads = PlantedLoads(seed: 11)
    for _ in 0..<6 { loads.addFirm(.safetyLoadHonest) }
    #expect(loads.findings().flags.isEmpty)
    // The same load in an industry without a furnace to keep hot is too much.
    loads.enterprises = loads.enterprises.map { firm in
      Enterprise(
        creditCode: firm.creditCode, name: firm.name, industryCode: "2110", position: nil, declared: nil, address: nil,
        countyCode: firm.countyCode, permit: nil, grade: nil, status: nil, line: firm.line)
    }
    let flags = loads.findings().flags
    #expect(flags.count == 6)
    #expect(flags.allSatisfy { $0.rule == .stopOrder && $0.ratio > 0.25 && $0.ratio < 0.4 && $0.threshold == 0.25 })
  }

  @Test func `grade A firms are not held against heavy-pollution orders, and that is counted`() {
    var loads = PlantedLoads(seed: 12)
    loads.addFirm(.ignoresStop)
    let firm = loads.enterprises[0]
    loads.enterprises = [
      Enterprise(
        creditCode: firm.creditCode, name: firm.name, industryCode: firm.industryCode, position: nil, declared: nil,
        address: nil, countyCode: firm.countyCode, permit: nil, grade: .a, status: nil, line: 2)
    ]
    #expect(loads.findings().flags.isEmpty)
    #expect(loads.findings().abstentionCounts.map(\.reason) == [.exemptGrade])
  }

  @Test func `missing data and stuck meters are abstentions, never leads`() {
    var loads = PlantedLoads(seed: 13)
    loads.addFirm(.ignoresStop)
    loads.addFirm(.treatmentOff)
    for block in loads.blocks.indices where loads.blocks[block].day >= PlantedLoads.evidence.lowerBound {
      for step in loads.blocks[block].energyKilowattHours.indices where step % 96 < 70 {
        loads.blocks[block].energyKilowattHours[step] = .nan
      }
    }
    #expect(loads.findings().flags.isEmpty)
    #expect(loads.findings().abstentionCounts.contains { $0.reason == .missingData && $0.meters == 2 })

    var stuck = PlantedLoads(seed: 13)
    stuck.addFirm(.ignoresStop)
    for block in stuck.blocks.indices where stuck.blocks[block].day >= PlantedLoads.evidence.lowerBound {
      for step in stuck.blocks[block].energyKilowattHours.indices {
        stuck.blocks[block].energyKilowattHours[step] = 250
      }
    }
    #expect(stuck.findings().flags.isEmpty)
    #expect(stuck.findings().abstentionCounts.contains { $0.reason == .meterFault })
  }

  @Test func `a credit code that the register lacks is counted and not judged`() {
    var loads = PlantedLoads(seed: 14)
    loads.addFirm(.ignoresStop)
    loads.enterprises = []
    #expect(loads.findings().flags.isEmpty)
    #expect(loads.findings().abstentionCounts.map(\.reason) == [.firmNotInRegister])
  }

  @Test func `a closed firm with factory-like load is a lead`() {
    var loads = PlantedLoads(seed: 15)
    loads.addFirm(.shortLag)
    let firm = loads.enterprises[0]
    loads.enterprises = [
      Enterprise(
        creditCode: firm.creditCode, name: firm.name, industryCode: firm.industryCode, position: nil, declared: nil,
        address: nil, countyCode: firm.countyCode, permit: nil, grade: nil, status: "注销", line: 2)
    ]
    #expect(loads.findings().flags.map(\.rule) == [.closedFirmLoad])
    #expect(loads.findings().flags.allSatisfy { $0.evidence?.isEnough ?? false })
  }

  @Test func `a county found from the position brings a firm under the orders of its county`() {
    var loads = PlantedLoads(seed: 17)
    loads.addFirm(.ignoresStop)
    let firm = loads.enterprises[0]
    let placeless = Enterprise(
      creditCode: firm.creditCode, name: firm.name, industryCode: firm.industryCode, position: nil, declared: nil,
      address: nil, countyCode: nil, permit: nil, grade: nil, status: nil, line: 2)
    loads.enterprises = [placeless]
    #expect(loads.findings().flags.isEmpty)
    loads.enterprises = [placeless.inCounty("130108")]
    let cell = CellID(sizeMetres: 3000, column: 1, row: 2)
    let screen = PowerScreen(
      rules: PowerRules(), meters: loads.meters, enterprises: loads.enterprises, orders: PlantedLoads.orders)
    let findings = screen.findings(loads: loads.blocks, evidence: PlantedLoads.evidence, threads: 1)
    let leads = screen.leads(findings, firmCells: [nil], meterCells: [cell]) { flag in
      flag.places.map { LeadSource(file: "power.csv", fileHash: "00", line: $0.line) }
    }
    #expect(leads.map(\.kind) == [.stopOrderLoad])
    #expect(leads.first?.cell == cell && leads.first?.creditCode == firm.creditCode)
    #expect(firm.inCounty("370102") == firm)
  }

  @Test func `nothing in, nothing out`() {
    let screen = PowerScreen(rules: PowerRules(), meters: [], enterprises: [], orders: OrderBook([]))
    #expect(screen.findings(loads: [], evidence: PlantedLoads.evidence, threads: 2).flags.isEmpty)
    let meter = Meter(id: "M", creditCode: nil, tariff: "", position: nil, declared: nil, line: 2)
    let lone = PowerScreen(rules: PowerRules(), meters: [meter], enterprises: [], orders: OrderBook([]))
    let found = lone.findings(loads: [], evidence: PlantedLoads.evidence, threads: 2)
    #expect(found.flags.isEmpty && found.abstentionCounts.map(\.reason) == [.missingData])
  }

  @Test func `every rule's lead says its numbers, its sources and what would disprove it`() throws {
    var loads = PlantedLoads(seed: 16)
    for behaviour in Behaviour.allCases where behaviour.expected != nil { loads.addFirm(behaviour) }
    for number in 0..<40 { loads.addUnregistered(isWorkshop: number == 0) }
    let flags = loads.findings().flags
    #expect(Set(flags.map(\.rule)) == Set(Behaviour.allCases.compactMap(\.expected) + [.unregisteredLoad]))
    for flag in flags {
      let enterprise = flag.meter < loads.enterprises.count ? loads.enterprises[flag.meter] : nil
      let lead = flag.lead(
        PowerSubject(
          meter: loads.meters[flag.meter], enterprise: enterprise,
          order: flag.order.map { PlantedLoads.orders.orders[$0] }, cell: nil),
        sources: flag.places.map { LeadSource(file: "power.csv", fileHash: "00", line: $0.line) })
      #expect(!lead.sources.isEmpty && lead.numbers.count == 9)
      #expect(lead.statement.hasSuffix(".") && lead.disproof.hasSuffix("."))
      #expect(!(lead.statement + lead.disproof).lowercased().contains("violat"))
      #expect(lead.strength > 0 && lead.strength <= 1)
      #expect(PlantedLoads.evidence.contains(lead.firstDay) && lead.firstDay <= lead.lastDay)
      #expect(lead.meterID == loads.meters[flag.meter].id)
    }
  }
}
