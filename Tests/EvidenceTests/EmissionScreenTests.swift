import Enterprises
import Evidence
import Quantities
import Testing

@Suite struct EmissionScreenTests {
  @Test func `honest monitors of forty seeds are not named more often than the stated rate allows`() {
    var named = 0
    for seed in 1...40 {
      let monitor = PlantedMonitor(seed: UInt64(seed), means: [90, 120, 15])
      if !monitor.tests(power: monitor.power { 1000 + Double($0 % 7) }).isEmpty { named += 1 }
    }
    // 1 % of 40 is 0.4; three or more have a chance below 1 %.
    #expect(named <= 2)
  }

  @Test func `a value held for sixteen hours is a flat line, on the lines of the file where it stands`() throws {
    var monitor = PlantedMonitor()
    for hour in 201..<216 { monitor.values[0][hour] = monitor.values[0][200] }
    let flag = try #require(monitor.findings().flags.first { $0.test == .flatLine })
    #expect(flag.channel == .so2 && flag.hours == 16)
    #expect(flag.lines.first == 202 && flag.lines.last == 217)
    #expect(flag.adjustedP == min(1, flag.p * Double(flag.tests)) && flag.tests > 5)
    let lead = flag.lead(
      EmissionOutlet(creditCode: monitor.creditCode, outlet: "DA001"), name: "Planted works", cell: nil, sources: [])
    #expect(
      lead.kind == .emissionMonitor
        && lead.statement.contains("SO2 at outlet DA001 of Planted works did not change for 16 h"))
    #expect(!lead.disproof.isEmpty && (0...1).contains(lead.strength))
    #expect(!lead.statement.contains("violation"))
  }

  @Test func `a coarse dust meter that ties in half of its hours has no flat line`() {
    var monitor = PlantedMonitor()
    // Whole milligrams around 6, moving one up or down now and then.
    for hour in monitor.values[2].indices { monitor.values[2][hour] = 6 + Double(hour / 3 % 2) + Double(hour / 7 % 2) }
    for hour in 300..<307 { monitor.values[2][hour] = 6 }
    #expect(!monitor.tests().contains(.flatLine))
  }

  @Test func `held values at the detection limit are passed over and the reason is told`() {
    var monitor = PlantedMonitor()
    for hour in monitor.values[0].indices { monitor.values[0][hour] = 2 }
    let findings = monitor.findings()
    #expect(!findings.flags.contains { $0.test == .flatLine && $0.channel == .so2 })
    #expect(
      findings.abstentions.contains { $0.test == .flatLine && $0.channel == .so2 && $0.reason == .belowDetection })
  }

  @Test func `values brought under the limit are found and the untouched ones beside them are not`() throws {
    // GB 13271: 200 mg/m³ of SO2 at 9 % oxygen; the plant emits about that much.
    let honest = PlantedMonitor(means: [180, 90, 12])
    #expect(!honest.tests().contains(.limitPin))
    var pinned = honest
    for hour in pinned.values[0].indices {
      let factor = (21.0 - 9) / (21 - pinned.values[3][hour])
      if pinned.values[0][hour] * factor > 196 {
        pinned.values[0][hour] = (194 + Double(hour * 7919 % 50) / 10) / factor
      }
    }
    let flag = try #require(pinned.findings().flags.first { $0.test == .limitPin })
    #expect(flag.channel == .so2)
    #expect(flag.numbers.first { $0.name == "visits just above" }?.value == 0)
  }

  @Test func `nothing in the stack at full power is found on five nights and not on one`() throws {
    var monitor = PlantedMonitor()
    let power = monitor.power { $0 % 24 < 2 ? 20 : 1000 }
    func empty(_ days: [Int]) -> PlantedMonitor {
      var copy = monitor
      for day in days {
        for hour in day * 24 + 10..<day * 24 + 15 { for channel in 0..<3 { copy.values[channel][hour] = 0.1 } }
      }
      return copy
    }
    let flag = try #require(empty([3, 9, 15, 21, 27]).findings(power: power).flags.first { $0.test == .zeroAtPower })
    #expect(flag.hours == 25 && flag.channel == nil)
    #expect(!empty([9]).tests(power: power).contains(.zeroAtPower))
    // Without load nobody knows whether the plant ran.
    let silent = empty([3, 9, 15, 21, 27]).findings()
    #expect(!silent.flags.contains { $0.test == .zeroAtPower })
    #expect(silent.abstentions.contains { $0.test == .zeroAtPower && $0.reason == .noPower })
    // A stand with air in the stack and no load is a shutdown.
    for hour in 240..<340 {
      for channel in 0..<3 { monitor.values[channel][hour] = 0.1 }
      monitor.values[3][hour] = 20.8
      monitor.values[4][hour] = 500
    }
    #expect(monitor.tests(power: monitor.power { (240..<340).contains($0) ? 20 : 1000 }).isEmpty)
  }

  @Test func `marked calibration and maintenance are no emission at full power`() {
    var monitor = PlantedMonitor()
    for day in 0..<30 {
      for hour in day * 24 + 10..<day * 24 + 15 {
        for channel in 0..<3 { monitor.values[channel][hour] = 0.1 }
        monitor.marks[hour] = day % 2 == 0 ? .calibration : .maintenance
      }
    }
    #expect(!monitor.tests(power: monitor.power { $0 % 24 < 2 ? 20 : 1000 }).contains(.zeroAtPower))
  }

  @Test func `oxygen that keeps the converted value still is found, honest dilution is not`() throws {
    var diluted = PlantedMonitor()
    // Air that leaks in lowers concentration and raises oxygen together: converted values do not see it.
    for hour in diluted.values[0].indices {
      diluted.values[0][hour] *= (21 - diluted.values[3][hour]) / 11
    }
    #expect(!diluted.tests().contains(.oxygenCoupled))
    var made = PlantedMonitor()
    for hour in made.values[0].indices {
      made.values[3][hour] = ((21 - made.values[0][hour] * 12 / (110 + Double(hour % 3) * 0.2)) * 100).rounded() / 100
    }
    let flag = try #require(made.findings().flags.first { $0.test == .oxygenCoupled })
    #expect(flag.channel == .so2)
  }

  @Test func `oxygen below what coal smoke has is named, oxygen within is not`() {
    var monitor = PlantedMonitor()
    #expect(!monitor.tests().contains(.oxygenRange))
    for hour in 240..<720 { monitor.values[3][hour] = 2.5 + Double(hour % 5) / 10 }
    #expect(monitor.tests().contains(.oxygenRange))
    monitor.industryCode = "9999"
    #expect(!monitor.tests().contains(.oxygenRange))
  }

  @Test(arguments: [1.0, 0.8])
  func `a day sent again is found, as it was and scaled`(factor: Double) throws {
    var monitor = PlantedMonitor()
    for hour in 0..<24 {
      monitor.values[1][20 * 24 + hour] = (monitor.values[1][5 * 24 + hour] * factor * 10).rounded() / 10
    }
    let flag = try #require(monitor.findings().flags.first { $0.test == .copiedDays })
    #expect(flag.channel == .nox)
    #expect(flag.first == PlantedMonitor.start.advanced(by: 5) && flag.last == PlantedMonitor.start.advanced(by: 20))
  }

  /// Stands from 22 to 6: ten hours a day are left beside the edges.
  private func twoShifts() -> PlantedMonitor {
    var monitor = PlantedMonitor(seed: 3)
    for hour in monitor.values[3].indices where hour % 24 < 6 || hour % 24 >= 22 {
      for channel in 0..<3 { monitor.values[channel][hour] = 0 }
      monitor.values[3][hour] = 20.7
    }
    return monitor
  }

  @Test(arguments: [1.0, 0.8])
  func `a whole day sent again by a plant of two shifts is found by all channels together`(factor: Double) throws {
    #expect(!twoShifts().tests().contains(.copiedDays))
    var monitor = twoShifts()
    for hour in 0..<24 {
      for channel in 0..<3 {
        monitor.values[channel][20 * 24 + hour] = (monitor.values[channel][5 * 24 + hour] * factor * 10).rounded() / 10
      }
      monitor.values[3][20 * 24 + hour] = monitor.values[3][5 * 24 + hour]
    }
    let flags = monitor.findings().flags.filter { $0.test == .copiedDays }
    #expect(flags.map(\.channel) == [nil])
    let flag = try #require(flags.first)
    #expect(flag.first == PlantedMonitor.start.advanced(by: 5) && flag.last == PlantedMonitor.start.advanced(by: 20))
    let lead = flag.lead(
      EmissionOutlet(creditCode: monitor.creditCode, outlet: "DA001"), name: "W", cell: nil, sources: [])
    #expect(lead.statement.hasPrefix("Pollutants and oxygen of 1 pair of days"))
  }

  @Test func `plants that repeat the same shape every day have no copied days`() {
    var monitor = PlantedMonitor(jump: 0.05)
    for hour in monitor.values[0].indices {
      monitor.values[0][hour] = ((60 + 50 * Double(hour % 24) / 24) * monitor.values[0][hour] / 90 * 10).rounded() / 10
    }
    #expect(!monitor.tests().contains(.copiedDays))
  }

  @Test func `flow that halves while the load stays is found`() throws {
    var monitor = PlantedMonitor()
    let power = monitor.power { 1000 + Double($0 % 11) }
    #expect(!monitor.tests(power: power).contains(.flowLoad))
    for hour in 15 * 24..<720 { monitor.values[4][hour] *= 0.5 }
    let flag = try #require(monitor.findings(power: power).flags.first { $0.test == .flowLoad })
    #expect(flag.first == PlantedMonitor.start.advanced(by: 15))
    #expect(abs((flag.numbers.first { $0.name == "factor of flow per kWh" }?.value ?? 0) - 0.5) < 0.02)
  }

  @Test func `a plant that stood all month, and one without reports, are told and not judged`() {
    var monitor = PlantedMonitor()
    for hour in 0..<720 { monitor.values[3][hour] = 20.7 }
    let findings = monitor.findings()
    #expect(findings.flags.isEmpty)
    #expect(findings.abstentionCounts.contains { $0.reason == .tooLittleRunning || $0.reason == .channelMissing })
    monitor.missing = Set(0..<700)
    #expect(monitor.findings().flags.isEmpty)
  }

  @Test func `results do not depend on threads or on other outlets in the file`() {
    var monitor = PlantedMonitor()
    for hour in 0..<24 { monitor.values[1][20 * 24 + hour] = monitor.values[1][5 * 24 + hour] }
    for hour in 201..<220 { monitor.values[0][hour] = monitor.values[0][200] }
    let screen = EmissionScreen(rules: EmissionRules(), enterprises: [monitor.enterprise], seed: 3)
    let one = screen.findings(monitor.hours, power: nil, days: monitor.days, threads: 1)
    let four = screen.findings(monitor.hours, power: nil, days: monitor.days, threads: 4)
    #expect(one.flags == four.flags && one.abstentions == four.abstentions)
    #expect(one.flags.count >= 2)
  }

  @Test func `conversion to reference oxygen is that of the standards`() {
    let limit = EmissionLimit(
      source: "", so2: nil, nox: nil, pm: nil, referenceOxygenPercent: 6, plausibleOxygenPercent: nil)
    // 100 mg/m³ at 9 % oxygen are 125 at 6 %: (21 - 6) / (21 - 9).
    #expect(limit.conversionFactor(oxygenPercent: 9) == 1.25)
    #expect(limit.conversionFactor(oxygenPercent: 6) == 1)
    #expect(limit.conversionFactor(oxygenPercent: 20.9) == nil)
  }

  @Test func `numbers out of range are told by their key`() {
    var rules = EmissionRules()
    #expect(rules.defects.isEmpty)
    rules.maximumP = 2
    rules.copiedDays.permutations = 1
    #expect(rules.defects.map(\.key) == ["maximum_p", "copied_days.permutations"])
  }
}
