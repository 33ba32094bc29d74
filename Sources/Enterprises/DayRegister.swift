/// What the cumulative register (电能表示数) of one circuit showed over one day, where a power file gives it.
public struct DayRegister: Hashable, Sendable {
  /// Position in the caller's meter list.
  public var meter: Int32
  /// The circuit whose energy the register adds up.
  public let circuit: Circuit
  /// First and last quarter hour at whose beginning the register was read, 0...96.
  public private(set) var firstStep: Int
  /// Equal to `firstStep` when it was read once.
  public private(set) var lastStep: Int
  /// Register at those moments, kWh.
  public private(set) var first: Double
  /// Of the reading at `lastStep`, kWh; below `first` when the register ran backwards.
  public private(set) var last: Double
  /// Readings below an earlier one, rollovers left out.
  public private(set) var backwardSteps = 0

  /// A register read once.
  ///
  /// - Parameter step: Quarter hour at whose beginning it was read, 0...96.
  public init(meter: Int32, circuit: Circuit, step: Int, kilowattHours: Double) {
    self.meter = meter
    self.circuit = circuit
    firstStep = step
    lastStep = step
    first = kilowattHours
    last = kilowattHours
  }

  /// Adds a later reading; one that is not later than the last is left out.
  ///
  /// A fall to less than a tenth of a reading above 90 % of a power of ten is a rollover: the day then begins anew, since
  /// what lies before it cannot be compared.
  public mutating func add(step: Int, kilowattHours: Double) {
    guard step > lastStep else { return }
    if kilowattHours < last {
      if isRollover(to: kilowattHours) {
        firstStep = step
        first = kilowattHours
      } else {
        backwardSteps += 1
      }
    }
    lastStep = step
    last = kilowattHours
  }

  /// Energy between first and last reading, kWh; negative when the register ran backwards.
  public var energyKilowattHours: Double { last - first }

  private func isRollover(to next: Double) -> Bool {
    var full = 1000.0
    while full < last { full *= 10 }
    return last > 0.9 * full && next < 0.1 * full
  }
}
