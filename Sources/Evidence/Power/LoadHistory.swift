internal import Enterprises
internal import Quantities

/// An index over the blocks of a screening: which curve belongs to a meter, circuit and day.
struct LoadHistory: Sendable {
  let firstDay: LocalDay
  let dayCount: Int
  let meterCount: Int
  let blocks: [DayLoads]
  /// Block and curve by (day, meter, circuit); -1 where there is none. Where two blocks have a curve the later counts.
  private var blockOf: [Int32]
  private var curveOf: [Int32]
  private let hasRegisters: Bool

  /// - Parameter days: Days outside are left out.
  init(_ blocks: [DayLoads], meterCount: Int, days: ClosedRange<LocalDay>) {
    self.blocks = blocks
    self.meterCount = meterCount
    hasRegisters = blocks.contains { !$0.registers.isEmpty }
    firstDay = days.lowerBound
    dayCount = days.lowerBound.days(until: days.upperBound) + 1
    blockOf = [Int32](repeating: -1, count: dayCount * meterCount * 3)
    curveOf = blockOf
    for (number, block) in blocks.enumerated() where days.contains(block.day) {
      let base = firstDay.days(until: block.day) * meterCount
      for curve in 0..<block.count {
        let meter = Int(block.meters[curve])
        precondition((0..<meterCount).contains(meter), "a curve names meter \(meter) of \(meterCount)")
        let entry = (base + meter) * 3 + Int(block.circuits[curve])
        blockOf[entry] = Int32(number)
        curveOf[entry] = Int32(curve)
      }
    }
  }

  /// The curve's place, or `nil` when the meter gave nothing for the circuit that day.
  func place(meter: Int, circuit: Circuit, day: Int) -> LoadPlace? {
    let entry = (day * meterCount + meter) * 3 + Int(circuit.ordinal)
    guard blockOf[entry] >= 0 else { return nil }
    let block = Int(blockOf[entry])
    let curve = Int(curveOf[entry])
    return LoadPlace(block: block, curve: curve, line: blocks[block].firstLines[curve])
  }

  /// Registers of a meter by day; `nil` when no day of the history has one.
  func registers(meter: Int) -> [[DayRegister]?]? {
    guard hasRegisters else { return nil }
    var found = [[DayRegister]?](repeating: nil, count: dayCount)
    var isEmpty = true
    for block in blocks where !block.registers.isEmpty {
      let day = firstDay.days(until: block.day)
      guard found.indices.contains(day) else { continue }
      var low = 0
      var high = block.registers.count
      while low < high {
        let middle = (low + high) / 2
        if Int(block.registers[middle].meter) < meter { low = middle + 1 } else { high = middle }
      }
      while low < block.registers.count, Int(block.registers[low].meter) == meter {
        found[day] = (found[day] ?? []) + [block.registers[low]]
        isEmpty = false
        low += 1
      }
    }
    return isEmpty ? nil : found
  }

  /// Energy of the total circuit on each day, kWh, scaled up for missing steps; NaN where too little is known.
  func dailyTotals(meter: Int, minimumKnownShare: Double) -> [Double] {
    (0..<dayCount).map { day in
      guard let place = place(meter: meter, circuit: .total, day: day) else { return .nan }
      let steps = place.curve * 96..<place.curve * 96 + 96
      return blocks[place.block].energyKilowattHours.withUnsafeBufferPointer {
        scaledSum(UnsafeBufferPointer(rebasing: $0[steps]), minimumKnownShare: minimumKnownShare) ?? .nan
      }
    }
  }
}

/// Sum of the known values, scaled up to all of them; `nil` when too few are known.
func scaledSum(_ values: UnsafeBufferPointer<Float>, minimumKnownShare: Double) -> Double? {
  var sum = 0.0
  var known = 0
  for value in values where value >= 0 {
    sum += Double(value)
    known += 1
  }
  guard known > 0, Double(known) >= minimumKnownShare * Double(values.count) else { return nil }
  return sum * Double(values.count) / Double(known)
}

