public import Geometry
public import Quantities

/// What an electricity circuit feeds.
public enum Circuit: String, CaseIterable, Hashable, Sendable, Codable {
  case total, production, treatment

  /// Position in `allCases`: stable, used as the number of the circuit in stored blocks.
  public var ordinal: UInt8 {
    switch self {
    case .total: 0
    case .production: 1
    case .treatment: 2
    }
  }
}

/// An electricity customer. One without a credit code is an unregistered user.
public struct Meter: Hashable, Sendable {
  /// As in the file; unique within it.
  public let id: String
  /// 18 characters, check digit verified at ingest; `nil` for an unregistered user.
  public let creditCode: String?
  /// As in the file, such as `industrial` or `residential`.
  public let tariff: String
  /// WGS 84, converted from `declared`; `nil` where no position was given.
  public let position: LonLat?
  /// What the file said, kept for provenance.
  public let declared: DeclaredPosition?
  /// Line in its file.
  public let line: Int32

  public init(
    id: String, creditCode: String?, tariff: String, position: LonLat?, declared: DeclaredPosition?, line: Int32
  ) {
    self.id = id
    self.creditCode = creditCode
    self.tariff = tariff
    self.position = position
    self.declared = declared
    self.line = line
  }
}

/// Energy of one circuit on one Beijing day in 96 quarter hours.
///
/// A quarter hour is labelled by its beginning. Hourly files are spread evenly over four steps and marked so.
public struct LoadDay: Hashable, Sendable {
  /// Position in the caller's meter list.
  public let meter: Int32
  /// What the energy went into; `total` holds the other two.
  public let circuit: Circuit
  /// The Beijing day of all 96 values.
  public let day: LocalDay
  /// 96 values, kWh; NaN where the meter gave nothing.
  public let energyKilowattHours: [Float]
  /// Whether the file gave hours, which were spread evenly over four quarter hours each.
  public let isHourly: Bool
  /// First line of the file that contributed.
  public let firstLine: Int32

  public init(
    meter: Int32, circuit: Circuit, day: LocalDay, energyKilowattHours: [Float], isHourly: Bool, firstLine: Int32
  ) {
    precondition(energyKilowattHours.count == 96, "a day has 96 quarter hours")
    self.meter = meter
    self.circuit = circuit
    self.day = day
    self.energyKilowattHours = energyKilowattHours
    self.isHourly = isHourly
    self.firstLine = firstLine
  }
}
