import Diagnostics
import Enterprises
import Foundation
import Ingest
import Quantities
import TestSupport
import Testing

@Suite struct PowerFileTests {
  private func read(
    _ text: String, label: PowerLabel = .begin, threads: Int = 1
  ) throws -> ReadResult<PowerReadings> {
    var options = ReadOptions(now: testClock, threads: threads)
    options.blockBytes = 1 << 18
    return try PowerFile.read(path: temporaryFile(text), options: options, label: label)
  }

  @Test func `quarter hours land on their step, each meter and circuit on its curve`() throws {
    let result = try read(
      """
      meter_id,circuit,time,kwh
      M2,production,2017-11-21T00:00:00+08:00,1.25
      M1,total,2017-11-21 23:45,2
      M2,treatment,2017-11-20T16:15:00Z,3
      M2,production,2017-11-21T00:15:00+08:00,0
      M1,total,2017-11-22 00:00,
      M1,total,2017-11-22 00:15,4
      """)
    #expect(result.value.meterIDs == ["M2", "M1"])
    #expect(result.rowsRead == 6 && result.rowsKept == 5 && result.value.missingRows == 1)
    #expect(result.value.days.map(\.day.description) == ["2017-11-21", "2017-11-22"])
    let day = result.value.days[0]
    #expect(day.meters == [0, 0, 1] && day.circuits == [1, 2, 0] && day.firstLines == [2, 4, 3])
    #expect(day.hourly == [0, 0, 0])
    #expect(day[0].energyKilowattHours[0...1] == [1.25, 0])
    #expect(day[1].energyKilowattHours[1] == 3)
    #expect(day[2].energyKilowattHours[95] == 2)
    #expect(day[0].energyKilowattHours.count { !$0.isNaN } == 2)
  }

  @Test func `an hourly meter is spread over its quarter hours and marked`() throws {
    let rows = (0..<24).map { "H,total,2017-11-21T\($0 < 10 ? "0" : "")\($0):00,\($0 * 4)\n" }.joined()
    let result = try read("meter_id,circuit,time,kwh\n" + rows + "Q,total,2017-11-21T08:15,1\n")
    let day = result.value.days[0]
    #expect(day.hourly == [1, 0])
    #expect(day[0].energyKilowattHours == (0..<96).map { Float($0 / 4) })
  }

  @Test func `a cumulative register is kept by circuit and day, and a bad one is told`() throws {
    let result = try read(
      """
      meter_id,circuit,time,kwh,register_kwh
      M,total,2017-11-21 00:00,1,1000.5
      M,total,2017-11-21 00:15,2,1001.5
      M,total,2017-11-21 00:30,2,
      M,total,2017-11-21 00:45,2,1000.0
      M,production,2017-11-21 00:00,1,7
      M,total,2017-11-22 00:00,1,2000
      M,total,2017-11-22 00:15,1,lots
      """)
    #expect(result.rejects.rows.map(\.line) == [8] && result.rowsKept == 6)
    let registers = result.value.days[0].registers
    #expect(registers.map(\.circuit) == [.total, .production])
    #expect(registers[0].firstStep == 0 && registers[0].lastStep == 3 && registers[0].backwardSteps == 1)
    #expect(registers[0].energyKilowattHours == -0.5 && result.value.days[1].registers[0].first == 2000)
    let end = try read(
      "meter_id,time,kwh,register_kwh\nM,2017-11-21 00:15,1,5\nM,2017-11-22 00:00,3,9\n", label: .end)
    #expect(end.value.days[0].registers.map { [$0.firstStep, $0.lastStep] } == [[1, 96]])
    #expect(try read("meter_id,time,kwh\nM,2017-11-21 00:15,1\n").value.days[0].registers.isEmpty)
  }

  @Test func `labels at the end move back, and the trap of the midnight is an option`() throws {
    let text = "meter_id,time,kwh\nM,2017-11-21 00:15,1\nM,2017-11-21 23:45,2\nM,2017-11-22 00:00,3\n"
    let end = try read(text, label: .end).value.days
    #expect(end.map(\.day.description) == ["2017-11-21"])
    #expect(end[0][0].energyKilowattHours[0] == 1 && end[0][0].energyKilowattHours[94...95] == [2, 3])
    let trap = try read(text.replacing("2017-11-22 00:00", with: "2017-11-21 00:00"), label: .endSameDate).value.days
    #expect(trap[0][0].energyKilowattHours.map(\.bitPattern) == end[0][0].energyKilowattHours.map(\.bitPattern))
    let hourly = try read("meter_id,time,kwh\nM,2017-11-21 01:00,4\nM,2017-11-22 00:00,8\n", label: .end).value.days
    #expect(hourly[0].hourly == [1])
    #expect(hourly[0][0].energyKilowattHours[0...3] == [1, 1, 1, 1])
    #expect(hourly[0][0].energyKilowattHours[92...95] == [2, 2, 2, 2])
  }