/// The curves of one meter over the days of a screening, laid out day after day.
struct MeterCurves {
  let meter: Int
  let dayCount: Int
  /// By ``Circuit/ordinal``: `dayCount * 96` values, kWh, NaN where unknown; empty when the circuit has no curve at all.
  private(set) var energy: [[Float]] = [[], [], []]
  /// Whether any curve came from hourly values.
  private(set) var isHourly = false
  private(set) var negativeSteps = 0

  init(_ history: LoadHistory, meter: Int) {
    self.meter = meter
    dayCount = history.dayCount
    for circuit in Circuit.allCases { read(circuit, from: history) }
  }

  private mutating func read(_ circuit: Circuit, from history: LoadHistory) {
    let places = (0..<dayCount).map { history.place(meter: meter, circuit: circuit, day: $0) }
    guard places.contains(where: { $0 != nil }) else { return }
    var values = [Float](repeating: .nan, count: dayCount * 96)
    var negative = 0
    for (day, place) in places.enumerated() {
      guard let place else { continue }
      let block = history.blocks[place.block]
      if block.hourly[place.curve] != 0 { isHourly = true }
      let source = place.curve * 96
      block.energyKilowattHours.withUnsafeBufferPointer { from in
        for step in 0..<96 {
          let value = from[source + step]
          if value < 0 { negative += 1 } else { values[day * 96 + step] = value }
        }
      }
    }
    negativeSteps += negative
    energy[Int(circuit.ordinal)] = values
  }

  func has(_ circuit: Circuit) -> Bool { !energy[Int(circuit.ordinal)].isEmpty }

  func values(_ circuit: Circuit) -> [Float] { energy[Int(circuit.ordinal)] }

  /// Energy of some quarter hours of one day, kWh, scaled up for missing ones; `nil` when too few are known.
  func sum(_ circuit: Circuit, day: Int, steps: Range<Int> = 0..<96, minimumKnownShare: Double) -> Double? {
    guard has(circuit) else { return nil }
    return energy[Int(circuit.ordinal)].withUnsafeBufferPointer {
      scaledSum(
        UnsafeBufferPointer(rebasing: $0[day * 96 + steps.lowerBound..<day * 96 + steps.upperBound]),
        minimumKnownShare: minimumKnownShare)
    }
  }

  /// Share of the quarter hours of some days that are known, 0...1.
  func knownShare(_ circuit: Circuit, days: Range<Int>) -> Double {
    guard has(circuit), !days.isEmpty else { return 0 }
    let known = energy[Int(circuit.ordinal)][days.lowerBound * 96..<days.upperBound * 96].reduce(0) {
      $0 + ($1.isNaN ? 0 : 1)
    }
    return Double(known) / Double(days.count * 96)
  }

  /// The longest run of one and the same value above zero, in quarter hours.
  func longestStuckRun(_ circuit: Circuit, days: Range<Int>) -> Int {
    guard has(circuit) else { return 0 }
    var longest = 0
    var run = 0
    var previous = Float.nan
    for value in energy[Int(circuit.ordinal)][days.lowerBound * 96..<days.upperBound * 96] {
      run = value > 0 && value == previous ? run + 1 : 1
      previous = value
      if value > 0, run > longest { longest = run }
    }
    return longest
  }

  /// The median of the known values; `nil` when none is known. - Complexity: O(n log n).
  func median(_ circuit: Circuit) -> Double? {
    let known = energy[Int(circuit.ordinal)].filter { !$0.isNaN }.sorted()
    return known.isEmpty ? nil : Double(known[known.count / 2])
  }
}

/// The value below which a share of sorted values lies, interpolated; `nil` for none.
func quantile(ofSorted values: [Double], _ share: Double) -> Double? {
  guard let last = values.last else { return nil }
  let place = share * Double(values.count - 1)
  let low = Int(place)
  guard low + 1 < values.count else { return last }
  return values[low] + (place - Double(low)) * (values[low + 1] - values[low])
}
