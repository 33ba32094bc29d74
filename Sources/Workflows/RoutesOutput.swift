internal import Diagnostics
internal import Export
internal import Geometry
internal import Ingest
internal import Quantities
internal import Routing

/// Numbers of routes as text.
enum RouteText {
  /// Kilometres with three decimals.
  static func kilometres(_ metres: Double) -> String {
    let whole = Int64(metres.rounded())
    let rest = String(whole % 1000)
    return "\(whole / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }

  /// `08:30`, rounded down to the minute.
  static func clock(_ seconds: Double) -> String {
    let minutes = Int((seconds / 60).rounded(.down))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }

  /// Why a target is on no route.
  static func reason(_ reason: UnservedStop.Reason) -> String {
    switch reason {
    case .closed: "closed on every day of the plan"
    case .windowMissed(let arrival): "no team can be there in time; the earliest arrival is \(clock(arrival))"
    case .beyondReach(let needed, let available):
      "drive, visit and return take \(clock(needed)) h, more than the \(clock(available)) h of any team's day"
    case .noRoom: "no room beside the other targets"
    }
  }
}

/// Writes routes as a table and as lines.
struct RoutesOutput {
  static let columns =
    "team,day,order,target_id,arrive,leave,distance_km,uscc,city,county_code,industry_code,reason,method,seed\n"

  let problem: RoutingProblem
  let plan: RoutePlan
  let targets: [RouteTargetRow]
  /// Stops that may not be visited yet.
  let notApproved: Set<Int>
  let firstDay: LocalDay
  let seed: UInt64

  /// Routes by day and team, each from leaving the base (order 0, no target) to coming back (last order, no target);
  /// then the targets on no route, with their reason.
  func write(path: String) throws(Problem) {
    var file = try OutputFile(path: path)
    try file.write(Self.columns)
    for route in plan.routes {
      let teamDay = problem.teamDays[route.teamDay]
      let day = firstDay.advanced(by: teamDay.day)
      func row(_ order: Int, _ stop: Int?, _ arrive: Double?, _ leave: Double?, _ metres: Double?) -> String {
        var line = CSVLine()
        line.add(teamDay.team)
        line.add(day.description)
        line.add(order)
        line.add(stop.map { targets[$0].id } ?? "")
        line.add(arrive.map { moment($0, day) } ?? "")
        line.add(leave.map { moment($0, day) } ?? "")
        line.add(metres.map(RouteText.kilometres) ?? "")
        addTarget(stop, to: &line)
        line.add(stop.map(notApproved.contains) ?? false ? "not approved" : "")
        addMethod(to: &line)
        return line.end()
      }
      try file.write(row(0, nil, nil, route.departSeconds, nil))
      for (number, visit) in route.visits.enumerated() {
        try file.write(row(number + 1, visit.stop, visit.arriveSeconds, visit.leaveSeconds, visit.legMetres))
      }
      try file.write(row(route.visits.count + 1, nil, route.returnSeconds, nil, route.returnMetres))
    }
    for unserved in plan.unserved {
      var line = CSVLine()
      for _ in 0..<3 { line.add("") }
      line.add(targets[unserved.stop].id)
      for _ in 0..<3 { line.add("") }
      addTarget(unserved.stop, to: &line)
      line.add(RouteText.reason(unserved.reason))
      addMethod(to: &line)
      try file.write(line.end())
    }
    try file.commit()
  }

  private func addTarget(_ stop: Int?, to line: inout CSVLine) {
    let target = stop.map { targets[$0] }
    line.add(target?.creditCode ?? "")
    line.add(target?.city ?? "")
    line.add(target?.countyCode ?? "")
    line.add(target?.industryCode ?? "")
  }

  private func addMethod(to line: inout CSVLine) {
    line.add(plan.method)
    line.add(seed)
  }

  private func moment(_ seconds: Double, _ day: LocalDay) -> String {
    let midnight = LocalHour(day: day, hourOfDay: 0).start.secondsSinceEpoch
    return Instant(secondsSinceEpoch: midnight + Int64(seconds.rounded())).iso8601
  }

  /// Straight lines from gate to gate in WGS 84, one per team-day: an order of visits, not roads.
  func writeLines(path: String, bases: [LonLat]) throws(Problem) {
    let features = plan.routes.map { route in
      let teamDay = problem.teamDays[route.teamDay]
      let base = bases[teamDay.place - targets.count]
      let points = [base] + route.visits.map { targets[$0.stop].position } + [base]
      return JSONValue.object([
        ("type", .string("Feature")),
        (
          "properties",
          .object([
            ("team", .string(teamDay.team)), ("day", .string(firstDay.advanced(by: teamDay.day).description)),
            ("targets", .whole(route.visits.count)), ("distance_km", .number((route.metres).rounded() / 1000)),
            ("departs", .string(RouteText.clock(route.departSeconds))),
            ("returns", .string(RouteText.clock(route.returnSeconds))),
            ("target_ids", .strings(route.visits.map { targets[$0.stop].id })),
          ])
        ),
        (
          "geometry",
          .object([
            ("type", .string("LineString")),
            ("coordinates", .array(points.map { .array([.number($0.longitude), .number($0.latitude)]) })),
          ])
        ),
      ])
    }
    var file = try OutputFile(path: path)
    try file.write(
      JSONValue.object([("type", .string("FeatureCollection")), ("features", .array(features))]).text + "\n")
    try file.commit()
  }
}
