/// What is doubtful about a reading, as a bit mask. Nothing is deleted: the policy says which flags exclude.
///
/// Bits are stored and never change their meaning.
public struct QualityFlags: OptionSet, Hashable, Sendable, Codable {
  /// Sum of the bits below; 0 when nothing is doubtful.
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Outside the physical range of the pollutant.
  public static let range = QualityFlags(rawValue: 1 << 0)
  /// The same value for too many hours running.
  public static let stuck = QualityFlags(rawValue: 1 << 1)
  /// A lone jump up or down and back.
  public static let spike = QualityFlags(rawValue: 1 << 2)
  /// A code for "no value", such as -999, stood among the values of the hour or is its value.
  public static let missingCode = QualityFlags(rawValue: 1 << 3)
  /// A second, different value for the same station and time.
  public static let duplicate = QualityFlags(rawValue: 1 << 4)
  /// PM2.5 above PM10 at the same station and hour by more than their accuracy allows.
  public static let finerAboveCoarser = QualityFlags(rawValue: 1 << 5)
  /// Too few sub-hourly values to stand for the hour.
  public static let incompleteHour = QualityFlags(rawValue: 1 << 6)
  /// The station has slowly moved away from its neighbours.
  public static let drift = QualityFlags(rawValue: 1 << 7)
  /// The station follows its neighbours, but some hours early or late.
  public static let clockShift = QualityFlags(rawValue: 1 << 8)
  /// Far from its neighbours for days, whatever the wind.
  public static let neighbours = QualityFlags(rawValue: 1 << 9)
  /// The same series as another station, or as itself on another day.
  public static let copied = QualityFlags(rawValue: 1 << 10)
  /// Pinned under a cap that the neighbours exceed.
  public static let flatCut = QualityFlags(rawValue: 1 << 11)
  /// Dips at the same hours of every day that no neighbour has: water sprayed at the inlet.
  public static let spray = QualityFlags(rawValue: 1 << 12)

  /// Flags in the order of their bits, by the name policies and outputs use.
  public static let all: [(name: String, flag: QualityFlags)] = [
    ("range", .range), ("stuck", .stuck), ("spike", .spike), ("missing-code", .missingCode),
    ("duplicate", .duplicate), ("pm25-above-pm10", .finerAboveCoarser), ("incomplete-hour", .incompleteHour),
    ("drift", .drift), ("clock-shift", .clockShift), ("neighbours", .neighbours), ("copied", .copied),
    ("flat-cut", .flatCut), ("spray", .spray),
  ]

  /// Flags by name.
  public static let named: [String: QualityFlags] = Dictionary(
    all.map { ($0.name, $0.flag) }, uniquingKeysWith: { first, _ in first })

  /// Names of the flags that are set, in the order of their bits.
  public var names: [String] { QualityFlags.all.filter { contains($0.flag) }.map(\.name) }
}
