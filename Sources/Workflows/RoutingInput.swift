public import Diagnostics
internal import Geometry
public import Ingest
public import Quantities
public import Routing

/// How long a visit takes where the target does not say, minutes.
public struct VisitLengths: Hashable, Sendable {
  /// For kinds that `minutesByKind` does not name, 0...1440.
  public var usualMinutes: Double
  /// By the kind a targets file names, such as `enterprise`, 0...1440.
  public var minutesByKind: [String: Double]

  public init(usualMinutes: Double = 90, minutesByKind: [String: Double] = [:]) {
    self.usualMinutes = usualMinutes
    self.minutesByKind = minutesByKind
  }

  /// Reads `90` or `enterprise=120,meter=60,cell=45,90`; the number without a kind is the usual length.
  public init(_ text: String) throws(Problem) {
    self.init()
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=").map { $0.filter { $0 != " " } }
      guard (1...2).contains(sides.count), let minutes = Double(sides[sides.count - 1]), (0...1440).contains(minutes)
      else {
        throw Problem(
          "\"\(part)\" is not a length of visits", remedy: "give minutes such as 90, or enterprise=120,cell=45,90",
          exitStatus: .usage)
      }
      if sides.count == 1 { usualMinutes = minutes } else { minutesByKind[sides[0]] = minutes }
    }
  }

  /// Minutes for one target.
  public func minutes(of target: RouteTargetRow) -> Double {
    target.visitMinutes ?? minutesByKind[target.kind] ?? usualMinutes
  }
}

/// What routing needs beyond targets and teams.
public struct RoutingSettings: Sendable {
  /// Day 0 of the team-days, and the day that clock times belong to.
  public var firstDay: LocalDay
  /// Days of the plan, at least 1; every team works on every day.
  public var days: Int
  /// How long visits take whose target does not say.
  public var lengths: VisitLengths
  /// How drives follow from great circles where none were measured.
  public var travel: TravelModel
  /// Hours of teams whose row has none, seconds after midnight.
  public var startSeconds: Double
  /// End of the day of teams whose row has none, seconds after midnight; later than the start.
  public var endSeconds: Double

  public init(
    firstDay: LocalDay, days: Int = 1, lengths: VisitLengths = VisitLengths(), travel: TravelModel = .standard,
    startSeconds: Double = 8.5 * 3600, endSeconds: Double = 18 * 3600
  ) {
    self.firstDay = firstDay
    self.days = days
    self.lengths = lengths
    self.travel = travel
    self.startSeconds = startSeconds
    self.endSeconds = endSeconds
  }
}

/// The routing problem of targets and teams: places are the targets in order, then the bases in order; team-days go by
/// day, then by team.
///
/// - Parameter drives: Measured drives; `nil` takes great circles and ``RoutingSettings/travel``.
public func routingProblem(
  targets: [RouteTargetRow], teams: [TeamRow], drives: [DriveRow]? = nil, settings: RoutingSettings
) throws(Problem) -> RoutingProblem {
  guard !targets.isEmpty else {
    throw Problem("there are no targets to route", remedy: "give a targets file with at least one row")
  }
  guard !teams.isEmpty else {
    throw Problem("there are no teams", remedy: "give a teams file: team,base_lon,base_lat[,start,end,max_targets]")
  }
  let table: TravelTable =
    if let drives {
      try travelTable(drives, names: targets.map(\.id) + teams.map(\.id))
    } else {
      TravelTable(
        places: (targets.map(\.position) + teams.map(\.base)).map { ($0.longitude, $0.latitude) },
        model: settings.travel)
    }
  let stops = targets.enumerated().map { place, target in
    RouteStop(
      id: target.id, place: place, visitSeconds: settings.lengths.minutes(of: target) * 60,
      windows: target.earliest == nil && target.latest == nil
        ? [] : (0..<settings.days).map { window(of: target, on: settings.firstDay.advanced(by: $0)) })
  }
  var teamDays: [TeamDay] = []
  for day in 0..<settings.days {
    for (number, team) in teams.enumerated() {
      let (start, end) = (team.startSeconds ?? settings.startSeconds, team.endSeconds ?? settings.endSeconds)
      guard start < end else {
        throw Problem(
          "the day of team \(team.id) ends before it begins", remedy: "give the team a start and a later end")
      }
      teamDays.append(
        TeamDay(
          team: team.id, day: day, place: targets.count + number, startSeconds: start, endSeconds: end,
          maximumStops: team.maximumTargets))
    }
  }
  return RoutingProblem(stops: stops, teamDays: teamDays, travel: table)
}

/// When a visit of a target may begin on one day; `nil` closes the day.
private func window(of target: RouteTargetRow, on day: LocalDay) -> VisitWindow? {
  let midnight = LocalHour(day: day, hourOfDay: 0).start.secondsSinceEpoch
  func seconds(_ time: VisitTime) -> Double {
    switch time {
    case .everyDay(let seconds): seconds
    case .moment(let instant): Double(instant.secondsSinceEpoch - midnight)
    }
  }
  let earliest = max(0, target.earliest.map(seconds) ?? 0)
  let latest = min(86_400, target.latest.map(seconds) ?? 86_400)
  return earliest <= latest ? VisitWindow(earliestSeconds: earliest, latestSeconds: latest) : nil
}

private func travelTable(_ drives: [DriveRow], names: [String]) throws(Problem) -> TravelTable {
  var number: [String: Int] = [:]
  for (place, name) in names.enumerated() where number.updateValue(place, forKey: name) != nil {
    throw Problem("\"\(name)\" is both a target and a team", remedy: "give teams names that no target has")
  }
  let count = names.count
  var metres = [Double](repeating: -1, count: count * count)
  var seconds = metres
  for drive in drives {
    guard let from = number[drive.from], let to = number[drive.to] else { continue }
    metres[from * count + to] = drive.metres
    seconds[from * count + to] = drive.seconds
  }
  for place in 0..<count where metres[place * count + place] < 0 {
    metres[place * count + place] = 0
    seconds[place * count + place] = 0
  }
  if let hole = metres.firstIndex(where: { $0 < 0 }) {
    let missing = metres.count { $0 < 0 }
    throw Problem(
      "the matrix has no drive from \"\(names[hole / count])\" to \"\(names[hole % count])\" (\(missing) missing)",
      remedy: "give every pair of targets and bases in both directions, or leave out --matrix")
  }
  return TravelTable(count: count, metres: metres, seconds: seconds)
}
