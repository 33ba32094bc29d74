/// The six pollutants of the Chinese air-quality index, in the order of every table of this program.
public enum Pollutant: String, CaseIterable, Hashable, Sendable, Codable {
  case pm25, pm10, so2, no2, o3, co

  /// Position in `allCases`: stable, used as the number of the pollutant in stored blocks.
  public var ordinal: Int {
    switch self {
    case .pm25: 0
    case .pm10: 1
    case .so2: 2
    case .no2: 3
    case .o3: 4
    case .co: 5
    }
  }

  /// Inverse of ``ordinal``. - Returns: `nil` for numbers outside 0...5.
  public init?(ordinal: Int) {
    guard Pollutant.allCases.indices.contains(ordinal) else { return nil }
    self = Pollutant.allCases[ordinal]
  }

  /// Carbon monoxide is the only pollutant in mg/m³.
  public var unit: ConcentrationUnit { self == .co ? .milligramsPerCubicMetre : .microgramsPerCubicMetre }

  /// The name people print: PM2.5, PM10, SO2, NO2, O3, CO.
  public var displayName: String {
    switch self {
    case .pm25: "PM2.5"
    case .pm10: "PM10"
    case .so2: "SO2"
    case .no2: "NO2"
    case .o3: "O3"
    case .co: "CO"
    }
  }
}

/// Unit of a mass concentration at the conditions of the reading.
public enum ConcentrationUnit: String, Hashable, Sendable, Codable {
  case microgramsPerCubicMetre = "µg/m³"
  case milligramsPerCubicMetre = "mg/m³"
}
