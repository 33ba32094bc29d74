internal import Geometry
internal import Glibc
internal import Quantities

/// The nearest stations of each station, nearest first.
struct NeighbourLists: Sendable {
  /// By station.
  let lists: [[Int32]]

  /// - Complexity: stations squared divided by how many lie within the radius along one axis.
  init(_ positions: [PlanePoint?], rules: QualityRules.NeighbourhoodRule) {
    // Sorted by x, a station looks left and right no further than the radius.
    let placed = positions.indices.filter { positions[$0] != nil }.sorted {
      ((positions[$0]?.x ?? 0), $0) < ((positions[$1]?.x ?? 0), $1)
    }
    let points = placed.compactMap { positions[$0] }
    var lists = [[Int32]](repeating: [], count: positions.count)
    for (rank, point) in points.enumerated() {
      var near: [(distance: Double, station: Int32)] = []
      func visit(_ other: Int) -> Bool {
        let dx = points[other].x - point.x
        guard abs(dx) <= rules.radiusMetres else { return false }
        let dy = points[other].y - point.y
        let distance = (dx * dx + dy * dy).squareRoot()
        if distance <= rules.radiusMetres { near.append((distance, Int32(placed[other]))) }
        return true
      }
      var other = rank - 1
      while other >= 0, visit(other) { other -= 1 }
      other = rank + 1
      while other < points.count, visit(other) { other += 1 }
      near.sort { $0 < $1 }
      lists[placed[rank]] = near.prefix(rules.count).map(\.station)
    }
    self.lists = lists
  }
}

/// Logarithms of the usable values and what the neighbours let expect, by station, then hour; NaN where unknown.
struct NeighbourResiduals: Sendable {
  /// log(value + floor)
  let logs: [Double]
  /// Median of the neighbours' logs.
  let expected: [Double]

  init(_ series: HourlySeries, neighbours: NeighbourLists, rules: QualityRules, threads: Int) {
    let floor = rules.floor(of: series.pollutant)
    let bad = QualityFlags([.missingCode, .range, .stuck]).rawValue
    let count = series.hourCount
    let size = series.values.count
    let logs = [Double](unsafeUninitializedCapacity: size) { buffer, filled in
      nonisolated(unsafe) let out = buffer
      forEachStation(series.stationCount, threads) { station in
        for k in station * count..<(station + 1) * count {
          out[k] = series.flags[k] & bad != 0 ? .nan : log(max(0, series.values[k]) + floor)
        }
      }
      filled = size
    }
    let least = rules.neighbourhood.least
    expected = [Double](unsafeUninitializedCapacity: size) { buffer, filled in
      nonisolated(unsafe) let out = buffer
      forEachStation(series.stationCount, threads) { station in
        let near = neighbours.lists[station].map { Int($0) * count }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, near.count)) { sorted in
          logs.withUnsafeBufferPointer { logs in
            for hour in 0..<count {
              var n = 0
              // Insertion into a short sorted run: cheaper than any general sort for eight values.
              for base in near {
                let value = logs[base + hour]
                guard !value.isNaN else { continue }
                var j = n
                while j > 0, sorted[j - 1] > value {
                  sorted[j] = sorted[j - 1]
                  j -= 1
                }
                sorted[j] = value
                n += 1
              }
              let median = n % 2 == 1 ? sorted[n / 2] : n == 0 ? .nan : (sorted[n / 2 - 1] + sorted[n / 2]) / 2
              out[station * count + hour] = n >= least ? median : .nan
            }
          }
        }
      }
      filled = size
    }
    self.logs = logs
  }
}

extension NeighbourResiduals {
  /// Mean change from the hour before over some stations; 0 where none is known.
  func meanChanges(of stations: [Int32], hourCount: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: hourCount)
    var known = [Double](repeating: 0, count: hourCount)
    for station in stations {
      let base = Int(station) * hourCount
      for hour in 1..<hourCount {
        let change = logs[base + hour] - logs[base + hour - 1]
        guard !change.isNaN else { continue }
        sums[hour] += max(-ClockCheck.largestChange, min(ClockCheck.largestChange, change))
        known[hour] += 1
      }
    }
    return sums.indices.map { known[$0] > 0 ? sums[$0] / known[$0] : 0 }
  }
}

