internal import Glibc
internal import Randomness

/// One start of the search: Slack Induction by String Removals (Christiaens & Vanden Berghe 2020,
/// doi:10.1287/trsc.2019.0914), which takes strings of neighbouring stops off a few routes, puts them back one by one
/// where they cost least, and keeps or forgets the result by simulated annealing.
///
/// Deterministic: it stops by its count of iterations and never looks at a clock.
struct RouteSearch: ~Copyable {
  /// Rounding allowed in a check of times, far below what a clock at a gate shows.
  static let slackSeconds = 1e-3
  /// Of the paper: mean number of stops removed, longest string, chances of splitting a string, of skipping one stop more
  /// and of overlooking a position.
  static let meanRemoved = 10.0
  static let longestString = 10.0
  static let splitChance = 0.5
  static let growthChance = 0.01
  static let blinkChance = 0.01

  /// What one start found, to be compared with others.
  struct Result: Sendable {
    let routes: [[Int]]
    let unserved: Int
    let metres: Double
  }

  private let setting: RouteSetting
  private var random: RandomStream
  private var current: SearchMemory
  private var candidate: SearchMemory
  private var best: SearchMemory
  private var bestMetres = 0.0
  private var currentMetres = 0.0
  /// Stops that some team could serve.
  private let reachable: [Int32]
  /// How often each stop was left over, and the marks of a round.
  private var absences: [Int]
  private var touched: [Bool]
  private var familyMark: [Int32]
  private var mark: Int32 = 0
  private var keys: [Double]

  init(_ setting: RouteSetting, seed: UInt64, start: Int) {
    self.setting = setting
    random = RandomStream(seed: seed, slot: start, replicate: 0)
    current = SearchMemory(setting)
    candidate = SearchMemory(setting)
    best = SearchMemory(setting)
    let unreachable = setting.isUnreachable
    reachable = (0..<Int32(setting.stopCount)).filter { !unreachable[Int($0)] }
    absences = [Int](repeating: 0, count: setting.stopCount)
    touched = [Bool](repeating: false, count: setting.routeCount)
    familyMark = [Int32](repeating: 0, count: setting.familyCount)
    keys = [Double](repeating: 0, count: setting.stopCount)
  }

  /// - Parameter iterations: Rounds of ruin and recreate; at most half of them are spent on serving everything.
  consuming func run(iterations: Int) -> Result {
    for number in 0..<setting.routeCount { candidate.refresh(number, setting) }
    for stop in reachable { candidate.addAbsent(stop) }
    recreate()
    current.copy(from: candidate)
    best.copy(from: candidate)
    currentMetres = candidate.totalMetres()
    bestMetres = currentMetres
    guard reachable.count > 1 else { return result() }
    var left = iterations
    let half = iterations / 2
    while best.absentCount > 0, left > half {
      serveMore()
      left -= 1
    }
    current.copy(from: best)
    candidate.copy(from: best)
    currentMetres = bestMetres
    shorten(iterations: left)
    return result()
  }

  private borrowing func result() -> Result {
    var routes: [[Int]] = []
    for number in 0..<setting.routeCount {
      var order: [Int] = []
      var node = best.next[setting.stopCount + number]
      while node < setting.stopCount {
        order.append(Int(node))
        node = best.next[Int(node)]
      }
      routes.append(order)
    }
    return Result(routes: routes, unserved: best.absentCount, metres: bestMetres)
  }

  /// One round in which a plan is better when it leaves over stops that were seldom left over (the paper's sum of
  /// absences): the stops that are hard to place get their place first.
  private mutating func serveMore() {
    ruin()
    recreate()
    let metres = candidate.totalMetres()
    let (now, before) = (candidate.absentCount, current.absentCount)
    if now < before || absenceSum(candidate) < absenceSum(current) || (now == before && metres < currentMetres) {
      current.copy(from: candidate)
      currentMetres = metres
      if now < best.absentCount || (now == best.absentCount && metres < bestMetres) {
        best.copy(from: candidate)
        bestMetres = metres
      }
    }
    for k in 0..<now { absences[Int(candidate.absent[k])] += 1 }
    candidate.copy(from: current)
  }

  private borrowing func absenceSum(_ memory: borrowing SearchMemory) -> Int {
    var sum = 0
    for k in 0..<memory.absentCount { sum += absences[Int(memory.absent[k])] }
    return sum
  }

  /// Annealing on metres; what is served stays served. Temperatures are in units of the first plan's mean leg, so that
  /// they suit kilometres and metres, towns and provinces.
  private mutating func shorten(iterations: Int) {
    var used = 0
    for number in 0..<setting.routeCount where current.size[number] > 0 { used += 1 }
    let meanLeg = currentMetres / Double(max(1, reachable.count + used))
    var temperature = Self.firstTemperature * meanLeg
    let factor = pow(Self.lastTemperature / Self.firstTemperature, 1 / Double(max(1, iterations)))
    for _ in 0..<iterations {
      ruin()
      recreate()
      let metres = candidate.totalMetres()
      let (now, before) = (candidate.absentCount, current.absentCount)
      // -ln u for u in (0, 1]: the annealing rule solved for the metres that are still let through.
      if now < before || (now == before && metres < currentMetres - temperature * log(1 - random.fraction())) {
        current.copy(from: candidate)
        currentMetres = metres
        if now < best.absentCount || (now == best.absentCount && metres < bestMetres) {
          best.copy(from: candidate)
          bestMetres = metres
        }
      } else {
        candidate.copy(from: current)
      }
      temperature *= factor
    }
  }

  /// First and last temperature, mean legs.
  static let firstTemperature = 1.0
  static let lastTemperature = 0.01
}

// MARK: - Ruin

