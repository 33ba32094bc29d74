/// One visit on a route.
public struct RouteVisit: Hashable, Sendable {
  /// Position among the problem's stops.
  public let stop: Int
  /// At the gate, seconds after midnight.
  public let arriveSeconds: Double
  /// Later than ``arriveSeconds`` where the team has to wait for the window.
  public let beginSeconds: Double
  /// End of the visit, seconds after midnight.
  public let leaveSeconds: Double
  /// Driven to get here, metres.
  public let legMetres: Double
}

/// What one team does on one day.
public struct TeamRoute: Hashable, Sendable {
  /// Position among the problem's team-days.
  public let teamDay: Int
  /// Never empty.
  public let visits: [RouteVisit]
  /// Leaves the base so late that it need not wait at the first gate.
  public let departSeconds: Double
  /// Back at the base.
  public let returnSeconds: Double
  /// The last leg, metres.
  public let returnMetres: Double

  /// The whole drive, metres.
  public var metres: Double { visits.reduce(0) { $0 + $1.legMetres } + returnMetres }
}

/// A stop on no route, and why.
public struct UnservedStop: Hashable, Sendable {
  /// The first that applies, in this order.
  public enum Reason: Hashable, Sendable {
    /// The stop is closed on every day on which a team is there.
    case closed
    /// Every team that could go arrives after the window; the earliest arrival, seconds after midnight.
    case windowMissed(earliestArrivalSeconds: Double)
    /// Drive, visit and return do not fit into any team's hours; the shortest such day and the hours it would have.
    case beyondReach(neededSeconds: Double, availableSeconds: Double)
    /// A team alone could serve it, but no room was found beside the others.
    case noRoom
  }

  /// Position among the problem's stops.
  public let stop: Int
  /// What would have to change for the stop to be served.
  public let reason: Reason

  public init(stop: Int, reason: Reason) {
    self.stop = stop
    self.reason = reason
  }
}

/// What is missing when stops that a team could reach are left over.
public struct TeamDayShortfall: Hashable, Sendable {
  /// Proven: with fewer additional team-days like the best present one, the work does not fit. 0 when the bound shows
  /// nothing, which does not mean that none is needed.
  public let atLeast: Int
  /// Found: a plan for everything reachable with this many additional team-days, each a copy of a present one;
  /// `nil` when none was found or looked for.
  public let enough: Int?

  public init(atLeast: Int, enough: Int?) {
    self.atLeast = atLeast
    self.enough = enough
  }
}

/// Routes for every team-day that has work, and what is left over; nothing is dropped silently.
public struct RoutePlan: Sendable {
  /// By team-day.
  public let routes: [TeamRoute]
  /// By stop; empty when everything is served.
  public let unserved: [UnservedStop]
  /// `nil` unless a reachable stop is left over.
  public let shortfall: TeamDayShortfall?
  /// Rule and version, such as `sisr-1`.
  public let method: String
  /// All drives, metres.
  public let metres: Double
}

extension RoutingProblem {
  /// Times and distances of stops in a given order, or `nil` when the order breaks a window, the hours or the limit.
  ///
  /// The slow and plain reading of the rules: the search's own times must agree with it.
  public func route(teamDay: Int, stops order: [Int]) -> TeamRoute? {
    let base = teamDays[teamDay]
    guard !order.isEmpty, order.count <= base.maximumStops ?? order.count else { return nil }
    var visits: [RouteVisit] = []
    var time = base.startSeconds
    var place = base.place
    var depart = base.startSeconds
    for (number, stop) in order.enumerated() {
      guard let window = window(stop: stop, day: base.day) else { return nil }
      let leg = place * travel.count + stops[stop].place
      var arrive = time + travel.seconds[leg]
      guard arrive <= window.latestSeconds + RouteSearch.slackSeconds else { return nil }
      let begin = max(arrive, window.earliestSeconds)
      if number == 0 {
        depart = begin - travel.seconds[leg]
        arrive = begin
      }
      time = begin + stops[stop].visitSeconds
      place = stops[stop].place
      visits.append(
        RouteVisit(
          stop: stop, arriveSeconds: arrive, beginSeconds: begin, leaveSeconds: time, legMetres: travel.metres[leg]))
    }
    let home = place * travel.count + base.place
    guard time + travel.seconds[home] <= base.endSeconds + RouteSearch.slackSeconds else { return nil }
    return TeamRoute(
      teamDay: teamDay, visits: visits, departSeconds: depart, returnSeconds: time + travel.seconds[home],
      returnMetres: travel.metres[home])
  }

  /// Why no team could serve this stop even if it had nothing else to do; `nil` when one could.
  public func unreachable(stop: Int) -> UnservedStop.Reason? {
    var isOpen = false
    var earliest: Double?
    var closest: (needed: Double, available: Double)?
    for teamDay in teamDays {
      guard let window = window(stop: stop, day: teamDay.day), teamDay.maximumStops ?? 1 > 0 else { continue }
      isOpen = true
      let out = travel.seconds[teamDay.place * travel.count + stops[stop].place]
      let home = travel.seconds[stops[stop].place * travel.count + teamDay.place]
      let arrive = teamDay.startSeconds + out
      guard arrive <= window.latestSeconds + RouteSearch.slackSeconds else {
        earliest = min(earliest ?? arrive, arrive)
        continue
      }
      let back = max(arrive, window.earliestSeconds) + stops[stop].visitSeconds + home
      if back <= teamDay.endSeconds + RouteSearch.slackSeconds { return nil }
      let (needed, available) = (back - teamDay.startSeconds, teamDay.endSeconds - teamDay.startSeconds)
      if closest.map({ needed - available < $0.needed - $0.available }) ?? true { closest = (needed, available) }
    }
    if let closest { return .beyondReach(neededSeconds: closest.needed, availableSeconds: closest.available) }
    if let earliest { return .windowMissed(earliestArrivalSeconds: earliest) }
    return isOpen ? .noRoom : .closed
  }
}
