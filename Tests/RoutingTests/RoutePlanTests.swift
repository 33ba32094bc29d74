import Routing
import Testing

/// Made-up routing problems on a plane where a unit of distance takes a second and is a metre.
enum PlaneProblem {
  /// A random problem; stops and base lie on a square of `side`.
  static func random(
    seed: UInt64, stops: Int, teams: Int, days: Int = 1, hours: Double = 1000, visit: Double = 10,
    window: Double? = nil,
    limit: Int? = nil, side: Double = 100
  ) -> RoutingProblem {
    var stream = PlaneStream(state: seed)
    let points = (0..<(stops + teams)).map { _ in (stream.fraction() * side, stream.fraction() * side) }
    let windows = (0..<stops).map { _ in
      window.map { width in
        let begin = stream.fraction() * (hours - width) * 0.8
        return VisitWindow(earliestSeconds: begin, latestSeconds: begin + width)
      }
    }
    return problem(points: points, teams: teams, days: days, hours: hours, visit: visit, windows: windows, limit: limit)
  }

  /// The last `teams` points are bases.
  static func problem(
    points: [(Double, Double)], teams: Int, days: Int = 1, hours: Double, visit: Double = 0,
    windows: [VisitWindow?] = [], limit: Int? = nil
  ) -> RoutingProblem {
    let count = points.count
    var metres = [Double](repeating: 0, count: count * count)
    for a in 0..<count {
      for b in 0..<count {
        let (dx, dy) = (points[a].0 - points[b].0, points[a].1 - points[b].1)
        metres[a * count + b] = (dx * dx + dy * dy).squareRoot()
      }
    }
    return RoutingProblem(
      stops: (0..<(count - teams)).map { stop in
        let window = windows.isEmpty ? nil : windows[stop]
        return RouteStop(
          id: "s\(stop)", place: stop, visitSeconds: visit,
          windows: window.map { Array(repeating: $0, count: days) } ?? [])
      },
      teamDays: (0..<days).flatMap { day in
        (0..<teams).map { team in
          TeamDay(
            team: "t\(team)", day: day, place: count - teams + team, startSeconds: 0, endSeconds: hours,
            maximumStops: limit)
        }
      }, travel: TravelTable(count: count, metres: metres, seconds: metres))
  }
}

struct PlaneStream {
  var state: UInt64

  mutating func fraction() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53
  }
}

@Suite struct RoutePlanTests {
  static let quick = RouteSearchOptions(seed: 7, starts: 2, iterations: 2_000)

