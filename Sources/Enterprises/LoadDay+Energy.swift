public import Quantities

/// A quarter hour of Beijing time, labelled by its beginning.
public struct QuarterHour: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Quarter hours since 1970-01-01T00:00 Beijing time.
  public let ordinal: Int32

  public init(ordinal: Int32) { self.ordinal = ordinal }

  /// - Parameter step: 0...95.
  public init(day: LocalDay, step: Int) { ordinal = day.ordinal * 96 + Int32(step) }

  /// The quarter hour that contains a moment.
  public init(containing instant: Instant) {
    let seconds = instant.secondsSinceEpoch + BeijingTime.offsetSeconds
    ordinal = Int32(seconds.flooredQuotient(by: 900))
  }

  /// The Beijing day that holds the quarter hour.
  public var day: LocalDay { LocalDay(ordinal: ordinal.flooredQuotient(by: 96)) }
  /// 0...95
  public var step: Int { Int(ordinal.flooredRemainder(by: 96)) }
  /// First moment of the quarter hour.
  public var start: Instant {
    Instant(secondsSinceEpoch: Int64(ordinal) * 900 - BeijingTime.offsetSeconds)
  }

  public static func < (a: QuarterHour, b: QuarterHour) -> Bool { a.ordinal < b.ordinal }

  /// `2017-11-21T08:15`
  public var description: String {
    let minutes = step % 4 * 15
    return "\(start.hour):\(minutes == 0 ? "00" : "\(minutes)")"
  }
}

extension LoadDay {
  /// Quarter hours of a day; China has no summer time, so that every day has as many.
  public static let stepsPerDay = 96

  /// Steps with a value, 0...96.
  public var knownSteps: Int {
    energyKilowattHours.reduce(0) { $0 + ($1.isNaN ? 0 : 1) }
  }

  /// Energy of the known steps, kWh; 0 when there is none.
  public var knownKilowattHours: Double {
    energyKilowattHours.reduce(0) { $1.isNaN ? $0 : $0 + Double($1) }
  }

  /// Energy of the day, kWh, scaled up for missing steps.
  ///
  /// - Parameter minimumKnownShare: Share of the 96 steps that must be known.
  /// - Returns: `nil` when too little is known.
  public func dailyKilowattHours(minimumKnownShare: Double) -> Double? {
    let known = knownSteps
    guard known > 0, Double(known) >= minimumKnownShare * 96 else { return nil }
    return knownKilowattHours * 96 / Double(known)
  }
}
