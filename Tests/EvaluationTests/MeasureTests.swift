import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct MeasureTests {
  private struct Golden: Decodable {
    struct Area: Decodable {
      let hits: Double
      let total: Double
      let area_hot: Double
      let area_all: Double
      let pai: Double
    }
    let pai: Area
  }

  @Test func `area under the curve, Brier score, log loss and calibration error are those of scikit-learn`() throws {
    for reference in try EvaluationReference.load().measures {
      let own = try #require(
        Reliability(probabilities: reference.p, outcomes: reference.y, weights: reference.w))
      #expect(abs((own.areaUnderCurve ?? 0) - reference.auc) < 1e-12)
      #expect(abs(own.brier - reference.brier) < 1e-12)
      #expect(abs(own.logLoss - reference.logLoss) < 1e-12)
      #expect(abs(own.calibrationError - reference.ece) < 1e-12)
      #expect(own.bins.reduce(0) { $0 + $1.count } == reference.p.count)
    }
    #expect(Reliability.areaUnderCurve([1, 1], [true, false], weights: [1, 1]) == 0.5)
    #expect(Reliability.areaUnderCurve([1, 2], [true, true], weights: [1, 1]) == nil)
    #expect(Reliability(probabilities: [], outcomes: []) == nil)
  }

  @Test func `the accuracy index is the published example's`() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: TestFiles.fixture("reference/golden.json"))
    ).pai
    let index = try #require(
      AreaAccuracy.accuracyIndex(
        hits: golden.hits, total: golden.total, areaHot: golden.area_hot, areaAll: golden.area_all))
    #expect(abs(index - golden.pai) < 1e-6)
    #expect(AreaAccuracy.accuracyIndex(hits: 0, total: 0, areaHot: 1, areaAll: 2) == nil)
  }

  @Test func `the efficiency index is 1 for the best ranking and n over n* for others`() throws {
    let finds = [5.0, 0, 3, 1, 1, 0, 0, 0, 0, 0]
    let best = try #require(AreaAccuracy(finds: finds, scores: finds, hotCells: 2))
    #expect(best.accuracyIndex == 4)  // 8 of 10 finds in a fifth of the cells
    #expect(best.efficiencyIndex == 1)
    let other = try #require(AreaAccuracy(finds: finds, scores: [9, 8, 0, 0, 0, 0, 0, 0, 0, 0], hotCells: 2))
    #expect(other.accuracyIndex == 2.5)
    #expect(other.efficiencyIndex == 5.0 / 8)
    #expect(AreaAccuracy(finds: [0, 0], scores: [1, 2], hotCells: 1) == nil)
  }

  @Test func `days sooner against an order is by hand the mean over finds`() {
    let capacities = [(day: 10, visits: 2), (day: 11, visits: 1), (day: 14, visits: 1)]
    let usual = DaysSooner.schedule(order: [0, 1, 2, 3], capacities: capacities)
    let ours = DaysSooner.schedule(order: [3, 2, 1, 0], capacities: capacities)
    #expect(usual == [10, 10, 11, 14])
    #expect(ours == [14, 11, 10, 10])
    #expect(DaysSooner.mean(usual: usual, ours: ours, isFind: [false, true, false, true]) == 1.5)  // -1 and 4
    #expect(DaysSooner.mean(usual: usual, ours: ours, isFind: [false, false, false, false]) == nil)
    #expect(DaysSooner.usualDay(rank: 7, targets: 100, visitsPerDay: 3) == 2)
    #expect(DaysSooner.usualDay(rank: nil, targets: 101, visitsPerDay: 10) == 5)
  }

  @Test(
    .enabled(if: TestFiles.sharedData(ChicagoInspections.path) != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `Chicago's score finds 68 percent in the first month where business as usual found 55, a week sooner`() throws {
    let test = try ChicagoInspections.test()
    #expect(test.count == 1637)
    var capacities: [(day: Int, visits: Int)] = []
    for row in test {
      if capacities.last?.day == row.day {
        capacities[capacities.count - 1].visits += 1
      } else {
        capacities.append((day: row.day, visits: 1))
      }
    }
    let isFind = test.map(\.found)
    let usual = DaysSooner.schedule(order: Array(test.indices), capacities: capacities)
    let ours = DaysSooner.schedule(
      order: test.indices.sorted { (-test[$0].score, $0) < (-test[$1].score, $1) }, capacities: capacities)
    let month = ChicagoInspections.dayNumber("2014-09-30")
    let before = try #require(DaysSooner.shareFound(by: month, days: usual, isFind: isFind))
    let after = try #require(DaysSooner.shareFound(by: month, days: ours, isFind: isFind))
    let sooner = try #require(DaysSooner.mean(usual: usual, ours: ours, isFind: isFind))
    // Published: 55 %, 69 %, 7.5 days; the published program splits days and ties a little differently.
    #expect(abs(before - 0.55) < 0.005)
    #expect(abs(after - 0.69) < 0.01)
    #expect(abs(sooner - 7.5) < 0.5)
  }
}

/// Chicago's food inspections of September and October 2014, which its model was tested on.
enum ChicagoInspections {
  static let path = "inspection/chicago_food_inspections_2011_2014.csv.gz"

  static func dayNumber(_ text: String) -> Int {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3 else { return 0 }
    // Days of 2014 before each month.
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    return (parts[0] - 2014) * 365 + before[parts[1] - 1] + parts[2]
  }

  /// In the order of their days. Days are counted from the end of 2013.
  static func test() throws -> [(day: Int, found: Bool, score: Double)] {
    let url = try #require(TestFiles.sharedData(path))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", url.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    var rows: [(day: Int, found: Bool, score: Double)] = []
    for line in text.split(separator: "\n").dropFirst() where line.contains(",TRUE,FALSE") {
      // The last columns have no quotes: ..., criticalFound, score, Test, Train; the date is the only field like it.
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let date = fields.first(where: { $0.count == 10 && $0.hasPrefix("20") && $0.contains("-") }),
        let score = Double(fields[fields.count - 3]), let critical = Int(fields[fields.count - 4])
      else { continue }
      rows.append((dayNumber(String(date)), critical > 0, score))
    }
    return rows.enumerated().sorted { ($0.element.day, $0.offset) < ($1.element.day, $1.offset) }.map(\.element)
  }
}
