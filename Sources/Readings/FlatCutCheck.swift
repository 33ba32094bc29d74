internal import Glibc

/// Values pinned under a cap while the neighbours exceed it.
struct FlatCutCheck: Sendable {
  let rules: QualityRules.FlatCutRule

  func flag(_ row: inout ResidualRow) {
    guard row.dayCount >= rules.days else { return }
    for day in 0...(row.dayCount - rules.days) { flag(&row, hours: day * 24..<(day + rules.days) * 24) }
  }

  private func flag(_ row: inout ResidualRow, hours: Range<Int>) {
    // The third largest stands for the cap: two values may have slipped through it.
    var top = (-1.0, -1.0, -1.0)
    var known = 0
    for hour in hours where isUsable(row, hour) {
      known += 1
      let value = row.values[hour]
      if value > top.0 {
        top = (value, top.0, top.1)
      } else if value > top.1 {
        top = (top.0, value, top.1)
      } else if value > top.2 {
        top.2 = value
      }
    }
    let cap = top.2
    guard known >= hours.count / 2, cap > row.floor else { return }
    let edge = cap * (1 - rules.width)
    var pinned = 0
    for hour in hours where isUsable(row, hour) && row.values[hour] >= edge { pinned += 1 }
    guard Double(pinned) >= rules.pinnedShare * Double(known) else { return }
    // How the station stands to its neighbours where the cap does not touch it.
    var free: [Double] = []
    for hour in hours where row.values[hour] < 0.9 * cap {
      let residual = row.residual(hour)
      if !residual.isNaN { free.append(residual) }
    }
    let offset = free.count >= 12 ? middle(&free) : 0
    let clearly = log(1.1 * cap + row.floor) - offset
    var (above, held) = (0, 0)
    for hour in hours where isUsable(row, hour) && row.expected[hour] > clearly {
      above += 1
      if row.values[hour] >= edge { held += 1 }
    }
    guard Double(above) >= 0.5 * rules.pinnedShare * Double(known), Double(held) >= rules.heldShare * Double(above)
    else { return }
    for hour in hours where isUsable(row, hour) && row.values[hour] >= edge { row.add(.flatCut, hour) }
  }

  /// Any value that is one: pinned values often look stuck as well.
  private func isUsable(_ row: borrowing ResidualRow, _ hour: Int) -> Bool {
    !row.values[hour].isNaN && row.flags[hour] & QualityFlags([.missingCode, .range]).rawValue == 0
  }
}
