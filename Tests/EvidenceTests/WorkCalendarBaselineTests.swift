import Enterprises
import Evidence
import Quantities
import Testing

@Suite struct WorkCalendarBaselineTests {
  @Test func `holidays, worked weekends and the heating season are as announced`() throws {
    let calendar = PowerRules().calendar
    func kind(_ text: String) throws -> DayKind { calendar.kind(try #require(LocalDay(text))) }
    #expect(try kind("2017-10-03") == .holiday && kind("2017-10-09") == .workday)
    #expect(try kind("2017-09-30") == .workday && kind("2017-11-18") == .weekend)
    #expect(try !calendar.isHeatingSeason(#require(LocalDay("2017-11-14"))))
    #expect(try calendar.isHeatingSeason(#require(LocalDay("2017-11-15"))))
    #expect(try calendar.isHeatingSeason(#require(LocalDay("2018-03-15"))))
    #expect(try !calendar.isHeatingSeason(#require(LocalDay("2018-03-16"))))
  }

  /// Works at full load from Monday to Friday and at half of it on Saturdays; the order covers a Saturday.
  @Test func `weekend load under an order is held against weekends`() throws {
    var loads = PlantedLoads(seed: 31)
    loads.addFirm(.ignoresStop)
    for number in loads.blocks.indices where loads.blocks[number].day.isoWeekday >= 6 {
      for step in 0..<288 {
        loads.blocks[number].energyKilowattHours[step] *= 0.5
      }
    }
    let flags = loads.findings().flags
    let flag = try #require(flags.first { $0.rule == .stopOrder })
    // 22 to 25 November are judged and worked: three working days and a Saturday whose half load is its normal load.
    #expect(flag.evidenceDays == 4)
    #expect(flag.ratio > 0.85 && flag.ratio < 1.15)
  }

  @Test func `compliance tells firms that kept an order from those that did not`() {
    var loads = PlantedLoads(seed: 32)
    for behaviour in [Behaviour.honest, .ignoresStop, .limitHonest, .ignoresLimit, .selfGenerationHonest] {
      loads.addFirm(behaviour)
    }
    loads.addFirm(.ignoresStop, circuits: [.total])
    let screen = PowerScreen(
      rules: PowerRules(), meters: loads.meters, enterprises: loads.enterprises, orders: PlantedLoads.orders)
    let found = screen.compliance(loads: loads.blocks, period: PlantedLoads.evidence, threads: 1)
    #expect(found == screen.compliance(loads: loads.blocks, period: PlantedLoads.evidence, threads: 3))
    #expect(found.map(\.status) == [.kept, .exceeded, .kept, .exceeded, .kept, .exceeded])
    #expect(found.map(\.order) == [0, 0, 1, 1, 0, 0])
    #expect(found.allSatisfy { $0.daysBound == 8 && $0.daysJudged == 5 && $0.meters == 1 })
    #expect(found[0].reduction.map { $0 > 0.9 } ?? false)
    #expect(found[2].reduction.map { abs($0 - 0.61) < 0.05 } ?? false)  // four days at 48 %, and a Sunday off
    let alone = PowerScreen(
      rules: PowerRules(), meters: [], enterprises: loads.enterprises, orders: PlantedLoads.orders)
    #expect(
      alone.compliance(loads: loads.blocks.map { DayLoads(day: $0.day) }, period: PlantedLoads.evidence, threads: 1)
        .allSatisfy { $0.status == .unmetered })
  }

  @Test func `the quick screen names the same meters as its rules read by hand`() {
    var loads = PlantedLoads(seed: 33)
    for behaviour in [Behaviour.honest, .ignoresStop, .treatmentOff, .limitHonest, .ignoresLimit] {
      loads.addFirm(behaviour)
    }
    let screen = PowerScreen(
      rules: PowerRules(), meters: loads.meters, enterprises: loads.enterprises, orders: PlantedLoads.orders)
    let day = LocalDay(ordinal: 17493)  // under the orders, and one of the days without treatment
    let baselines = screen.dayBaselines(loads: loads.blocks, day: day, threads: 2)
    let today = loads.blocks[53]
    let flags = QuickScreen.flags(today, baselines: baselines, minimumKnownShare: 0.8, offSteps: 4, threads: 1)
    #expect(flags == QuickScreen.flags(today, baselines: baselines, minimumKnownShare: 0.8, offSteps: 4, threads: 4))
    #expect(flags.map(\.meter) == [1, 2, 4])
    #expect(flags.map(\.rule) == [.overOrder, .treatmentOff, .overOrder])
    #expect(baselines[0]?.allowedShare == 0.25 && baselines[2]?.allowedShare == nil)
    #expect(baselines[3]?.allowedShare.map { abs($0 - 0.6) < 1e-12 } ?? false)
  }

  @Test func `a register that moves otherwise than its intervals is a lead, a rollover is none`() {
    var loads = PlantedLoads(seed: 34)
    for _ in 0..<2 { loads.addFirm(.shortLag) }
    for number in loads.blocks.indices {
      for meter in 0..<2 {
        func sum(_ steps: Range<Int>) -> Double {
          loads.blocks[number].energyKilowattHours[meter * 288 + steps.lowerBound..<meter * 288 + steps.upperBound]
            .reduce(0) { $0 + Double($1) }
        }
        var register = DayRegister(meter: Int32(meter), circuit: .total, step: 0, kilowattHours: 99_990)
        if meter == 0 {
          // Past 99999 every day, somewhere before ten o'clock.
          register.add(step: 40, kilowattHours: 12)
          register.add(step: 96, kilowattHours: 12 + sum(40..<96))
        } else {
          // The intervals show half of what the register does, from the middle of the month on.
          register.add(step: 96, kilowattHours: 99_990 + sum(0..<96) * (number >= 46 ? 2 : 1))
        }
        loads.blocks[number].registers.append(register)
      }
    }
    let flags = loads.findings().flags
    #expect(flags.map(\.rule) == [.meterReading])
    #expect(flags.first?.meter == 1)
    #expect(flags.first?.evidence.map { $0.p < 0.001 } ?? false)
  }
}
