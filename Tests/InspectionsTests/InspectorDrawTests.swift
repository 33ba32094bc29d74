import Diagnostics
import Digests
import Inspections
import Quantities
import Testing

@Suite struct InspectorDrawTests {
  static let day = LocalDay(ordinal: 17_492)  // 2017-11-22

  static func inspector(
    _ id: String, city: String = "130500", specialities: [String] = [], conflicts: [String] = [], most: Int = 6,
    until: Int = 100
  ) throws -> Inspector {
    Inspector(
      id: id, homeCity: try #require(CityName(city)), certifiedFrom: day.advanced(by: -100),
      certifiedUntil: day.advanced(by: until), specialities: specialities, conflicts: conflicts, maximumPerDay: most)
  }

  static func duty(
    _ id: String, days: Int = 0, targets: Int = 1, county: String = "130102", speciality: String? = nil
  ) -> InspectionDuty {
    InspectionDuty(
      id: id, day: day.advanced(by: days),
      targets: (0..<targets).map {
        DutyTarget(
          id: "\(id)-\($0)", creditCode: "firm-\(id)-\($0)", countyCode: county, cityName: "石家庄市",
          speciality: speciality)
      })
  }

  @Test func `each rule keeps its inspector away, and a city matches by code and by name`() throws {
    let duty = Self.duty("d", targets: 2)
    #expect(try Self.inspector("a").exclusion(from: duty) == nil)
    #expect(try Self.inspector("a", city: "130100").exclusion(from: duty) == .homeCity)
    #expect(try Self.inspector("a", city: "石家庄").exclusion(from: duty) == .homeCity)
    #expect(try Self.inspector("a", city: "唐山市").exclusion(from: duty) == nil)
    #expect(try Self.inspector("a", conflicts: ["firm-d-1"]).exclusion(from: duty) == .conflict)
    #expect(try Self.inspector("a", conflicts: ["130102"]).exclusion(from: duty) == .conflict)
    #expect(try Self.inspector("a", conflicts: ["firm-e-1"]).exclusion(from: duty) == nil)
    #expect(try Self.inspector("a", most: 1).exclusion(from: duty) == .tooManyTargets)
    #expect(try Self.inspector("a", until: -1).exclusion(from: duty) == .notCertified)
    #expect(try Self.inspector("a", until: 0).exclusion(from: duty) == nil)
  }

  @Test func `all counties of Beijing are one city`() {
    #expect(CityName("110228") == CityName("110101"))
    #expect(CityName("130102") != CityName("130502"))
  }

