/// The routes of one search as linked lists over nodes, with the times that make an insertion's check constant.
///
/// Raw memory because the inner loop reads five arrays a step; bounds are those of ``RouteSetting``.
struct SearchMemory: ~Copyable {
  let nodeCount: Int
  let routeCount: Int
  let stopCount: Int
  /// Node after, before; meaningless for stops that are on no route.
  let next: UnsafeMutablePointer<Int32>
  let previous: UnsafeMutablePointer<Int32>
  /// Route of a node, -1 for stops on none.
  let route: UnsafeMutablePointer<Int32>
  /// Steps from the base.
  let position: UnsafeMutablePointer<Int32>
  /// When the visit ends if everything begins as early as it can; for a base, when the team may leave.
  let free: UnsafeMutablePointer<Double>
  /// The latest beginning from which the rest of the route still works.
  let latest: UnsafeMutablePointer<Double>
  /// Metres to the node after.
  let leg: UnsafeMutablePointer<Double>
  /// Stops of a route.
  let size: UnsafeMutablePointer<Int32>
  /// Metres of a route, with its opening cost.
  let metres: UnsafeMutablePointer<Double>
  /// Stops on no route, in no particular but determined order.
  let absent: UnsafeMutablePointer<Int32>
  private(set) var absentCount = 0

  init(_ setting: RouteSetting) {
    nodeCount = setting.nodeCount
    routeCount = setting.routeCount
    stopCount = setting.stopCount
    next = .allocate(capacity: nodeCount)
    previous = .allocate(capacity: nodeCount)
    route = .allocate(capacity: nodeCount)
    position = .allocate(capacity: nodeCount)
    free = .allocate(capacity: nodeCount)
    latest = .allocate(capacity: nodeCount)
    leg = .allocate(capacity: nodeCount)
    size = .allocate(capacity: routeCount)
    metres = .allocate(capacity: routeCount)
    absent = .allocate(capacity: stopCount)
    next.initialize(repeating: -1, count: nodeCount)
    previous.initialize(repeating: -1, count: nodeCount)
    route.initialize(repeating: -1, count: nodeCount)
    position.initialize(repeating: 0, count: nodeCount)
    free.initialize(repeating: 0, count: nodeCount)
    latest.initialize(repeating: 0, count: nodeCount)
    leg.initialize(repeating: 0, count: nodeCount)
    size.initialize(repeating: 0, count: routeCount)
    metres.initialize(repeating: 0, count: routeCount)
    absent.initialize(repeating: -1, count: stopCount)
    for number in 0..<routeCount {
      let (start, end) = (stopCount + number, stopCount + routeCount + number)
      next[start] = Int32(end)
      previous[end] = Int32(start)
      route[start] = Int32(number)
      route[end] = Int32(number)
      free[start] = setting.open[number]
      latest[start] = setting.close[number]
      free[end] = setting.open[number]
      latest[end] = setting.close[number]
      position[end] = 1
    }
  }

  deinit {
    next.deallocate()
    previous.deallocate()
    route.deallocate()
    position.deallocate()
    free.deallocate()
    latest.deallocate()
    leg.deallocate()
    size.deallocate()
    metres.deallocate()
    absent.deallocate()
  }

  /// Makes this an exact copy; both come from one setting.
  mutating func copy(from other: borrowing SearchMemory) {
    next.update(from: other.next, count: nodeCount)
    previous.update(from: other.previous, count: nodeCount)
    route.update(from: other.route, count: nodeCount)
    position.update(from: other.position, count: nodeCount)
    free.update(from: other.free, count: nodeCount)
    latest.update(from: other.latest, count: nodeCount)
    leg.update(from: other.leg, count: nodeCount)
    size.update(from: other.size, count: routeCount)
    metres.update(from: other.metres, count: routeCount)
    absent.update(from: other.absent, count: other.absentCount)
    absentCount = other.absentCount
  }

  mutating func addAbsent(_ stop: Int32) {
    absent[absentCount] = stop
    absentCount += 1
  }

  mutating func setAbsentCount(_ count: Int) { absentCount = count }

  /// Takes a stop off its route without bringing the route's times up to date.
  mutating func remove(_ stop: Int32) {
    let (before, after) = (previous[Int(stop)], next[Int(stop)])
    next[Int(before)] = after
    previous[Int(after)] = before
    size[Int(route[Int(stop)])] -= 1
    route[Int(stop)] = -1
    addAbsent(stop)
  }

  /// Puts a stop behind a node without bringing the route's times up to date.
  mutating func insert(_ stop: Int32, after before: Int32) {
    let after = next[Int(before)]
    next[Int(before)] = stop
    previous[Int(stop)] = before
    next[Int(stop)] = after
    previous[Int(after)] = stop
    route[Int(stop)] = route[Int(before)]
    size[Int(route[Int(stop)])] += 1
  }

  /// Times, positions and metres of a route from its links.
  mutating func refresh(_ number: Int, _ setting: RouteSetting) {
    let start = stopCount + number
    let end = start + routeCount
    let windows = Int(setting.day[number]) * stopCount
    var node = start
    var time = setting.open[number]
    var total = size[number] > 0 ? setting.opening[number] : 0
    var step: Int32 = 0
    free[start] = time
    while node != end {
      let after = Int(next[node])
      let drive = Int(setting.place[node]) * setting.placeCount + Int(setting.place[after])
      leg[node] = setting.metres[drive]
      total += setting.metres[drive]
      time += setting.seconds[drive]
      step += 1
      position[after] = step
      if after < stopCount { time = max(time, setting.earliest[windows + after]) + setting.visit[after] }
      free[after] = time
      node = after
    }
    metres[number] = size[number] > 0 ? total : 0
    var limit = setting.close[number]
    latest[end] = limit
    while node != start {
      let before = Int(previous[node])
      let drive = Int(setting.place[before]) * setting.placeCount + Int(setting.place[node])
      limit -= setting.seconds[drive] + setting.visit[before]
      if before < stopCount { limit = min(limit, setting.latest[windows + before]) }
      latest[before] = limit
      node = before
    }
  }

  /// Metres of all routes in order, so that the sum does not depend on how it came about.
  func totalMetres() -> Double {
    var total = 0.0
    for number in 0..<routeCount { total += metres[number] }
    return total
  }
}
