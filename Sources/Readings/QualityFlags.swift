/// What is doubtful about a reading, as a bit mask. Nothing is deleted: the policy says which flags exclude.
public struct QualityFlags: OptionSet, Hashable, Sendable, Codable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Outside the physical range of the pollutant.
  public static let range = QualityFlags(rawValue: 1 << 0)
  /// The same value for too many hours running.
  public static let stuck = QualityFlags(rawValue: 1 << 1)
  /// A lone jump up and back.
  public static let spike = QualityFlags(rawValue: 1 << 2)
  /// A code for "no value", such as -999; the value is dropped and counted.
  public static let missingCode = QualityFlags(rawValue: 1 << 3)
  /// A second, different value for the same station and time.
  public static let duplicate = QualityFlags(rawValue: 1 << 4)
  /// PM2.5 above PM10 at the same station and hour by more than their accuracy allows.
  public static let finerAboveCoarser = QualityFlags(rawValue: 1 << 5)
  /// Too few sub-hourly values to stand for the hour.
  public static let incompleteHour = QualityFlags(rawValue: 1 << 6)
}
