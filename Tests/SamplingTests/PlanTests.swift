import Digests
import Foundation
import TestSupport
import Testing

@testable import Sampling

@Suite struct PlanTests {
  @Test func `a plain plan draws what the plain draw draws, bit for bit`() throws {
    for seed in 0..<100 as Range<UInt64> {
      let random = RandomFrame(seed: seed)
      let frame = try Frame(random.units)
      guard let plain = try? frame.draw(size: random.size, seed: "s", floor: random.floor) else { continue }
      let planned = try frame.draw(plan: DrawPlan(size: random.size, floor: random.floor), seed: "s")
      #expect(planned.units.map(\.unit) == plain, "seed \(seed)")
      #expect(planned.plan.version == Frame.drawVersion)
    }
  }

  @Test func `a plan's lines read back, and another version is refused`() throws {
    for seed in 0..<50 as Range<UInt64> {
      let plan = RandomPlan(seed: seed).plan
      #expect(DrawPlan(lines: plan.lines) == plan)
    }
    var lines = DrawPlan(size: 3).lines
    lines[0] = "version: pareto-sha256-2"
    #expect(DrawPlan(lines: lines) == nil)
  }

  @Test func `the random arm is a uniform draw of its own and nobody is visited twice`() throws {
    let frame = try Frame((0..<50).map { FrameUnit(id: "u\($0)", score: Double($0 + 1)) })
    var plan = DrawPlan(size: 10)
    let without = try frame.draw(plan: plan, seed: "s")
    plan.randomUnits = 20
    let with = try frame.draw(plan: plan, seed: "s")
    // The scored draw does not know of the random arm.
    #expect(with.units.map(\.isScored) == without.units.map(\.isScored))
    #expect(with.units.count(where: \.isRandom) == 20)
    #expect(with.drawnIDs.count == Set(with.drawnIDs).count)
    #expect(with.randomProbability == 0.4)
    for unit in with.units {
      #expect(abs(unit.combinedProbability - (0.4 + 0.6 * unit.inclusionProbability)) < 1e-12)
    }
    let cut = try #require(with.randomCut)
    for unit in with.units {
      let ticket = try #require(unit.randomTicket)
      #expect((ticket < cut || ticket == cut) == unit.isRandom)
    }
  }