  @Test func `a home city that cannot be compared is an error, not a pass`() throws {
    let target = DutyTarget(id: "t", creditCode: nil, countyCode: nil, cityName: "邢台市")
    let duty = InspectionDuty(id: "d", day: Self.day, targets: [target])
    #expect(throws: AssignmentProblem.cityUnknown(inspector: "a (1305)", target: "t")) {
      _ = try Self.inspector("a").exclusion(from: duty)
    }
  }

  @Test func `one inspector is nobody's pair and one a target is refused`() throws {
    let one = try Self.inspector("a")
    #expect(throws: AssignmentProblem.tooFewPeople(1)) {
      _ = try InspectorDraw.draw(
        [Self.duty("d")], inspectors: [one], seed: "s", rules: InspectorDrawRules(people: 1))
    }
    do throws(AssignmentProblem) {
      _ = try InspectorDraw.draw([Self.duty("d")], inspectors: [one], seed: "s")
      Issue.record("one inspector was drawn twice")
    } catch {
      guard case .shortage(let shortage) = error else { throw error }
      #expect(shortage.needed == 2 && shortage.available == 1 && shortage.inspectors == ["a"])
      #expect(error.exitStatus == .data)
    }
  }

  @Test func `a shortage names the people with the speciality, not everybody`() throws {
    let people = try [
      Self.inspector("steel-1", specialities: ["steel"]), Self.inspector("b"), Self.inspector("c"), Self.inspector("d"),
      Self.inspector("e", city: "130100", specialities: ["steel"]),
    ]
    let duties = [Self.duty("x", speciality: "steel"), Self.duty("y", speciality: "steel")]
    do throws(AssignmentProblem) {
      _ = try InspectorDraw.draw(duties, inspectors: people, seed: "s")
      Issue.record("two teams share a person")
    } catch {
      guard case .shortage(let shortage) = error else { throw error }
      #expect(shortage.inspectors == ["steel-1"])
      #expect(shortage.needed == 2 && shortage.available == 1)
      #expect(Set(shortage.duties.map(\.id)) == ["x", "y"])
      #expect(shortage.duties.allSatisfy { $0.excluded[.homeCity] == 1 && $0.withoutSpeciality == 3 })
      #expect(error.problem.contains("only steel-1 may take them"))
    }
  }

  /// Every assignment there is, by plain search over places in the order of the draw; the first is the expected one.
  static func firstByBruteForce(
    _ duties: [InspectionDuty], _ inspectors: [Inspector], seed: String, rules: InspectorDrawRules
  ) throws -> [String]? {
    let ordered = duties.sorted { SHA256Digest(ofUTF8: "\(seed),\($0.id)") < SHA256Digest(ofUTF8: "\(seed),\($1.id)") }
    var places: [(duty: InspectionDuty, speciality: String?)] = []
    for duty in ordered {
      let needs = Set(duty.targets.compactMap(\.speciality)).sorted()
      for k in 0..<max(rules.people, needs.count) { places.append((duty, k < needs.count ? needs[k] : nil)) }
    }
    var chosen: [Inspector] = []
    func search() throws -> Bool {
      guard chosen.count < places.count else { return true }
      let place = places[chosen.count]
      let candidates = try inspectors.filter { who in
        try who.exclusion(from: place.duty) == nil && place.speciality.map(who.specialities.contains) ?? true
      }.sorted {
        InspectorDraw.ticket(seed: seed, inspector: $0.id, duty: place.duty.id)
          < InspectorDraw.ticket(seed: seed, inspector: $1.id, duty: place.duty.id)
      }
      for who in candidates {
        let mine = chosen.indices.filter { chosen[$0].id == who.id }.map { places[$0].duty }
        if mine.contains(where: { $0.id == place.duty.id }) { continue }
        let cap = rules.unit == .teamDay ? 1 : who.maximumPerDay
        if mine.count(where: { $0.day == place.duty.day }) >= cap { continue }
        if let most = rules.maximumDuties, mine.count >= most { continue }
        chosen.append(who)
        if try search() { return true }
        chosen.removeLast()
      }
      return false
    }
    return try search() ? chosen.map(\.id) : nil
  }

  @Test(arguments: 1...150)
  func `the draw is the first feasible assignment that plain search finds, or both find none`(number: Int) throws {
    var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
    func pick(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let cities = ["130100", "130200", "130300"]
    let people = try (0..<(3 + pick(4))).map { k in
      try Self.inspector(
        "i\(k)", city: cities[pick(3)], specialities: pick(3) == 0 ? ["steel"] : [],
        conflicts: pick(4) == 0 ? ["firm-d0-0"] : [], most: 1 + pick(3), until: pick(6) == 0 ? -1 : 9)
    }
    let unit: InspectorDrawRules.Unit = number.isMultiple(of: 2) ? .teamDay : .target
    let duties = (0..<(1 + pick(4))).map { k in
      Self.duty(
        "d\(k)", days: pick(2), targets: unit == .target ? 1 : 1 + pick(2),
        county: ["130102", "130202", "130403"][pick(3)],
        speciality: pick(4) == 0 ? "steel" : nil)
    }
    let rules = InspectorDrawRules(unit: unit, maximumDuties: pick(3) == 0 ? 2 : nil)
    let expected = try Self.firstByBruteForce(duties, people, seed: "seed \(number)", rules: rules)
    do throws(AssignmentProblem) {
      let drawn = try InspectorDraw.draw(duties, inspectors: people, seed: "seed \(number)", rules: rules)
      #expect(drawn.map(\.inspectorID) == expected, "case \(number)")
      let difference = try InspectorDraw.firstDifference(
        duties.reversed(), inspectors: people.reversed(), seed: "seed \(number)", rules: rules, found: drawn)
      #expect(difference == nil)
    } catch {
      guard case .shortage(let shortage) = error else { throw error }
      #expect(expected == nil, "case \(number): \(error.problem)")
      #expect(shortage.available < shortage.needed)
      #expect(shortage.duties.reduce(0) { $0 + $1.places.count } == shortage.needed)
    }
  }

  @Test func `every eligible inspector is drawn about equally often`() throws {
    let people = try (0..<6).map { try Self.inspector("i\($0)") }
    var counts = [String: Int]()
    for number in 0..<600 {
      for place in try InspectorDraw.draw([Self.duty("d")], inspectors: people, seed: "\(number)") {
        counts[place.inspectorID, default: 0] += 1
      }
    }
    // 600 draws of 2 of 6: 200 each, standard deviation 11.5; five of them is far out.
    #expect(counts.count == 6 && counts.values.allSatisfy { abs($0 - 200) < 58 }, "\(counts)")
  }

  @Test func `a changed holder, a changed ticket and a lost place are each found`() throws {
    let people = try (0..<6).map { try Self.inspector("i\($0)") }
    let duties = [Self.duty("x"), Self.duty("y", days: 1)]
    let drawn = try InspectorDraw.draw(duties, inspectors: people, seed: "s")
    func difference(_ found: [DrawnPlace]) throws -> String? {
      try InspectorDraw.firstDifference(duties, inspectors: people, seed: "s", found: found)
    }
    #expect(try difference(drawn) == nil)
    #expect(try difference(Array(drawn.dropLast()))?.contains("missing") == true)
    let other = try #require(people.first { person in !drawn.prefix(2).contains { $0.inspectorID == person.id } })
    let first = drawn[0]
    var changed = drawn
    changed[0] = DrawnPlace(
      dutyID: first.dutyID, number: 1, speciality: nil, inspectorID: other.id, ticket: first.ticket)
    #expect(try difference(changed)?.contains("recomputed \"\(first.inspectorID)\"") == true)
    changed[0] = DrawnPlace(
      dutyID: first.dutyID, number: 1, speciality: nil, inspectorID: first.inspectorID, ticket: drawn[1].ticket)
    #expect(try difference(changed)?.contains("ticket") == true)
  }

  @Test func `the longest prefix decides the speciality`() {
    let rules = SpecialityRules([("31", "metal"), ("3110", "iron"), ("26", "chemistry")])
    #expect(rules.speciality(industryCode: "C3110") == "iron")
    #expect(rules.speciality(industryCode: "3120") == "metal")
    #expect(rules.speciality(industryCode: "3") == nil)
    #expect(rules.speciality(industryCode: "") == nil)
  }
}
