/// When a visit may begin on one day, seconds after midnight.
public struct VisitWindow: Hashable, Sendable {
  /// Who comes earlier waits.
  public let earliestSeconds: Double
  /// Latest beginning of the visit; it may end later.
  public let latestSeconds: Double

  public init(earliestSeconds: Double, latestSeconds: Double) {
    self.earliestSeconds = earliestSeconds
    self.latestSeconds = latestSeconds
  }

  /// Any time of the day.
  public static let open = VisitWindow(earliestSeconds: 0, latestSeconds: 86_400)
}

/// One place that must be visited once.
public struct RouteStop: Hashable, Sendable {
  /// The target's id, as the routes file names it.
  public let id: String
  /// Row of the travel table.
  public let place: Int
  /// Length of the visit, seconds.
  public let visitSeconds: Double
  /// One per day of the plan; `nil` closes the day. An empty list is open on every day.
  public let windows: [VisitWindow?]

  public init(id: String, place: Int, visitSeconds: Double, windows: [VisitWindow?] = []) {
    self.id = id
    self.place = place
    self.visitSeconds = visitSeconds
    self.windows = windows
  }
}

/// One team on one day: it leaves its base and is back within its hours.
public struct TeamDay: Hashable, Sendable {
  /// Name as in the teams file; one team may have several days.
  public let team: String
  /// Day of the plan from 0.
  public let day: Int
  /// Row of the base in the travel table.
  public let place: Int
  /// Leaves the base no earlier, seconds after midnight.
  public let startSeconds: Double
  /// Is back at the base no later.
  public let endSeconds: Double
  /// `nil` without a limit.
  public let maximumStops: Int?

  public init(
    team: String, day: Int, place: Int, startSeconds: Double, endSeconds: Double, maximumStops: Int? = nil
  ) {
    self.team = team
    self.day = day
    self.place = place
    self.startSeconds = startSeconds
    self.endSeconds = endSeconds
    self.maximumStops = maximumStops
  }
}

/// Which stops, which team-days, and how long the drives are.
public struct RoutingProblem: Sendable {
  /// Each must be served once; a plan names them by position.
  public let stops: [RouteStop]
  /// What is available; a plan names them by position.
  public let teamDays: [TeamDay]
  /// Metres and seconds from each place to each other.
  public let travel: TravelTable
  /// Days of the plan.
  public let days: Int

  /// - Precondition: places are rows of the table; a stop's windows are empty or one a day; hours do not run backwards.
  public init(stops: [RouteStop], teamDays: [TeamDay], travel: TravelTable) {
    days = (teamDays.map(\.day).max() ?? 0) + 1
    for stop in stops {
      precondition((0..<travel.count).contains(stop.place), "a stop's place is a row of the travel table")
      precondition(stop.windows.isEmpty || stop.windows.count >= days, "one window a day")
      precondition(stop.visitSeconds >= 0, "a visit is not negative")
    }
    for teamDay in teamDays {
      precondition((0..<travel.count).contains(teamDay.place), "a base is a row of the travel table")
      precondition(teamDay.day >= 0 && teamDay.startSeconds <= teamDay.endSeconds, "a day has a beginning and an end")
    }
    self.stops = stops
    self.teamDays = teamDays
    self.travel = travel
  }

  /// The window of a stop on a day; `nil` where the day is closed.
  public func window(stop: Int, day: Int) -> VisitWindow? {
    stops[stop].windows.isEmpty ? .open : stops[stop].windows[day]
  }
}