  @Test func `reserves hold undrawn units in Pareto order, group by group`() throws {
    let frame = try Frame((0..<60).map { FrameUnit(id: "u\($0)", score: Double($0 % 7 + 1), city: "c\($0 % 3)") })
    var plan = DrawPlan(size: 12)
    plan.reserve = 4
    plan.reserveColumn = .city
    let result = try frame.draw(plan: plan, seed: "s")
    #expect(result.reserves.map(\.group) == ["c0", "c1", "c2"])
    #expect(result.reserves.allSatisfy { $0.ids.count == 4 })
    // The first in reserve over all groups is the first that a draw of one more unit with the same odds would take.
    let slots = Dictionary(uniqueKeysWithValues: frame.units.enumerated().map { ($0.element.id, $0.offset) })
    for reserve in result.reserves {
      let ranks = reserve.ids.compactMap { slots[$0] }.map {
        ParetoRank(ticket: result.units[$0].ticket, probability: result.units[$0].inclusionProbability)
      }
      for (a, b) in zip(ranks, ranks.dropFirst()) { #expect(a.precedes(b) == true) }
      #expect(reserve.ids.allSatisfy { id in !result.drawnIDs.contains(id) })
    }
  }

  @Test func `cuts part the drawn from the others`() throws {
    for seed in 0..<60 as Range<UInt64> {
      let random = RandomPlan(seed: seed * 4)
      guard let result = try? Frame(random.units).draw(plan: random.plan, seed: "s\(seed)") else { continue }
      for unit in result.units where unit.inclusionProbability < 1 {
        let cut = try #require(result.cuts.first { $0.pool == unit.pool }?.rank)
        let rank = ParetoRank(ticket: unit.ticket, probability: unit.inclusionProbability)
        #expect(rank.isAtMost(cut) == unit.isScored, "seed \(seed) \(unit.id)")
      }
    }
  }

  @Test func `what a plan cannot do is explained`() throws {
    let frame = try Frame((0..<4).map { FrameUnit(id: "u\($0)", score: 1) })
    #expect(throws: DrawProblem.noPositions) { try frame.draw(plan: DrawPlan(size: 2, method: .lpm), seed: "s") }
    var plan = DrawPlan(size: 2)
    plan.randomUnits = 5
    #expect(throws: DrawProblem.randomSize(5, units: 4)) { try frame.draw(plan: plan, seed: "s") }
    plan.randomUnits = 0
    plan.cap = 0.4
    #expect(throws: DrawProblem.capsBelowSize(sum: 1.6, size: 2)) { try frame.draw(plan: plan, seed: "s") }
    plan.cap = 0
    #expect(throws: DrawProblem.cap(0)) { try frame.draw(plan: plan, seed: "s") }
    #expect(throws: DrawProblem.maximumProbability(id: "a", 0)) {
      try Frame([FrameUnit(id: "a", score: 1, maximumProbability: 0)])
    }
    #expect(throws: DrawProblem.position(id: "a")) {
      try Frame([FrameUnit(id: "a", score: 1, position: FramePosition(x: .nan, y: 0))])
    }
  }

  // MARK: the Python twin

  private func field(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }

  private func frameText(_ units: [FrameUnit]) -> String {
    units.reduce("id,score,stratum,min_probability,max_probability,county,city,class,x,y\n") {
      let x = $1.position.map { "\($0.x)" } ?? ""
      let y = $1.position.map { "\($0.y)" } ?? ""
      return $0 + "\(field($1.id)),\($1.score),\($1.stratum),\($1.minimumProbability),\($1.maximumProbability),"
        + "\($1.county),\($1.city),\($1.unitClass),\(x),\(y)\n"
    }
  }

  private func drawnText(_ result: DrawResult) -> String {
    result.units.reduce(
      "id,inclusion_probability,ticket,drawn,arm,random_ticket,combined_probability,pool,reserve\n"
    ) {
      $0 + "\(field($1.id)),\($1.inclusionProbability),\($1.ticket.hex),\($1.isDrawn ? 1 : 0),\($1.arm),"
        + "\($1.randomTicket?.hex ?? ""),\($1.combinedProbability),\($1.pool),\($1.reservePlace.map(String.init) ?? "")\n"
    }
  }

  @Test(.enabled(if: DrawVerificationTests.hasPython, "python3 is not installed"))
  func `the Python verifier agrees on random plans of every method, to the last bit`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var lists: [String] = []
    var methods: [DrawMethod: Int] = [:]
    var withQuotas = 0
    for seed in 5000..<5160 as Range<UInt64> {
      let random = RandomPlan(seed: seed)
      guard let result = try? Frame(random.units).draw(plan: random.plan, seed: "种子 \(seed)") else { continue }
      methods[random.plan.method, default: 0] += 1
      if !random.plan.quotas.isEmpty { withQuotas += 1 }
      try Data(frameText(random.units).utf8).write(to: folder.appending(path: "frame\(seed).csv"))
      try Data(drawnText(result).utf8).write(to: folder.appending(path: "drawn\(seed).csv"))
      let plan = random.plan
      var arguments = ["frame\(seed).csv", "drawn\(seed).csv", "种子 \(seed)", "--method", plan.method.rawValue]
      arguments += ["--size", String(plan.size ?? 0), "--floor", "\(plan.floor)", "--cap", "\(plan.cap)"]
      arguments += ["--inspectors", "3", "--random", String(plan.randomUnits), "--reserve", String(plan.reserve)]
      if let column = plan.reserveColumn { arguments += ["--reserve-per", column.rawValue] }
      arguments += plan.quotas.flatMap { ["--quota", $0.description] }
      lists.append(arguments.joined(separator: "\t"))
    }
    #expect(methods.values.allSatisfy { $0 > 10 } && methods.count == 4 && withQuotas > 30)
    try Data(lists.joined(separator: "\n").utf8).write(to: folder.appending(path: "cases.txt"))
    let (status, text) = try PythonVerifier.run(
      """
      import verify_draw
      for line in open("cases.txt", encoding="utf-8"):
          verify_draw.main_plan(line.rstrip("\\n").split("\\t"))
      """, in: folder)
    #expect(status == 0, Comment(rawValue: text))
    #expect(text.split(separator: "\n").count == lists.count)
  }
}

/// Runs Python with the verifier of the repository on its path.
enum PythonVerifier {
  static func run(_ program: String, in folder: URL) throws -> (status: Int32, text: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.currentDirectoryURL = folder
    process.environment = [
      "PYTHONPATH": TestFiles.repository.appending(path: "tools").path, "PYTHONDONTWRITEBYTECODE": "1",
    ]
    process.arguments = ["-c", program]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
