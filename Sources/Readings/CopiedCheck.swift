/// Days whose values are those of another station, or of the same station on another day.
struct CopiedCheck: Sendable {
  let rules: QualityRules.CopiedRule

  func flag(
    _ series: inout HourlySeries, _ residuals: NeighbourResiduals, _ neighbours: NeighbourLists, _ threads: Int
  ) {
    exact(&series)
    if rules.tolerance > 0 { near(&series, residuals, neighbours, threads) }
  }

  private struct DayPrint {
    let hash: UInt64
    let station: Int32
    let day: Int32
  }

  /// Equal days anywhere in the network, then the equal hours before and after them.
  private func exact(_ series: inout HourlySeries) {
    let prints = dayPrints(series).sorted { ($0.hash, $0.station, $0.day) < ($1.hash, $1.station, $1.day) }
    var start = 0
    while start < prints.count {
      var end = start + 1
      while end < prints.count, prints[end].hash == prints[start].hash { end += 1 }
      for k in start + 1..<max(start + 1, end) { mark(&series, prints[start], prints[k]) }
      start = end
    }
  }

  private func dayPrints(_ series: HourlySeries) -> [DayPrint] {
    var prints: [DayPrint] = []
    prints.reserveCapacity(series.stationCount * series.dayCount)
    for station in 0..<series.stationCount {
      for day in 0..<series.dayCount {
        let base = station * series.hourCount + day * 24
        guard isRich(series, base) else { continue }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for k in base..<base + 24 {
          let bits = series.values[k].isNaN ? 0x7FF8 : series.values[k].bitPattern
          hash = (hash ^ bits) &* 0x100_0000_01B3
          hash ^= hash >> 29
        }
        prints.append(DayPrint(hash: hash, station: Int32(station), day: Int32(day)))
      }
    }
    return prints
  }

  /// Whether a day has enough values, and enough different ones, to be somebody's own.
  private func isRich(_ series: HourlySeries, _ base: Int) -> Bool {
    var known = 0
    var distinct = 0
    for k in base..<base + 24 where !series.values[k].isNaN {
      known += 1
      var isNew = true
      for j in base..<k where series.values[j] == series.values[k] {
        isNew = false
        break
      }
      if isNew { distinct += 1 }
    }
    return known >= 20 && distinct >= rules.distinct
  }

  private func mark(_ series: inout HourlySeries, _ a: DayPrint, _ b: DayPrint) {
    let count = series.hourCount
    let (rowA, rowB) = (Int(a.station) * count, Int(b.station) * count)
    let (atA, atB) = (Int(a.day) * 24, Int(b.day) * 24)
    func isSame(_ offset: Int) -> Bool {
      let (x, y) = (atA + offset, atB + offset)
      guard x >= 0, y >= 0, x < count, y < count else { return false }
      return series.values[rowA + x] == series.values[rowB + y]
    }
    for offset in 0..<24 where !isSame(offset) {
      // Equal prints of unequal days: both hours must be missing, or the prints collided.
      if !(series.values[rowA + atA + offset].isNaN && series.values[rowB + atB + offset].isNaN) { return }
    }
    var (first, last) = (0, 23)
    while isSame(first - 1) { first -= 1 }
    while isSame(last + 1) { last += 1 }
    for offset in first...last {
      for slot in [rowA + atA + offset, rowB + atB + offset] where !series.values[slot].isNaN {
        series.flags[slot] |= QualityFlags.copied.rawValue
      }
    }
  }

  /// Days of neighbours that differ by less than two instruments can.
  private func near(
    _ series: inout HourlySeries, _ residuals: NeighbourResiduals, _ neighbours: NeighbourLists, _ threads: Int
  ) {
    let (count, days) = (series.hourCount, series.dayCount)
    var hits = [[(other: Int, day: Int)]](repeating: [], count: series.stationCount)
    let whole = series
    hits.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      residuals.logs.withUnsafeBufferPointer { logs in
        nonisolated(unsafe) let logs = logs
        forEachStation(whole.stationCount, threads) { station in
          for other in neighbours.lists[station] {
            for day in 0..<days {
              let (a, b) = (station * count + day * 24, Int(other) * count + day * 24)
              guard isClose(logs, a, b), isRich(whole, a) else { continue }
              // The ends of an exact copy are known to the hour and need no whole day around them.
              let isKnown = (a..<a + 24).contains { whole.flags[$0] & QualityFlags.copied.rawValue != 0 }
              if !isKnown { out[station].append((Int(other), day)) }
            }
          }
        }
      }
    }
    for (station, found) in hits.enumerated() {
      for (other, day) in found {
        for row in [station, other] {
          for slot in row * count + day * 24..<row * count + day * 24 + 24 where !series.values[slot].isNaN {
            series.flags[slot] |= QualityFlags.copied.rawValue
          }
        }
      }
    }
  }

  private func isClose(_ logs: UnsafeBufferPointer<Double>, _ a: Int, _ b: Int) -> Bool {
    var (sum, known) = (0.0, 0)
    for hour in 0..<24 {
      let difference = abs(logs[a + hour] - logs[b + hour])
      guard !difference.isNaN else { continue }
      sum += difference
      known += 1
      // Most pairs are told apart by the first hours.
      if sum > rules.tolerance * 24 { return false }
    }
    return known >= 20 && sum <= rules.tolerance * Double(known)
  }
}
