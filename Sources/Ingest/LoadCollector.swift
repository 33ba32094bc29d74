internal import Diagnostics
internal import Enterprises
internal import Quantities

/// Gathers kWh of quarter hours into curves of a day, densely: no dictionary is asked per row.
struct LoadCollector {
  /// Why a value is refused.
  enum Outcome { case repeated, contradicts }

  private struct Day {
    /// Position of the curve by `meter * 3 + circuit`; -1 where there is none yet.
    var slots: [Int32] = []
    var loads: DayLoads
    /// Position in the day's registers by `meter * 3 + circuit`.
    var registers: [Int: Int] = [:]
  }

  private var days: [Int32: Int] = [:]
  private var tables: [Day] = []
  private var lastDay: Int32 = .min
  private var lastTable = 0
  /// Minutes (as bits of 0, 15, 30, 45) at which a meter and circuit has values, by `meter * 3 + circuit`.
  private var quarters: [UInt8] = []
  private let hourlyPhase: Int

  /// - Parameter hourlyPhase: The quarter of the hour that hourly values fall on: 0 where times label the beginning,
  ///   3 where they label the end and were moved back by a quarter hour.
  init(hourlyPhase: Int = 0) { self.hourlyPhase = hourlyPhase }

  /// Adds quarter hours of one meter, circuit and day that follow each other.
  ///
  /// - Parameters:
  ///   - quarter: Of the first value, quarter hours since 1970-01-01T00:00 Beijing time; the last lies on the same day.
  ///   - line: Of the first value.
  ///   - refused: Told of values that already have another, by their place in `kilowattHours` from 0.
  mutating func add(
    meter: Int32, circuit: UInt8, quarter: Int32, kilowattHours: ArraySlice<Float>, line: Int32,
    refused: (Int, Outcome) -> Void
  ) {
    let day = quarter.flooredQuotient(by: 96)
    let step = Int(quarter - day * 96)
    if day != lastDay { select(day) }
    let key = Int(meter) * 3 + Int(circuit)
    if quarters.count <= key { quarters += [UInt8](repeating: 0, count: key + 1 - quarters.count + 1024) }
    var slot = key < tables[lastTable].slots.count ? tables[lastTable].slots[key] : -1
    if slot < 0 { slot = addCurve(key: key, meter: meter, circuit: circuit, line: line) }
    let place = Int(slot) * 96 + step
    var bits = quarters[key]
    tables[lastTable].loads.energyKilowattHours.withUnsafeMutableBufferPointer { energies in
      for (offset, energy) in kilowattHours.enumerated() {
        let known = energies[place + offset]
        if known.isNaN {
          energies[place + offset] = energy
          bits |= 1 << UInt8(truncatingIfNeeded: (step + offset) & 3)
        } else {
          refused(offset, known == energy ? .repeated : .contradicts)
        }
      }
    }
    quarters[key] = bits
  }

  /// Adds a reading of the cumulative register to the row that was just kept.
  mutating func addRegister(meter: Int32, circuit: UInt8, quarter: Int32, kilowattHours: Double) {
    let day = quarter.flooredQuotient(by: 96)
    // Where times label the end, the register was read at the end of the quarter hour.
    let step = Int(quarter - day * 96) + (hourlyPhase == 0 ? 0 : 1)
    if day != lastDay { select(day) }
    let key = Int(meter) * 3 + Int(circuit)
    if let place = tables[lastTable].registers[key] {
      tables[lastTable].loads.registers[place].add(step: step, kilowattHours: kilowattHours)
    } else {
      tables[lastTable].registers[key] = tables[lastTable].loads.registers.count
      tables[lastTable].loads.registers.append(
        DayRegister(meter: meter, circuit: Circuit.allCases[Int(circuit)], step: step, kilowattHours: kilowattHours))
    }
  }

  private mutating func select(_ day: Int32) {
    if let table = days[day] {
      lastTable = table
    } else {
      lastTable = tables.count
      days[day] = lastTable
      tables.append(Day(loads: DayLoads(day: LocalDay(ordinal: day))))
    }
    lastDay = day
  }

  private mutating func addCurve(key: Int, meter: Int32, circuit: UInt8, line: Int32) -> Int32 {
    let missing = key + 1 - tables[lastTable].slots.count
    if missing > 0 { tables[lastTable].slots += [Int32](repeating: -1, count: missing + 256) }
    let slot = Int32(tables[lastTable].loads.count)
    tables[lastTable].slots[key] = slot
    tables[lastTable].loads.meters.append(meter)
    tables[lastTable].loads.circuits.append(circuit)
    tables[lastTable].loads.hourly.append(0)
    tables[lastTable].loads.firstLines.append(line)
    tables[lastTable].loads.energyKilowattHours += repeatElement(.nan, count: 96)
    return slot
  }

  /// The curves, days ascending, sorted by (meter, circuit).
  ///
  /// A meter and circuit whose values all stand on the full hour is hourly: each value is spread evenly over the four
  /// quarter hours of its hour and the curve is marked.
  consuming func finish() -> [DayLoads] {
    let order = tables.indices.sorted { tables[$0].loads.day < tables[$1].loads.day }
    var result: [DayLoads] = []
    result.reserveCapacity(order.count)
    for table in order {
      result.append(sorted(tables[table]))
      // Freed one by one: a large campaign would not fit twice.
      tables[table].loads.energyKilowattHours = []
    }
    return result
  }

  private func sorted(_ day: Day) -> DayLoads {
    var loads = DayLoads(day: day.loads.day)
    loads.registers = day.loads.registers.sorted { ($0.meter, $0.circuit.ordinal) < ($1.meter, $1.circuit.ordinal) }
    loads.energyKilowattHours.reserveCapacity(day.loads.energyKilowattHours.count)
    for key in day.slots.indices where day.slots[key] >= 0 {
      let slot = Int(day.slots[key])
      let isHourly = quarters[key] == 1 << UInt8(hourlyPhase)
      loads.meters.append(day.loads.meters[slot])
      loads.circuits.append(day.loads.circuits[slot])
      loads.hourly.append(isHourly ? 1 : 0)
      loads.firstLines.append(day.loads.firstLines[slot])
      let curve = day.loads.energyKilowattHours[slot * 96..<slot * 96 + 96]
      if isHourly {
        for step in 0..<96 {
          loads.energyKilowattHours.append(curve[curve.startIndex + (step & ~3) + hourlyPhase] / 4)
        }
      } else {
        loads.energyKilowattHours += curve
      }
    }
    return loads
  }
}