extension NeighbourResiduals {
  /// Median correlation of hourly changes with the neighbours', over at most 200 stations spread evenly.
  func sharedCorrelation(_ neighbours: NeighbourLists, hourCount: Int, least: Int) -> Double {
    let able = neighbours.lists.indices.filter { neighbours.lists[$0].count >= least }
    let step = max(1, able.count / 200)
    var found: [Double] = []
    for position in stride(from: 0, to: able.count, by: step) {
      let station = able[position]
      let theirs = meanChanges(of: neighbours.lists[station], hourCount: hourCount)
      let own = logs[station * hourCount..<(station + 1) * hourCount]
      var (product, a, b) = (0.0, 0.0, 0.0)
      for hour in 1..<hourCount {
        let change = ClockCheck.change(own, hour)
        product += change * theirs[hour]
        a += change * change
        b += theirs[hour] * theirs[hour]
      }
      if a > 0, b > 0 { found.append(product / (a * b).squareRoot()) }
    }
    return found.isEmpty ? 0 : middle(&found)
  }
}

/// One station's hours with what its neighbours let expect: what the checks along a series read and mark.
struct ResidualRow: ~Copyable {
  let values: UnsafeBufferPointer<Double>
  let flags: UnsafeMutableBufferPointer<UInt16>
  var logs: [Double]
  let expected: [Double]
  let floor: Double
  /// Median of each day's residuals; NaN for days with fewer than 12.
  private(set) var dailyResiduals: [Double] = []
  /// As `dailyResiduals`, each hour against the station's median residual of its wind sector.
  private(set) var dailyAdjusted: [Double] = []

  var hourCount: Int { values.count }
  var dayCount: Int { values.count / 24 }

  init(
    values: UnsafeBufferPointer<Double>, flags: UnsafeMutableBufferPointer<UInt16>, logs: [Double], expected: [Double],
    floor: Double
  ) {
    self.values = values
    self.flags = flags
    self.logs = logs
    self.expected = expected
    self.floor = floor
  }

  /// log(value) over the neighbours' median; NaN where either is unknown.
  func residual(_ hour: Int) -> Double { logs[hour] - expected[hour] }

  func add(_ flag: QualityFlags, _ hour: Int) {
    if !values[hour].isNaN { flags[hour] |= flag.rawValue }
  }

  /// Fills the daily medians, and the same of residuals without the station's own pattern by wind sector.
  mutating func summarise(station: Int, wind: WindSectors?) {
    var buffer: [Double] = []
    func daily(_ value: (Int) -> Double) -> [Double] {
      (0..<dayCount).map { day in
        buffer.removeAll(keepingCapacity: true)
        for hour in day * 24..<day * 24 + 24 {
          let value = value(hour)
          if !value.isNaN { buffer.append(value) }
        }
        return buffer.count >= 12 ? middle(&buffer) : .nan
      }
    }
    let (logs, expected) = (logs, expected)
    dailyResiduals = daily { logs[$0] - expected[$0] }
    guard let wind else {
      dailyAdjusted = dailyResiduals
      return
    }
    var bySector = [[Double]](repeating: [], count: WindSectors.count)
    for hour in 0..<hourCount {
      let sector = wind.sector(station: station, column: hour)
      let value = residual(hour)
      if sector != WindSectors.unknown, !value.isNaN { bySector[Int(sector)].append(value) }
    }
    let offsets = bySector.indices.map { bySector[$0].count >= 24 ? middle(&bySector[$0]) : .nan }
    dailyAdjusted = daily { hour in
      let sector = wind.sector(station: station, column: hour)
      let offset = sector == WindSectors.unknown ? .nan : offsets[Int(sector)]
      return logs[hour] - expected[hour] - offset
    }
  }
}
