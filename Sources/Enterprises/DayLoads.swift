public import Quantities

/// All load curves of one Beijing day, as parallel arrays: the columnar form of ``LoadDay``.
///
/// Sorted by (meter, circuit); a meter and circuit occur once. This is what power files are read into and stored as.
public struct DayLoads: Sendable, Equatable {
  /// The Beijing day of every curve and register.
  public let day: LocalDay
  /// Position in the caller's meter list.
  public var meters: [Int32] = []
  /// ``Circuit/ordinal``.
  public var circuits: [UInt8] = []
  /// 1 where hourly values were spread evenly over four quarter hours.
  public var hourly: [UInt8] = []
  /// First line of the file that contributed.
  public var firstLines: [Int32] = []
  /// 96 per curve, kWh in each quarter hour, labelled by its beginning; NaN where the meter gave nothing.
  public var energyKilowattHours: [Float] = []
  /// Cumulative registers, sorted by (meter, circuit); only where the file has them.
  public var registers: [DayRegister] = []

  public init(day: LocalDay) { self.day = day }

  /// Curves, that is pairs of meter and circuit.
  public var count: Int { meters.count }

  /// Adds a curve at the end; the caller keeps the order by (meter, circuit). - Precondition: `load` is of `day`.
  public mutating func append(_ load: LoadDay) {
    precondition(load.day == day, "a curve of \(load.day) does not belong to \(day)")
    meters.append(load.meter)
    circuits.append(load.circuit.ordinal)
    hourly.append(load.isHourly ? 1 : 0)
    firstLines.append(load.firstLine)
    energyKilowattHours += load.energyKilowattHours
  }

  /// The curve at a position of the arrays.
  public subscript(position: Int) -> LoadDay {
    LoadDay(
      meter: meters[position], circuit: Circuit.allCases[Int(circuits[position])], day: day,
      energyKilowattHours: Array(energyKilowattHours[position * 96..<position * 96 + 96]),
      isHourly: hourly[position] != 0, firstLine: firstLines[position])
  }
}
