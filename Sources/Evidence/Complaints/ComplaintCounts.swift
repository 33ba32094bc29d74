public import Enterprises
public import Geometry
public import Grids
public import Quantities

/// Complaints about air by cell and day, whole numbers, as a scan of counts needs them.
public struct ComplaintCounts: Sendable {
  /// Cells with a complaint on any of the days, ascending.
  public let cells: [CellID]
  /// Consecutive, ascending.
  public let days: ClosedRange<LocalDay>
  /// `day * cells.count + slot`: complaints.
  public let values: [Double]
  /// Complaints that count.
  public let counted: Int
  /// Complaints left out because their place is known no better than to some cells or a county.
  public let vague: Int

  /// Complaints in all.
  public var total: Double { values.reduce(0, +) }
}

extension ComplaintScreen {
  /// Counts complaints about air by cell and day of the window.
  ///
  /// A report that repeats another is left out, and so is one whose place is vague: more than half of it must lie in one
  /// cell. Scans need whole counts, and a report spread over a county would be a cluster of its own making.
  ///
  /// - Parameters as for ``ranking(_:points:region:rules:lastDay:)``.
  public static func dailyCounts(
    _ complaints: [Complaint], points: [PlanePoint?], region: Region, rules: ComplaintRules, lastDay: LocalDay
  ) -> ComplaintCounts {
    let days = lastDay.advanced(by: 1 - rules.windowDays)...lastDay
    let about = complaints.indices.filter { isAboutAir(complaints[$0].category) && complaints[$0].time.day <= lastDay }
    let chosen = firsts(of: about, complaints, hours: rules.repeatHours).filter {
      days.contains(complaints[$0].time.day)
    }
    let places = ComplaintPlaces(chosen.map { complaints[$0] }, points: chosen.map { points[$0] }, region: region)
    var seen: [(slot: Int32, day: Int)] = []
    var vague = 0
    for (k, spread) in zip(chosen, places.spreads) {
      guard let spread else { continue }
      guard let most = zip(spread.slots, spread.weights).first(where: { $0.1 > 0.5 }) else {
        vague += 1
        continue
      }
      seen.append((most.0, days.lowerBound.days(until: complaints[k].time.day)))
    }
    let slots = Set(seen.map(\.slot)).sorted()
    let positions = Dictionary(uniqueKeysWithValues: slots.enumerated().map { ($0.element, $0.offset) })
    var values = [Double](repeating: 0, count: slots.count * rules.windowDays)
    for event in seen { values[event.day * slots.count + (positions[event.slot] ?? 0)] += 1 }
    return ComplaintCounts(
      cells: slots.map { region.cells[Int($0)] }, days: days, values: values, counted: seen.count, vague: vague)
  }
}
