internal import Enterprises
internal import Quantities

/// What firms do on which day.
extension SyntheticWorld {
  /// Share of full production in a quarter hour of a day of the campaign, 0...1.
  func activity(_ source: SyntheticSource, day: Int, step: Int) -> Double {
    if source.behaviour == .plainShutdown, day >= source.turningDay { return 0.02 }
    let hour = step / 4
    var level = usualLevel(source, day: day, hour: hour)
    guard source.isRegistered else { return level }
    let limit = limitPercent(source, day: day, hour: hour)
    guard limit > 0 else { return level }
    switch source.behaviour {
    case .ignoresStopOrders: return level
    case .exceedsLimit where limit < 100: return level
    case .nightShift: return hour >= 22 || hour < 5 ? 0.9 : 0.05
    default: level = min(level, max(0.04, 1 - limit / 100 - 0.04))
    }
    return level
  }

  /// Share of full production without orders.
  private func usualLevel(_ source: SyntheticSource, day: Int, hour: Int) -> Double {
    if source.restsOnSundays, options.start.advanced(by: day).isoWeekday == 7 { return 0.02 }
    switch source.behaviour {
    case .nightWork where day >= source.turningDay: return hour >= 22 || hour < 6 ? 1 : 0.05
    case .nightHabit: return hour >= 20 || hour < 7 ? 1 : 0.02
    default: return source.isContinuous || (7..<19).contains(hour) ? 1 : 0.02
    }
  }

  /// The strictest order in force for a firm, percent of production to be cut; 0 without one.
  func limitPercent(_ source: SyntheticSource, day: Int, hour: Int) -> Double {
    let time = LocalHour(day: options.start.advanced(by: day), hourOfDay: hour).start
    var limit = 0.0
    for order in orders where order.start <= time && time < order.end && order.limitPercent > limit {
      let isListed = if case .creditCodes = order.scope { true } else { false }
      if source.grade == .a, !isListed, order.kind != .peakShift { continue }
      if order.scope.covers(countyCode: source.countyCode, industryCode: source.industryCode, creditCode: source.id) {
        limit = order.limitPercent
      }
    }
    return limit
  }

  /// Whether treatment runs in a quarter hour when production does.
  func treatmentRuns(_ source: SyntheticSource, day: Int, step: Int) -> Bool {
    guard source.behaviour == .treatmentOff, day >= source.turningDay else { return source.isRegistered }
    return !(36..<64).contains(step)
  }

  /// Truth: whether a source's machines run for a part of a day of the campaign.
  public func works(_ source: SyntheticSource, day: Int) -> Bool {
    (0..<24).contains { activity(source, day: day, step: $0 * 4) > 0.3 }
  }

  /// Truth: whether a firm's load on a day of the campaign shows what its behaviour is named after.
  ///
  /// The first day of an order does not count, because no rule judges it. Honest behaviours never do.
  public func misbehaves(_ source: SyntheticSource, day: Int) -> Bool {
    guard source.isRegistered, source.meter != nil, day > 0 else { return false }
    let isTurned = day >= source.turningDay
    let limit = limitPercent(source, day: day, hour: 12)
    let isSettled = limitPercent(source, day: day - 1, hour: 12) > 0
    let works = works(source, day: day)
    switch source.behaviour {
    case .honest, .selfGeneration, .plainShutdown, .meterFault, .nightHabit: return false
    case .ignoresStopOrders, .nightShift: return limit > 0 && isSettled && works
    case .exceedsLimit: return limit > 0 && limit < 100 && isSettled && works
    case .treatmentOff: return isTurned && (36..<64).contains { activity(source, day: day, step: $0) > 0.3 }
    case .treatmentIdle: return isTurned && works
    case .nightWork, .loadVanished: return isTurned && limit == 0 && works
    case .tamperedReading: return isTurned
    }
  }
}
