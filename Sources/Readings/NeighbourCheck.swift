internal import Glibc

/// Days in which a station is far from its neighbours whatever the wind.
///
/// A station above its neighbours may stand in a plume, and that is what this program looks for. A plume comes and goes
/// with the wind: the excess is a fault only if it stays in every wind sector that occurred, and these were at least three,
/// two of them well apart. Without wind, or under a steady one, nobody can tell, and nothing is flagged. A station far below all of its
/// neighbours is in no plume.
struct NeighbourCheck: Sendable {
  let rules: QualityRules.NeighboursRule

  func flag(_ row: inout ResidualRow, station: Int, wind: WindSectors?) {
    let limit = log(rules.ratio)
    var day = 0
    while day < row.dayCount {
      let level = row.dailyResiduals[day]
      guard abs(level) > limit else {
        day += 1
        continue
      }
      var end = day + 1
      var last = day
      var far = 1
      // A day that is less far, or without enough values, neither ends a run nor counts.
      while end < row.dayCount {
        let next = row.dailyResiduals[end]
        if abs(next) > limit, (next > 0) == (level > 0) {
          last = end
          far += 1
        } else if !next.isNaN, (next > 0) != (level > 0) || abs(next) < 0.6 * limit {
          break
        }
        end += 1
      }
      if far >= rules.days, level < 0 || isBlindToWind(row, days: day...last, station: station, wind: wind) {
        for hour in day * 24..<(last + 1) * 24 { row.add(.neighbours, hour) }
      }
      day = last + 1
    }
  }

  private func isBlindToWind(
    _ row: borrowing ResidualRow, days: ClosedRange<Int>, station: Int, wind: WindSectors?
  ) -> Bool {
    guard let wind else { return false }
    var bySector = [[Double]](repeating: [], count: WindSectors.count)
    for hour in days.lowerBound * 24..<(days.upperBound + 1) * 24 {
      let sector = wind.sector(station: station, column: hour)
      let residual = row.residual(hour)
      if sector != WindSectors.unknown, !residual.isNaN { bySector[Int(sector)].append(residual) }
    }
    var all = bySector.flatMap(\.self)
    var medians: [(sector: Int, median: Double)] = []
    for sector in bySector.indices where bySector[sector].count >= rules.sectorHours {
      medians.append((sector, middle(&bySector[sector])))
    }
    let top = medians.filter { $0.sector < 8 }.max { ($0.median, $1.sector) < ($1.median, $0.sector) }
    guard medians.count >= 3, let top, let low = medians.map(\.median).min() else { return false }
    // A plume of a source nearby is a few sectors wide: without wind from well beside it nobody can tell.
    let isSeenFromBeside = medians.contains { other in
      let steps = abs(other.sector - top.sector)
      return other.sector < 8 && min(steps, 8 - steps) >= 3
    }
    return isSeenFromBeside && low >= rules.plumeShare * middle(&all)
  }
}