  @Test func `bad rows are rejected with line, reason and text`() throws {
    let result = try read(
      """
      meter_id,circuit,time,kwh
      M,total,2017-11-21T00:00,1
      M,total,2017-11-21T00:00,1
      M,total,2017-11-21T00:00,2
      M,total,2017-11-21T00:07,1
      M,total,21/11/2017,1
      M,total,2017-11-21T00:15,-3
      M,total,2017-11-21T00:30,1e9
      M,total,2017-11-21T00:45,much
      M,heating,2017-11-21T01:00,1
      ,total,2017-11-21T01:00,1
      M,total,2018-11-21T01:00,1
      M,total
      M,total,2017-11-21T01:00,-999
      """)
    #expect(
      result.rejects.rows.map { "\($0.line): \($0.reason)" } == [
        "3: row repeats an earlier one", "4: second, different value for the same meter, circuit and time",
        "5: time is not on a quarter hour", "6: time is not a time", "7: kwh is negative",
        "8: kwh is absurdly large", "9: kwh is not a number", "10: circuit is not total, production or treatment",
        "11: meter_id is empty", "12: time is in the future", "13: row has too few columns",
      ])
    #expect(result.rejects.rows[1].text == "M,total,2017-11-21T00:00,2")
    #expect(result.rowsRead == 13 && result.rowsKept == 1 && result.value.missingRows == 1)
  }

  /// A file of several blocks, so that threads have something to share; with rejects in it.
  private static let large: String = {
    var text = "time,meter_id,kwh,circuit\n"
    text.reserveCapacity(2_500_000)
    for step in 0..<192 {
      let day = 20 + step / 96
      let time = "2017-11-\(day)T\(twoDigits(step % 96 / 4)):\(twoDigits(step % 4 * 15)):00+08:00"
      for meter in 0..<250 {
        let value = (meter * 31 + step * 17) % 4001
        text += "\(time),meter-\(meter),\(value / 10).\(value % 10),\(meter % 3 == 0 ? "total" : "production")\n"
        if (meter + step * 250) % 5_021 == 7 { text += "\(time),meter-\(meter),5000.5,total\n\(time),,1,total\n" }
      }
    }
    return text
  }()

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  @Test func `threads and compression change nothing`() throws {
    let one = try read(Self.large)
    let two = try read(Self.large, threads: 2)
    #expect(one.value.meterIDs == two.value.meterIDs)
    #expect(one.rejects.rows == two.rejects.rows && one.rejects.count >= 6)
    #expect(one.rowsKept == two.rowsKept && one.rowsRead == Self.large.utf8.count { $0 == 0x0A } - 1)
    for (a, b) in zip(one.value.days, two.value.days) {
      #expect(a.day == b.day && a.meters == b.meters && a.circuits == b.circuits && a.firstLines == b.firstLines)
      #expect(a.energyKilowattHours.map(\.bitPattern) == b.energyKilowattHours.map(\.bitPattern))
    }
    let packed = try PowerFile.read(
      path: temporaryFile(gzipped(Self.large), name: "p.csv.gz"), options: ReadOptions(now: testClock, threads: 2))
    #expect(packed.rowsKept == one.rowsKept && packed.rejects.rows == one.rejects.rows)
  }

  @Test func `every value arrives: twin with a plain reading of the text`() throws {
    let result = try read(Self.large, threads: 2)
    let sum = result.value.days.reduce(0.0) {
      $0 + $1.energyKilowattHours.reduce(0.0) { $1.isNaN ? $0 : $0 + Double($1) }
    }
    var seen: Set<String> = []
    var expected = 0.0
    for line in Self.large.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard !fields[1].isEmpty, seen.insert("\(fields[0]) \(fields[1]) \(fields[3])").inserted else { continue }
      expected += Double(Float(fields[2]) ?? 0)
    }
    #expect(abs(sum - expected) < 1e-6 * expected)
  }

  @Test(
    .enabled(
      if: TestFiles.sharedData("power/steel_industry_uci851.csv.gz") != nil,
      Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `the steel works' midnights belong to the day they end`() throws {
    // Rewritten into the contract's columns: d/m/Y becomes ISO, nothing else changes.
    let path = try #require(TestFiles.sharedData("power/steel_industry_uci851.csv.gz")).path
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    process.standardOutput = pipe
    try process.run()
    let source = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    var text = "meter_id,time,kwh\n"
    for line in source.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",")
      let parts = fields[0].split { "/ ".contains($0) }
      text += "steel,\(parts[2])-\(parts[1])-\(parts[0]) \(parts[3]),\(fields[1])\n"
    }
    let result = try PowerFile.read(
      path: temporaryFile(text), options: ReadOptions(now: Instant(secondsSinceEpoch: 1_700_000_000)),
      label: .endSameDate)
    #expect(result.rejects.isEmpty && result.rowsKept == 35_040)
    #expect(result.value.days.count == 365)
    #expect(result.value.days.allSatisfy { $0.energyKilowattHours.allSatisfy { !$0.isNaN } })
  }
}
