/// What a search looks up and never changes: the problem as flat arrays.
///
/// Nodes are numbered: stops 0..<n, then where each team-day leaves its base, then where it comes back.
///
/// Raw memory, filled once and never written again, so that the inner loop checks no bounds: hence `@unchecked`.
final class RouteSetting: @unchecked Sendable {
  let stopCount: Int
  let routeCount: Int
  /// Row of the travel table, by node.
  let place: UnsafePointer<Int32>
  /// Length of the visit, by node; 0 at bases.
  let visit: UnsafePointer<Double>
  /// Beginning of the window of stop `s` on day `d` at `d * stopCount + s`; a closed day never ends before it begins.
  let earliest: UnsafePointer<Double>
  /// End of the window; below ``earliest`` on a closed day.
  let latest: UnsafePointer<Double>
  /// Most stops, by team-day.
  let limit: UnsafePointer<Int32>
  let day: UnsafePointer<Int32>
  let open: UnsafePointer<Double>
  let close: UnsafePointer<Double>
  /// Added once a team-day is used, metres.
  let opening: UnsafePointer<Double>
  /// Team-days with the same number are exchangeable: same base, hours, limit, windows of the day and opening cost.
  let family: UnsafePointer<Int32>
  let familyCount: Int
  let placeCount: Int
  let metres: UnsafePointer<Double>
  let seconds: UnsafePointer<Double>
  /// The tables with rows and columns exchanged: drives *to* a place lie side by side.
  let metresTo: UnsafePointer<Double>
  let secondsTo: UnsafePointer<Double>
  /// Nearest stops of each stop, itself first, `neighbourCount` a row.
  let neighbours: UnsafePointer<Int32>
  let neighbourCount: Int
  /// Metres between a stop and its nearest base.
  let remoteness: UnsafePointer<Double>
  /// Widest window of any day, and its ends: orders in which stops are put back.
  let width: UnsafePointer<Double>
  let firstEarliest: UnsafePointer<Double>
  let lastLatest: UnsafePointer<Double>
  /// No team-day could serve these; they are never tried.
  let isUnreachable: UnsafePointer<Bool>

  var nodeCount: Int { stopCount + 2 * routeCount }

  init(_ problem: RoutingProblem, opening: [Double]) {
    let stops = problem.stops
    let n = stops.count
    let routes = problem.teamDays
    stopCount = n
    routeCount = routes.count
    place = kept((stops.map(\.place) + routes.map(\.place) + routes.map(\.place)).map { Int32($0) })
    visit = kept(stops.map(\.visitSeconds) + [Double](repeating: 0, count: 2 * routes.count))
    let windows = (0..<problem.days).flatMap { day in (0..<n).map { problem.window(stop: $0, day: day) } }
    earliest = kept(windows.map { $0?.earliestSeconds ?? .infinity })
    latest = kept(windows.map { $0?.latestSeconds ?? -.infinity })
    limit = kept(routes.map { Int32(clamping: $0.maximumStops ?? Int(Int32.max)) })
    day = kept(routes.map { Int32($0.day) })
    open = kept(routes.map(\.startSeconds))
    close = kept(routes.map(\.endSeconds))
    self.opening = kept(opening)
    let families = Self.families(problem, opening: opening)
    family = kept(families.numbers)
    familyCount = families.count
    let table = problem.travel
    placeCount = table.count
    metres = kept(table.metres)
    seconds = kept(table.seconds)
    metresTo = kept(Self.transposed(table.metres, table.count))
    secondsTo = kept(Self.transposed(table.seconds, table.count))
    neighbourCount = min(n, 256)
    neighbours = kept(Self.neighbours(problem, count: neighbourCount))
    let bases = Set(routes.map(\.place)).sorted()
    remoteness = kept(stops.map { stop in bases.map { table.metres[$0 * table.count + stop.place] }.min() ?? 0 })
    let spans = (0..<n).map { stop in (0..<problem.days).compactMap { problem.window(stop: stop, day: $0) } }
    width = kept(spans.map { $0.map { $0.latestSeconds - $0.earliestSeconds }.max() ?? 0 })
    firstEarliest = kept(spans.map { $0.map(\.earliestSeconds).min() ?? 0 })
    lastLatest = kept(spans.map { $0.map(\.latestSeconds).max() ?? 0 })
    isUnreachable = kept((0..<n).map { problem.unreachable(stop: $0) != nil })
  }

  deinit {
    for numbers in [place, limit, day, family, neighbours] { numbers.deallocate() }
    for numbers in [
      visit, earliest, latest, open, close, opening, metres, seconds, metresTo, secondsTo, remoteness, width,
      firstEarliest, lastLatest,
    ] { numbers.deallocate() }
    isUnreachable.deallocate()
  }

  private static func transposed(_ table: [Double], _ count: Int) -> [Double] {
    var turned = table
    for a in 0..<count { for b in 0..<count { turned[b * count + a] = table[a * count + b] } }
    return turned
  }

  private static func neighbours(_ problem: RoutingProblem, count: Int) -> [Int32] {
    let table = problem.travel
    var rows: [Int32] = []
    for stop in problem.stops.indices {
      let row = problem.stops[stop].place * table.count
      let distance = problem.stops.map { table.metres[row + $0.place] }
      let others = problem.stops.indices.filter { $0 != stop }.sorted { (distance[$0], $0) < (distance[$1], $1) }
      rows.append(Int32(stop))
      rows += others.prefix(count - 1).map { Int32($0) }
    }
    return rows
  }

  private static func families(_ problem: RoutingProblem, opening: [Double]) -> (numbers: [Int32], count: Int) {
    struct Family: Hashable {
      let place: Int
      let start: Double
      let end: Double
      let limit: Int?
      let day: Int
      let opening: Double
    }
    // Days on which every stop has the same window as on an earlier day count as that day.
    var sameDay = Array(0..<problem.days)
    for day in 0..<problem.days {
      let windows = problem.stops.indices.map { problem.window(stop: $0, day: day) }
      sameDay[day] =
        (0..<day).first { other in
          problem.stops.indices.allSatisfy { problem.window(stop: $0, day: other) == windows[$0] }
        } ?? day
    }
    var known: [Family: Int32] = [:]
    var numbers: [Int32] = []
    for (route, teamDay) in problem.teamDays.enumerated() {
      let family = Family(
        place: teamDay.place, start: teamDay.startSeconds, end: teamDay.endSeconds, limit: teamDay.maximumStops,
        day: sameDay[teamDay.day], opening: opening[route])
      let number = known[family] ?? Int32(known.count)
      known[family] = number
      numbers.append(number)
    }
    return (numbers, known.count)
  }
}

/// A copy of an array that lives until it is deallocated.
private func kept<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
  let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
  for (slot, element) in elements.enumerated() { (memory + slot).initialize(to: element) }
  return UnsafePointer(memory)
}
