import Evaluation
import Inspections
import Quantities
import Testing

@Suite struct EvaluatedDrawsTests {
  private let day = LocalDay(ordinal: 17490)

  private func outcome(
    _ id: String, day: Int, code: String? = nil, problems: Int = 1, severity: Double = 2, by: [String] = [],
    classes: [String] = []
  ) -> Outcome {
    Outcome(
      targetID: id, creditCode: code,
      time: LocalHour(day: self.day.advanced(by: day), hourOfDay: 10).start, inspectorIDs: by, problems: problems,
      severity: severity, classes: classes)
  }

  private func frame(_ days: [Int] = [0]) -> [FrameRecord] {
    days.flatMap { day in
      ["E-A", "E-B", "M-1", "C-9"].enumerated().map { place, id in
        FrameRecord(
          id: id, score: Double(4 - place), county: "13010\(place / 2)", targetClass: String(id.prefix(1)),
          cell: "3000-1-\(place)", day: self.day.advanced(by: day), usualRank: Double(place))
      }
    }
  }

  private func drawn(_ days: [Int] = [0], arm: String? = "scored") -> [DrawRecord] {
    days.flatMap { day in
      ["E-A", "E-B", "M-1", "C-9"].map {
        DrawRecord(
          id: $0, inclusionProbability: 0.5, isDrawn: $0 != "E-B", arm: $0 == "C-9" ? "random" : arm,
          day: self.day.advanced(by: day))
      }
    }
  }

  @Test func `an outcome goes to the newest draw before it, later and stray ones are counted`() throws {
    let joined = try EvaluatedDraws.joined(
      frame: frame([0, 5]), drawn: drawn([0, 5]),
      outcomes: [
        outcome("E-A", day: 1, problems: 0), outcome("E-A", day: 6), outcome("E-B", day: 1), outcome("M-1", day: 40),
        outcome("C-9", day: -1),
      ])
    let visited = joined.visited
    #expect(visited.map(\.frame.id) == ["E-A", "E-A"])
    #expect(visited.map { $0.outcome?.problems } == [0, 1])
    #expect(visited.map(\.draw) == [0, 1])
    #expect(joined.strayOutcomes == 3)
    #expect(joined.unvisited == 4)
    #expect(joined.units.count == 8 && joined.draws == 2)
  }

  @Test func `a find is off the list when nobody knew its code`() throws {
    func isOffList(_ outcome: Outcome) throws -> Bool? {
      try EvaluatedDraws.joined(frame: frame(), drawn: drawn(), outcomes: [outcome], registered: ["R"])
        .visited.first?.outcome?.isOffList
    }
    #expect(try isOffList(outcome("E-A", day: 0)) == false)
    #expect(try isOffList(outcome("E-A", day: 0, code: "X")) == true)
    #expect(try isOffList(outcome("M-1", day: 0)) == true)
    #expect(try isOffList(outcome("M-1", day: 0, code: "B")) == false)
    #expect(try isOffList(outcome("C-9", day: 0, code: "R")) == false)
    #expect(try isOffList(outcome("C-9", day: 0, problems: 0)) == false)
    #expect(try isOffList(outcome("E-A", day: 0, classes: ["scattered-off-list"])) == true)
  }

  @Test func `two visits count as blind only when no inspector was at both`() throws {
    func pairs(_ first: [String], _ second: [String], problems: Int = 0, days: Int = 1) throws -> [Int] {
      let pairs = try EvaluatedDraws.joined(
        frame: frame(), drawn: drawn(),
        outcomes: [outcome("E-A", day: 0, by: first), outcome("E-A", day: days, problems: problems, by: second)]
      ).blindPairs
      return [pairs.both, pairs.one, pairs.neither]
    }
    #expect(try pairs(["a", "b"], ["c", "d"]) == [0, 1, 0])
    #expect(try pairs(["a", "b"], ["c", "d"], problems: 2) == [1, 0, 0])
    #expect(try pairs(["a", "b"], ["b", "d"]) == [0, 0, 0])
    #expect(try pairs([], ["b"]) == [0, 0, 0])
    #expect(try pairs(["a"], ["b"], days: 9) == [0, 0, 0])
  }

  @Test func `arms, days sooner and burden come out by hand`() throws {
    let joined = try EvaluatedDraws.joined(
      frame: frame(), drawn: drawn(),
      outcomes: [outcome("E-A", day: 0), outcome("M-1", day: 2), outcome("C-9", day: 1)])
    let blocks = joined.armBlocks()
    // Three visits a day: ranks 0, 2 and 3 come on days 0, 0 and 1 of the usual order.
    #expect(blocks.map(\.arm) == ["random", "scored", "scored"])
    #expect(blocks.map(\.daysSooner) == [0, 0, -2])
    let evaluation = joined.evaluation()
    #expect(evaluation.visits == 3 && evaluation.unvisited == 0)
    #expect(evaluation.counties.map(\.group) == ["130100", "130101"])
    #expect(evaluation.counties.map(\.visits) == [1, 2])
    #expect(evaluation.prevalence?.horvitzThompson.value == 1.5)  // 3 finds at π = ½ of 4 targets, as one draw may give
    #expect(evaluation.prevalence?.hajek.value == 1)
    #expect(evaluation.area?.hotCells == 1)
    #expect(evaluation.reliability == nil)
    #expect(evaluation.notes.contains { $0.contains("county-days") })
  }

  @Test func `rows that do not belong together are refused`() throws {
    func problem(_ frame: [FrameRecord], _ drawn: [DrawRecord]) -> String? {
      #expect(throws: EvaluationProblem.self) { try EvaluatedDraws.joined(frame: frame, drawn: drawn, outcomes: []) }?
        .problem
    }
    #expect(problem(frame() + frame(), drawn())?.contains("twice in the frame") == true)
    #expect(problem(frame(), drawn() + drawn())?.contains("twice in the draw") == true)
    #expect(problem(Array(frame().dropFirst()), drawn())?.contains("E-A was drawn and is not in the frame") == true)
    let undated = frame().map { row in
      var row = row
      row.day = nil
      return row
    }
    #expect(problem(undated, drawn([0, 1]))?.contains("no date") == true)
  }

  @Test func `a group visited more without more finds is flagged, and one visited more with more is not`() {
    func units(_ name: String, _ targets: Int, _ visits: Int, _ finds: Int) -> [Burden.Unit] {
      (0..<targets).map {
        Burden.Unit(group: name, probability: 0.1, found: $0 < visits ? $0 < finds : nil)
      }
    }
    let table = Burden.table(
      units("even", 1000, 100, 20) + units("harassed", 400, 120, 20) + units("rightly", 400, 120, 80)
        + units("spared", 1000, 30, 25))
    #expect(
      table.map(\.flag) == [nil, "visited more, not clearly more found", nil, "visited less, more found"])
    #expect(table[1].expectedVisits > 39.9 && table[1].expectedVisits < 40.1)
    #expect(Burden.table([]).isEmpty)
  }

  @Test func `who went changes nothing but the pairs`() throws {
    let a = try EvaluatedDraws.joined(
      frame: frame(), drawn: drawn(), outcomes: [outcome("E-A", day: 0, by: ["x", "y"]), outcome("M-1", day: 1)])
    let b = try EvaluatedDraws.joined(
      frame: frame(), drawn: drawn(), outcomes: [outcome("E-A", day: 0, by: ["q"]), outcome("M-1", day: 1, by: ["r"])])
    #expect(a.units == b.units)
  }
}
