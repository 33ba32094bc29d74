internal import Glibc

/// Dips at the same hours of every day that the neighbours do not have, with sharp edges.
///
/// A street's own daily wave is smooth; a water cannon has a timetable.
struct SprayCheck: Sendable {
  let rules: QualityRules.SprayRule

  func flag(_ row: inout ResidualRow) {
    guard row.dayCount >= rules.days else { return }
    // Against the day's own median, so that neither drift nor weather reads as a dip.
    let deviations = (0..<row.hourCount).map { row.residual($0) - row.dailyResiduals[$0 / 24] }
    for day in stride(from: 0, through: row.dayCount - rules.days, by: 2) {
      flag(&row, deviations, days: day..<day + rules.days)
    }
    flag(&row, deviations, days: row.dayCount - rules.days..<row.dayCount)
  }

  private func flag(_ row: inout ResidualRow, _ deviations: [Double], days: Range<Int>) {
    let limit = log(1 - rules.depth)
    var levels = [Double](repeating: .nan, count: 24)
    var buffer: [Double] = []
    var isDip = [Bool](repeating: false, count: 24)
    for hourOfDay in 0..<24 {
      buffer.removeAll(keepingCapacity: true)
      var dips = 0
      for day in days {
        let value = deviations[day * 24 + hourOfDay]
        guard !value.isNaN else { continue }
        buffer.append(value)
        if value < limit / 2 { dips += 1 }
      }
      guard buffer.count * 2 >= days.count else { continue }
      let known = buffer.count
      levels[hourOfDay] = middle(&buffer)
      isDip[hourOfDay] = levels[hourOfDay] <= limit && Double(dips) >= rules.dayShare * Double(known)
    }
    let hours = (0..<24).filter { isDip[$0] }
    guard (1...rules.mostHours).contains(hours.count) else { return }
    for hour in hours where isSharp(hour, isDip, levels, limit) {
      for day in days where deviations[day * 24 + hour] < limit / 2 { row.add(.spray, day * 24 + hour) }
    }
  }

  /// Whether the run of dips an hour belongs to begins and ends within an hour.
  private func isSharp(_ hour: Int, _ isDip: [Bool], _ levels: [Double], _ limit: Double) -> Bool {
    var first = hour
    while isDip[(first + 23) % 24], (first + 23) % 24 != hour { first = (first + 23) % 24 }
    var last = hour
    while isDip[(last + 1) % 24], (last + 1) % 24 != hour { last = (last + 1) % 24 }
    let (before, after) = (levels[(first + 23) % 24], levels[(last + 1) % 24])
    return before - levels[first] >= -0.6 * limit && after - levels[last] >= -0.6 * limit
  }
}
