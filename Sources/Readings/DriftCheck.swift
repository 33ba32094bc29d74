internal import Glibc

/// A slow, steady move away from the neighbours that lasts.
///
/// The model of the daily residuals is: level, straight ramp over a week or more, new level, and perhaps a day on which
/// the old level comes back. Of all such shapes the one that explains most is taken, if it explains enough of the whole
/// series and more than a step does. Residuals are freed of the station's own pattern by wind sector first, because a
/// week of one wind moves a station near a source as a drift would.
struct DriftCheck: Sendable {
  let rules: QualityRules.DriftRule

  func flag(_ row: inout ResidualRow) {
    let days = Self.withoutLoneDays(row.dailyAdjusted)
    guard let shape = shape(of: days), !isStep(row.dailyResiduals, rather: shape) else { return }
    let limit = log(rules.flaggedFrom)
    for day in shape.start..<shape.end {
      let moved = abs(shape.height) * min(1, Double(day - shape.start) / Double(shape.length))
      guard moved >= limit else { continue }
      for hour in day * 24..<day * 24 + 24 { row.add(.drift, hour) }
    }
  }

  /// The median of each day and the two beside it: a plume that misses its sector makes one strange day.
  private static func withoutLoneDays(_ days: [Double]) -> [Double] {
    days.indices.map { day in
      guard day > 0, day + 1 < days.count, !days[day].isNaN else { return days[day] }
      let (a, b, c) = (days[day - 1], days[day], days[day + 1])
      return a.isNaN || c.isNaN ? b : max(min(a, b), min(max(a, b), c))
    }
  }

  private struct Shape {
    let start: Int
    /// Of the ramp, days; 0 is a step.
    let length: Int
    /// First day at the old level again, or the number of days.
    let end: Int
    let height: Double
    let explained: Double
  }

  /// Sums over days before a given one, so that any shape costs the same few operations.
  private struct Sums {
    var n = [0.0]
    var t = [0.0]
    var tt = [0.0]
    var d = [0.0]
    var td = [0.0]
    var dd = 0.0

    init(_ days: [Double]) {
      for (day, value) in days.enumerated() {
        let (w, x, y) = value.isNaN ? (0.0, 0.0, 0.0) : (1.0, Double(day), value)
        n.append(n[day] + w)
        t.append(t[day] + w * x)
        tt.append(tt[day] + w * x * x)
        d.append(d[day] + w * y)
        td.append(td[day] + w * x * y)
        dd += w * y * y
      }
    }

    /// Height and explained squares of a ramp from `start` over `length` days that ends at `end`.
    func fit(_ start: Int, _ length: Int, _ end: Int) -> (height: Double, explained: Double)? {
      let top = min(end, start + length)
      let total = n[n.count - 1]
      let (a, scale) = (Double(start), length > 0 ? 1 / Double(length) : 0)
      // Sums of f, f² and f·d, where f rises from 0 at `start` to 1 at `top` and stays.
      let (nRamp, tRamp) = (n[top] - n[start], t[top] - t[start])
      let nTop = n[end] - n[top]
      let f = scale * (tRamp - a * nRamp) + nTop
      let ff = scale * scale * (tt[top] - tt[start] - 2 * a * tRamp + a * a * nRamp) + nTop
      let fd = scale * (td[top] - td[start] - a * (d[top] - d[start])) + d[end] - d[top]
      let spread = ff - f * f / total
      guard spread > 1 else { return nil }
      let height = (fd - f * d[d.count - 1] / total) / spread
      return (height, height * height * spread)
    }
  }

  private static let lengths = [6, 8, 10, 12, 14, 16, 18, 20, 23, 26, 30, 35, 40]

  private func shape(of days: [Double]) -> Shape? {
    let sums = Sums(days)
    let known = sums.n[days.count]
    guard known >= Double(rules.days + 4) else { return nil }
    let total = sums.dd - sums.d[days.count] * sums.d[days.count] / known
    var best: Shape?
    for length in Self.lengths where length >= rules.days && length < days.count {
      for start in 0...days.count - length {
        for end in start + length...days.count {
          guard let fit = sums.fit(start, length, end), fit.explained > best?.explained ?? 0 else { continue }
          best = Shape(start: start, length: length, end: end, height: fit.height, explained: fit.explained)
        }
      }
    }
    guard let best, abs(best.height) >= log(rules.ratio), best.explained >= rules.explained * total else {
      return nil
    }
    return best
  }

  /// Whether two levels leave clearly less of the unadjusted residuals than a ramp does.
  private func isStep(_ days: [Double], rather shape: Shape) -> Bool {
    let sums = Sums(Self.withoutLoneDays(days))
    let known = sums.n[days.count]
    let total = sums.dd - sums.d[days.count] * sums.d[days.count] / known
    guard let ramp = sums.fit(shape.start, shape.length, shape.end) else { return false }
    var step = 0.0
    for start in 0..<days.count {
      for end in start + 1...days.count {
        if let fit = sums.fit(start, 0, end) { step = max(step, fit.explained) }
      }
    }
    return total - step < 0.8 * (total - ramp.explained)
  }
}
