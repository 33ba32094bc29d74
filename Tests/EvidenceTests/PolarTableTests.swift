import Evidence
import Foundation
import TestSupport
import Testing

@Suite struct PolarTableTests {
  private func wind(_ from: [Double], _ speeds: [Double]) -> HourlyWind {
    HourlyWind(
      firstHour: 0, east: zip(from, speeds).map { -$1 * sin($0 * .pi / 180) },
      north: zip(from, speeds).map { -$1 * cos($0 * .pi / 180) })
  }

  @Test func `a sector is centred on its direction and takes what the wind comes from`() {
    let table = PolarTable(
      values: [1, 2, 3, 4], wind: wind([355, 11, 90, 270], [1.5, 1.5, 1.5, 1.5]), fewest: 1)
    let counts = table.bins.filter { $0.hours > 0 }.map { ($0.sector, $0.hours) }
    #expect(counts.map(\.0) == [0, 4, 12] && counts.map(\.1) == [2, 1, 1])
  }

  @Test func `above is strict`() {
    // The median of 1, 2, 2, 2, 3 is 2: only 3 lies above it.
    let table = PolarTable(
      values: [1, 2, 2, 2, 3], wind: wind([0, 0, 0, 0, 0], [2, 2, 2, 2, 2]), percentile: 50, fewest: 1)
    let bin = table.bins.first { $0.hours == 5 }
    #expect(table.threshold == 2 && bin?.above == 1 && bin?.probability == 0.2)
  }

  @Test func `calms and missing hours are counted and in no sector`() {
    let made = wind([0, 0, 90], [0.2, 3, 3])
    let table = PolarTable(
      values: [5, .nan, 7, 9],
      wind: HourlyWind(firstHour: 0, east: made.east + [.nan], north: made.north + [.nan]), fewest: 1)
    #expect(table.hoursUsed == 2 && table.hoursWithoutValue == 1 && table.hoursWithoutWind == 1)
    #expect(table.bins.last?.sector == -1 && table.bins.last?.hours == 1 && table.bins.last?.fromDegrees == nil)
  }

  @Test func `too few hours give a count and nothing else`() {
    let table = PolarTable(values: [5, 6], wind: wind([0, 0], [3, 3]), fewest: 3)
    let bin = table.bins.first { $0.hours == 2 }
    #expect(bin != nil && bin?.mean == nil && bin?.probability == nil && bin?.lowestProbability == nil)
  }

  @Test func `the excess is what lies above the background, and absent without one`() {
    let own = wind([0, 0, 0], [3, 3, 3])
    let table = PolarTable(values: [50, 60, 70], backgrounds: [40, .nan, 50], wind: own, fewest: 2)
    #expect(table.bins.first { $0.hours == 3 }?.meanExcess == 15)
    #expect(PolarTable(values: [50, 60, 70], wind: own, fewest: 2).bins.allSatisfy { $0.meanExcess == nil })
    #expect(PolarTable(values: [], wind: wind([], [])).threshold == nil)
  }

  private struct Reference: Decodable {
    struct Bin: Decodable {
      let sector, speed, hours, above: Int
      let mean, low, high: Double
    }
    let used: Int
    let threshold: Double
    let bins: [Bin]
  }

  @Test(.enabled(if: TestFiles.sharedData(series) != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `bins of the Marylebone series are those of pandas`() throws {
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: TestFiles.fixture("reference/polar.json")))
    let url = try #require(TestFiles.sharedData(Self.series))
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", url.path]
    let pipe = Pipe()
    gzip.standardOutput = pipe
    try gzip.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    gzip.waitUntilExit()
    var (values, from, speeds): ([Double], [Double], [Double]) = ([], [], [])
    for row in text.split(separator: "\n") where row.hasPrefix("2003") || row.hasPrefix("\"2003") {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      speeds.append(Double(fields[1]) ?? .nan)
      from.append(Double(fields[2]) ?? .nan)
      values.append(Double(fields[3]) ?? .nan)
    }
    // A hair slower would fall into the class below: speeds are stored to a hundredth.
    let table = PolarTable(values: values, wind: wind(from, speeds.map { $0 + 1e-9 }), fewest: 1)
    #expect(table.hoursUsed == reference.used)
    #expect(abs((table.threshold ?? 0) - reference.threshold) < 1e-9)
    var seen = 0
    for expected in reference.bins where expected.speed >= 0 {
      let bin = table.bins[expected.sector * 6 + expected.speed]
      #expect(bin.hours == expected.hours && bin.above == expected.above)
      #expect(abs((bin.mean ?? 0) - expected.mean) < 1e-5)
      #expect(abs((bin.lowestProbability ?? 9) - expected.low) < 1e-5)
      #expect(abs((bin.highestProbability ?? 9) - expected.high) < 1e-5)
      seen += bin.hours
    }
    #expect(seen + (table.bins.last?.hours ?? 0) == table.hoursUsed)
  }

  static let series = "meteo/openair_mydata_marylebone_1998_2005.csv.gz"
}
