internal import Threads

/// How hard to look, and from where.
public struct RouteSearchOptions: Hashable, Sendable {
  /// Of all starts: the same seed and rounds give the same routes on any number of threads.
  public var seed: UInt64
  /// Independent searches of which the best is kept.
  public var starts: Int
  /// Rounds of each start; `nil` takes 3,000 a stop, between 50,000 and 300,000.
  public var iterations: Int?
  /// Whether to look for a number of additional team-days that is enough when something is left over.
  public var looksForEnough: Bool

  public init(seed: UInt64 = 1, starts: Int = 2, iterations: Int? = nil, looksForEnough: Bool = true) {
    self.seed = seed
    self.starts = starts
    self.iterations = iterations
    self.looksForEnough = looksForEnough
  }

  func iterations(stops: Int) -> Int { iterations ?? min(max(3_000 * stops, 50_000), 300_000) }
}

extension RoutingProblem {
  /// The rule by which routes are found; a change in any plan changes it.
  public static let method = "sisr-1"

  /// Routes that serve as many stops as can be found, and among those plans the one with the fewest metres found.
  ///
  /// Every stop is on one route or among the unserved with its reason. The same problem and options give the same plan
  /// for any number of threads: starts are numbered, and of equal plans the lower number is kept.
  public func plan(
    _ options: RouteSearchOptions = RouteSearchOptions(), threads: Int = 1
  ) -> RoutePlan {
    guard !teamDays.isEmpty, !stops.isEmpty else { return finish([], shortfall: nil) }
    let opening = [Double](repeating: 0, count: teamDays.count)
    let found = search(opening: opening, options: options, threads: threads)
    let shortfall: TeamDayShortfall? =
      found.unserved == 0
      ? nil
      : TeamDayShortfall(
        atLeast: additionalTeamDaysAtLeast(),
        enough: options.looksForEnough ? additionalTeamDaysEnough(options: options, threads: threads) : nil)
    return finish(found.routes, shortfall: shortfall)
  }

  func search(opening: [Double], options: RouteSearchOptions, threads: Int) -> RouteSearch.Result {
    let setting = RouteSetting(self, opening: opening)
    let iterations = options.iterations(stops: stops.count)
    let found = mapConcurrently(max(1, options.starts), threads: threads) { start in
      RouteSearch(setting, seed: options.seed, start: start).run(iterations: iterations)
    }
    var best = found[0]
    for other in found.dropFirst() where (other.unserved, other.metres) < (best.unserved, best.metres) { best = other }
    return best
  }

  private func finish(_ orders: [[Int]], shortfall: TeamDayShortfall?) -> RoutePlan {
    var isServed = [Bool](repeating: false, count: stops.count)
    var routes: [TeamRoute] = []
    for (teamDay, order) in orders.enumerated() where !order.isEmpty {
      guard let route = route(teamDay: teamDay, stops: order) else {
        preconditionFailure("the search and the rules disagree about team-day \(teamDay)")
      }
      for stop in order {
        precondition(!isServed[stop], "a stop is on two routes")
        isServed[stop] = true
      }
      routes.append(route)
    }
    let unserved = stops.indices.filter { !isServed[$0] }.map { stop in
      UnservedStop(stop: stop, reason: unreachable(stop: stop) ?? .noRoom)
    }
    return RoutePlan(
      routes: routes, unserved: unserved, shortfall: shortfall, method: Self.method,
      metres: routes.reduce(0) { $0 + $1.metres })
  }
}

// MARK: - How many more

extension RoutingProblem {
  /// A number of additional team-days without which the reachable stops cannot all be served: a proof by counting.
  ///
  /// Work: each stop needs its visit and at least the shortest drive that leads to it. Room: a team-day's hours without
  /// its shortest way home. Windows and geography are left out, so the number may be too small and is never too large.
  /// An additional team-day is taken to be like the roomiest present one.
  public func additionalTeamDaysAtLeast() -> Int {
    let reachable = stops.indices.filter { unreachable(stop: $0) == nil }
    guard !reachable.isEmpty else { return 0 }
    let origins = Set(teamDays.map(\.place)).union(reachable.map { stops[$0].place }).sorted()
    var work = 0.0
    for stop in reachable {
      let place = stops[stop].place
      // Two stops at one place are no drive apart, so the place itself counts as an origin when it is shared.
      let isShared = reachable.contains { $0 != stop && stops[$0].place == place }
      let drive =
        origins.filter { $0 != place || isShared || teamDays.contains { $0.place == place } }
        .map { travel.seconds[$0 * travel.count + place] }.min() ?? 0
      work += stops[stop].visitSeconds + drive
    }
    let room = teamDays.map { teamDay in
      let home = reachable.map { travel.seconds[stops[$0].place * travel.count + teamDay.place] }.min() ?? 0
      return max(0, teamDay.endSeconds - teamDay.startSeconds - home)
    }
    let largest = room.max() ?? 0
    let missing = work - room.reduce(0, +) - RouteSearch.slackSeconds
    let byTime = missing > 0 && largest > 0 ? Int((missing / largest).rounded(.up)) : 0
    let limits = teamDays.map { $0.maximumStops ?? stops.count }
    let excess = reachable.count - limits.reduce(0, +)
    let most = limits.max() ?? 1
    let byCount = excess > 0 && most > 0 ? (excess + most - 1) / most : 0
    return max(byTime, byCount)
  }

  /// The fewest additional team-days found with which a plan serves everything reachable: copies of present ones, each
  /// so dear that the search opens as few as it can.
  func additionalTeamDaysEnough(options: RouteSearchOptions, threads: Int) -> Int? {
    var shorter = options
    shorter.iterations = max(1, options.iterations(stops: stops.count) / 4)
    shorter.starts = 1
    // Dearer than any detour: the longest tour of all stops one by one.
    let dear = stops.indices.reduce(1.0) { sum, stop in
      sum + 2 * (teamDays.map { travel.metres[$0.place * travel.count + stops[stop].place] }.max() ?? 0)
    }
    let reachable = stops.indices.filter { unreachable(stop: $0) == nil }
    var copies = 1
    while copies <= max(1, reachable.count) {
      let more = (0..<copies).flatMap { _ in teamDays }
      let larger = RoutingProblem(stops: reachable.map { stops[$0] }, teamDays: teamDays + more, travel: travel)
      let opening =
        [Double](repeating: 0, count: teamDays.count) + [Double](repeating: dear, count: more.count)
      let found = larger.search(opening: opening, options: shorter, threads: threads)
      if found.unserved == 0 { return found.routes.dropFirst(teamDays.count).count { !$0.isEmpty } }
      copies *= 2
    }
    return nil
  }
}