extension RouteSearch {
  /// Takes strings around a random stop off neighbouring routes of the candidate.
  private mutating func ruin() {
    var served = 0
    var used = 0
    for number in 0..<setting.routeCount where candidate.size[number] > 0 {
      served += Int(candidate.size[number])
      used += 1
    }
    guard used > 0 else { return }
    let longest = min(Self.longestString, Double(served) / Double(used))
    let mostStrings = 4 * Self.meanRemoved / (1 + longest) - 1
    let strings = Int(1 + random.fraction() * mostStrings)
    let seed = Int(reachable[random.number(below: reachable.count)])
    for number in 0..<setting.routeCount { touched[number] = false }
    var ruined = 0
    for k in 0..<setting.neighbourCount where ruined < strings {
      let stop = setting.neighbours[seed * setting.neighbourCount + k]
      let number = Int(candidate.route[Int(stop)])
      guard number >= 0, !touched[number] else { continue }
      touched[number] = true
      ruined += 1
      removeString(around: stop, longest: min(longest, Double(candidate.size[number])))
      candidate.refresh(number, setting)
    }
  }

  private mutating func removeString(around stop: Int32, longest: Double) {
    let number = Int(candidate.route[Int(stop)])
    let size = Int(candidate.size[number])
    let length = min(size, Int(1 + random.fraction() * longest))
    var kept = 0
    if length > 1, length < size, random.fraction() < Self.splitChance {
      kept = 1
      while length + kept < size, random.fraction() < Self.growthChance { kept += 1 }
    }
    // The window of removed and kept stops holds the stop; where it begins is a coin's business.
    let window = length + kept
    let place = Int(candidate.position[Int(stop)])  // from 1
    let first = max(1, place - window + 1)
    let last = min(place, size - window + 1)
    let begin = first + random.number(below: last - first + 1)
    let keptFrom = kept > 0 ? random.number(below: length) : window
    var node = stop
    for _ in 0..<(place - begin) { node = candidate.previous[Int(node)] }
    for k in 0..<window {
      let after = candidate.next[Int(node)]
      if k < keptFrom || k >= keptFrom + kept { candidate.remove(node) }
      node = after
    }
  }
}

// MARK: - Recreate

extension RouteSearch {
  /// Puts absent stops back one by one, each where it costs least, now and then overlooking a position.
  private mutating func recreate() {
    sortAbsent()
    let count = candidate.absentCount
    var left = 0
    for k in 0..<count {
      let stop = candidate.absent[k]
      if let node = bestPosition(of: Int(stop)) {
        candidate.insert(stop, after: node)
        candidate.refresh(Int(candidate.route[Int(stop)]), setting)
      } else {
        candidate.absent[left] = stop
        left += 1
      }
    }
    candidate.setAbsentCount(left)
  }

  /// The paper's orders with its weights: random 4, long visits first 4, far first 2, near first 1, narrow windows
  /// first 2, early windows first 2, late ends first 2.
  private mutating func sortAbsent() {
    let count = candidate.absentCount
    let order = random.number(below: 17)
    for k in 0..<count {
      let stop = Int(candidate.absent[k])
      keys[k] =
        switch order {
        case 0..<4: random.fraction()
        case 4..<8: -setting.visit[stop] + random.fraction()
        case 8..<10: -setting.remoteness[stop]
        case 10: setting.remoteness[stop]
        case 11..<13: setting.width[stop]
        case 13..<15: setting.firstEarliest[stop]
        default: -setting.lastLatest[stop]
        }
    }
    // Few and unequal: an insertion sort, stable.
    var k = 1
    while k < count {
      let (key, stop) = (keys[k], candidate.absent[k])
      var j = k - 1
      while j >= 0, keys[j] > key {
        keys[j + 1] = keys[j]
        candidate.absent[j + 1] = candidate.absent[j]
        j -= 1
      }
      keys[j + 1] = key
      candidate.absent[j + 1] = stop
      k += 1
    }
  }

  /// The node behind which a stop costs fewest metres, or `nil` when it fits nowhere.
  private mutating func bestPosition(of stop: Int) -> Int32? {
    mark += 1
    let n = setting.stopCount
    let place = Int(setting.place[stop])
    let metresTo = setting.metresTo + place * setting.placeCount
    let secondsTo = setting.secondsTo + place * setting.placeCount
    let metresFrom = setting.metres + place * setting.placeCount
    let secondsFrom = setting.seconds + place * setting.placeCount
    let visit = setting.visit[stop]
    var bestCost = Double.infinity
    var bestNode: Int32?
    for number in 0..<setting.routeCount {
      let size = candidate.size[number]
      guard size < setting.limit[number] else { continue }
      var opening = 0.0
      if size == 0 {
        // Of exchangeable empty team-days only the first is tried.
        let family = Int(setting.family[number])
        guard familyMark[family] != mark else { continue }
        familyMark[family] = mark
        opening = setting.opening[number]
      }
      let early = setting.earliest[Int(setting.day[number]) * n + stop]
      let late = setting.latest[Int(setting.day[number]) * n + stop]
      guard early <= late else { continue }
      var node = n + number
      let end = node + setting.routeCount
      while node != end, candidate.free[node] <= late {
        let after = Int(candidate.next[node])
        let (from, to) = (Int(setting.place[node]), Int(setting.place[after]))
        let arrive = candidate.free[node] + secondsTo[from]
        if arrive <= late, max(arrive, early) + visit + secondsFrom[to] <= candidate.latest[after] {
          let cost = metresTo[from] + metresFrom[to] - candidate.leg[node] + opening
          if cost < bestCost, random.fraction() >= Self.blinkChance {
            bestCost = cost
            bestNode = Int32(node)
          }
        }
        node = after
      }
    }
    return bestNode
  }
}