  /// The shortest plan by trying every order of every split of the stops among the team-days.
  static func shortest(_ problem: RoutingProblem) -> Double? {
    var best: Double?
    var orders = [[Int]](repeating: [], count: problem.teamDays.count)
    func place(_ stop: Int) {
      guard stop < problem.stops.count else {
        var total = 0.0
        for (teamDay, order) in orders.enumerated() where !order.isEmpty {
          guard let route = problem.route(teamDay: teamDay, stops: order) else { return }
          total += route.metres
        }
        if total < best ?? .infinity { best = total }
        return
      }
      for teamDay in orders.indices {
        for position in 0...orders[teamDay].count {
          orders[teamDay].insert(stop, at: position)
          place(stop + 1)
          orders[teamDay].remove(at: position)
        }
      }
    }
    place(0)
    return best
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `six stops take the shortest way there is`(seed: UInt64) throws {
    let problem = PlaneProblem.random(
      seed: seed, stops: 6, teams: 2, hours: seed.isMultiple(of: 2) ? 400 : 1000,
      window: seed.isMultiple(of: 3) ? 250 : nil, limit: seed.isMultiple(of: 4) ? 4 : nil)
    let plan = problem.plan(Self.quick)
    if let shortest = Self.shortest(problem) {
      #expect(plan.unserved.isEmpty)
      #expect(abs(plan.metres - shortest) < 1e-6, "found \(plan.metres), shortest \(shortest)")
    } else {
      #expect(!plan.unserved.isEmpty)
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `every stop is on one route or among the unserved, and every route keeps the rules`(seed: UInt64) throws {
    let problem = PlaneProblem.random(
      seed: seed, stops: 40, teams: 2, days: 2, hours: 260, visit: 12, window: 120, limit: 9)
    let plan = problem.plan(RouteSearchOptions(seed: seed, starts: 1, iterations: 1_500, looksForEnough: false))
    let served = plan.routes.flatMap { $0.visits.map(\.stop) }
    #expect((served + plan.unserved.map(\.stop)).sorted() == Array(0..<40))
    for route in plan.routes {
      let hours = problem.teamDays[route.teamDay]
      #expect(route.visits.count <= 9)
      #expect(route.departSeconds >= hours.startSeconds)
      #expect(route.returnSeconds <= hours.endSeconds + 1e-3)
      for visit in route.visits {
        let window = try #require(problem.window(stop: visit.stop, day: hours.day))
        #expect(visit.beginSeconds >= window.earliestSeconds)
        #expect(visit.beginSeconds <= window.latestSeconds + 1e-3)
        #expect(visit.leaveSeconds == visit.beginSeconds + 12)
      }
      for (a, b) in zip(route.visits, route.visits.dropFirst()) { #expect(b.arriveSeconds >= a.leaveSeconds) }
    }
  }

  @Test func `the plan is the same for any number of threads and another for another seed`() {
    let problem = PlaneProblem.random(seed: 5, stops: 60, teams: 6, hours: 400)
    func text(_ options: RouteSearchOptions, threads: Int) -> String {
      problem.plan(options, threads: threads).routes.map { "\($0)" }.joined()
    }
    let options = RouteSearchOptions(seed: 3, starts: 3, iterations: 300)
    #expect(text(options, threads: 1) == text(options, threads: 3))
    #expect(text(options, threads: 1) != text(RouteSearchOptions(seed: 4, starts: 3, iterations: 300), threads: 1))
  }

  @Test func `a stop too far, a stop closed and a stop too late each say so`() throws {
    let windows: [VisitWindow?] = [
      nil, VisitWindow(earliestSeconds: 0, latestSeconds: 5), nil,
    ]
    var problem = PlaneProblem.problem(
      points: [(10, 0), (20, 0), (300, 0), (0, 0)], teams: 1, hours: 100, windows: windows)
    var stops = problem.stops
    stops.append(RouteStop(id: "closed", place: 0, visitSeconds: 0, windows: [nil]))
    problem = RoutingProblem(stops: stops, teamDays: problem.teamDays, travel: problem.travel)
    let plan = problem.plan(Self.quick)
    #expect(
      plan.unserved == [
        UnservedStop(stop: 1, reason: .windowMissed(earliestArrivalSeconds: 20)),
        UnservedStop(stop: 2, reason: .beyondReach(neededSeconds: 600, availableSeconds: 100)),
        UnservedStop(stop: 3, reason: .closed),
      ])
    #expect(plan.routes.map(\.metres) == [20])
  }

  @Test func `ten visits of an hour and one team of three hours need three more team-days`() throws {
    // By hand: no drives, 10 h of visits, 3 h a day: four days. One is there, three are missing.
    let problem = PlaneProblem.problem(
      points: Array(repeating: (0, 0), count: 11), teams: 1, hours: 3 * 3600, visit: 3600)
    let plan = problem.plan(Self.quick)
    #expect(plan.routes.map(\.visits.count) == [3])
    #expect(plan.unserved.count == 7)
    #expect(plan.unserved.allSatisfy { $0.reason == .noRoom })
    #expect(plan.shortfall == TeamDayShortfall(atLeast: 3, enough: 3))
  }

  @Test func `a limit of stops is part of the bound`() {
    let problem = PlaneProblem.problem(
      points: Array(repeating: (0, 0), count: 12), teams: 1, hours: 1000, limit: 4)
    #expect(problem.plan(Self.quick).shortfall == TeamDayShortfall(atLeast: 2, enough: 2))
  }

  @Test(arguments: 20...31 as ClosedRange<UInt64>)
  func `the proven need is never above a number of team-days that is enough`(seed: UInt64) {
    let problem = PlaneProblem.random(
      seed: seed, stops: 25, teams: 1, hours: 220, visit: 15, window: seed.isMultiple(of: 2) ? 100 : nil)
    let plan = problem.plan(RouteSearchOptions(seed: seed, starts: 1, iterations: 600))
    guard let shortfall = plan.shortfall, let enough = shortfall.enough else { return }
    #expect(shortfall.atLeast <= enough, "\(shortfall)")
    #expect(enough >= 1)
  }

  @Test func `a day's window counts on its day only`() {
    let problem = RoutingProblem(
      stops: [
        RouteStop(id: "second day", place: 0, visitSeconds: 1, windows: [nil, .open]),
        RouteStop(id: "first day", place: 0, visitSeconds: 1, windows: [.open, nil]),
      ],
      teamDays: (0..<2).map { TeamDay(team: "t", day: $0, place: 0, startSeconds: 0, endSeconds: 10) },
      travel: TravelTable(count: 1, metres: [0], seconds: [0]))
    #expect(problem.plan(Self.quick).routes.map { $0.visits.map(\.stop) } == [[1], [0]])
  }

  @Test func `no stops or no teams make no routes, and nothing is lost`() {
    let none = PlaneProblem.problem(points: [(0, 0)], teams: 1, hours: 10)
    #expect(none.plan().routes.isEmpty && none.plan().unserved.isEmpty)
    let nobody = PlaneProblem.problem(points: [(0, 0), (1, 1)], teams: 0, hours: 10)
    #expect(nobody.plan().unserved.map(\.stop) == [0, 1])
  }

  @Test func `a drive from Beijing to Tianjin is 1,3 times the great circle`() {
    // Great circle from 116.4074 E 39.9042 N to 117.2010 E 39.0842 N: 113.8 km (haversine by hand, R 6371.0088 km).
    let table = TravelTable(
      places: [(116.4074, 39.9042), (117.2010, 39.0842)],
      model: TravelModel(detourFactor: 1.3, kilometresPerHour: 60, secondsPerDrive: 120))
    #expect(abs(table.metres[1] / 1.3 - 113_800) < 200)
    #expect(abs(table.seconds[2] - (table.metres[2] / 60 * 3.6 + 120)) < 1e-9)
    #expect(table.seconds[0] == 0)
  }
}
