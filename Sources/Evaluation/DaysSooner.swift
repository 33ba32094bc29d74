/// How much sooner an order of visits finds what is there than another order of the same visits would.
public enum DaysSooner {
  /// The day of each unit when `order` is worked off with the daily capacities of the days that were worked.
  ///
  /// - Parameters:
  ///   - order: Slots of the units, first to be visited first.
  ///   - capacities: Day (a number of days from any origin) and visits on it, in the order of the days; they add up to
  ///     the number of units.
  /// - Returns: The day of each unit, by slot.
  public static func schedule(order: [Int], capacities: [(day: Int, visits: Int)]) -> [Int] {
    precondition(capacities.reduce(0) { $0 + $1.visits } == order.count, "every unit is visited once")
    var days = [Int](repeating: 0, count: order.count)
    var next = 0
    for capacity in capacities {
      for _ in 0..<capacity.visits {
        days[order[next]] = capacity.day
        next += 1
      }
    }
    return days
  }

  /// Mean over finds of usual day less our day; `nil` without finds.
  public static func mean(usual: [Int], ours: [Int], isFind: [Bool]) -> Double? {
    var sum = 0
    var finds = 0
    for k in isFind.indices where isFind[k] {
      sum += usual[k] - ours[k]
      finds += 1
    }
    return finds > 0 ? Double(sum) / Double(finds) : nil
  }

  /// Share of the finds made up to and on a day; `nil` without finds.
  public static func shareFound(by day: Int, days: [Int], isFind: [Bool]) -> Double? {
    let finds = isFind.count(where: \.self)
    return finds > 0 ? Double(isFind.indices.count { isFind[$0] && days[$0] <= day }) / Double(finds) : nil
  }

  /// The day on which an order without scores reaches a target, counted from its first day.
  ///
  /// - Parameters:
  ///   - rank: Place in the usual order from 0; `nil` takes the middle, which is what a random order gives on average.
  ///   - targets: Targets that the order works through.
  ///   - visitsPerDay: Capacity, above 0.
  public static func usualDay(rank: Double?, targets: Int, visitsPerDay: Double) -> Double {
    ((rank ?? Double(targets - 1) / 2) / visitsPerDay).rounded(.down)
  }
}
