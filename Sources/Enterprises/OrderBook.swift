public import Quantities

/// The strictest order in force on a firm over a stretch of time.
public struct OrderStretch: Hashable, Sendable {
  /// First moment.
  public let start: Instant
  /// First moment after.
  public let end: Instant
  /// Share of production to be cut, percent; the highest of the orders in force.
  public let limitPercent: Double
  /// Position in ``OrderBook/orders`` of the strictest order; of equally strict ones the first.
  public let order: Int
  /// When the unbroken time under orders that contains this stretch began: where the ramp-down starts.
  public let episodeStart: Instant

  public init(start: Instant, end: Instant, limitPercent: Double, order: Int, episodeStart: Instant) {
    self.start = start
    self.end = end
    self.limitPercent = limitPercent
    self.order = order
    self.episodeStart = episodeStart
  }
}

/// The stop and limit orders that hold, with amendments applied.
///
/// An order that comes again under the same id amends the earlier one: the last row holds, whatever its scope.
/// Orders with different ids may overlap; for each moment the strictest holds.
public struct OrderBook: Sendable {
  /// Orders that hold, in the order of their last appearance in the input.
  public let orders: [StopOrder]
  /// Rows that a later row with the same id replaced.
  public let amendedCount: Int
  /// Rows that cannot be used, with the reason.
  public let refused: [(order: StopOrder, reason: String)]

  private let creditCodes: [Set<String>?]

  public init(_ rows: [StopOrder]) {
    var refused: [(order: StopOrder, reason: String)] = []
    var lastRow: [String: Int] = [:]
    for (slot, row) in rows.enumerated() where row.defect == nil { lastRow[row.id] = slot }
    var kept: [StopOrder] = []
    var usable = 0
    for (slot, row) in rows.enumerated() {
      if let reason = row.defect {
        refused.append((order: row, reason: reason))
      } else {
        usable += 1
        if lastRow[row.id] == slot { kept.append(row) }
      }
    }
    orders = kept
    amendedCount = usable - kept.count
    self.refused = refused
    creditCodes = kept.map {
      guard case .creditCodes(let codes) = $0.scope else { return nil }
      return Set(codes)
    }
  }

  /// Positions in ``orders`` of those that bind a firm, ascending.
  ///
  /// - Parameter exemptGrades: Firms of these performance grades reduce by themselves in heavy-pollution response
  ///   (自主减排): yellow, orange and red orders reach them only by credit code. Peak-shift orders always do.
  public func binding(_ enterprise: Enterprise, exemptGrades: Set<PerformanceGrade> = []) -> [Int] {
    let isExempt = enterprise.grade.map(exemptGrades.contains) ?? false
    return orders.indices.filter { slot in
      if let codes = creditCodes[slot] {
        let reaches = orders[slot].grades.isEmpty || enterprise.grade.map(orders[slot].grades.contains) ?? false
        return reaches && codes.contains(enterprise.creditCode)
      }
      if isExempt && orders[slot].kind != .peakShift { return false }
      return orders[slot].binds(enterprise)
    }
  }

  /// Cuts overlapping orders into stretches that do not overlap, each with the strictest limit; ascending by time.
  ///
  /// Neighbouring stretches under the same order are joined.
  public func stretches(of binding: [Int]) -> [OrderStretch] {
    guard !binding.isEmpty else { return [] }
    let cuts = Set(binding.flatMap { [orders[$0].start, orders[$0].end] }).sorted()
    var result: [OrderStretch] = []
    for (start, end) in zip(cuts, cuts.dropFirst()) {
      var strictest: Int?
      for slot in binding where orders[slot].start <= start && orders[slot].end >= end {
        if strictest.map({ orders[slot].limitPercent > orders[$0].limitPercent }) ?? true { strictest = slot }
      }
      guard let strictest else { continue }
      let limit = orders[strictest].limitPercent
      guard let last = result.last, last.end == start else {
        result.append(
          OrderStretch(start: start, end: end, limitPercent: limit, order: strictest, episodeStart: start))
        continue
      }
      let joins = last.order == strictest
      if joins { result.removeLast() }
      // A stricter order on top of a looser one starts its own ramp-down.
      let tightens = limit > last.limitPercent
      result.append(
        OrderStretch(
          start: joins ? last.start : start, end: end, limitPercent: limit, order: strictest,
          episodeStart: tightens ? start : last.episodeStart))
    }
    return result
  }

  /// The strictest order on a firm at a moment; `nil` when it is free.
  ///
  /// - Parameter exemptGrades: See ``binding(_:exemptGrades:)``.
  public func strictest(
    on enterprise: Enterprise, at moment: Instant, exemptGrades: Set<PerformanceGrade> = []
  ) -> OrderStretch? {
    let inForce = binding(enterprise, exemptGrades: exemptGrades).filter {
      orders[$0].start <= moment && moment < orders[$0].end
    }
    guard !inForce.isEmpty else { return nil }
    return stretches(of: binding(enterprise, exemptGrades: exemptGrades)).first {
      $0.start <= moment && moment < $0.end
    }
  }
}
