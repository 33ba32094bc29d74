internal import Diagnostics
internal import Geometry
internal import Gridding
internal import Grids
internal import Quantities
internal import Readings

/// Puts parsed readings on cells and periods as they come.
struct PointMapper: ~Copyable {
  private let grid: Grid
  private let sizeMetres: Int32
  private let period: PeriodLength
  private let validRange: ClosedRange<Double>?
  private let converter: PositionConverter
  /// Cell slot per station id of a stations file; -1 without a position.
  private var slotOfID: [String: Int32]?
  private var cells: [CellID] = []
  private var slotOfCell: [CellID: Int32] = [:]
  /// Cell slot of a declared position, so that a station that stands still is projected once.
  private var slotOfPlace: [PlacePair: Int32] = [:]
  private var values = GroupedValues()
  /// Period number of each distinct period, and the other way round.
  private var numberOfPeriod: [Int32: Int32] = [:]
  private var periods: [Int32] = []
  /// Cells a period has room for; grows by doubling, keys are period·room + cell.
  private var pendingKeys: [(periods: [Int32], slots: [Int32], values: [Double])] = []
  private(set) var unplaced = 0
  private(set) var outside = 0

  private struct PlacePair: Hashable {
    let x: Double
    let y: Double
  }

  init(
    grid: Grid, sizeMetres: Int32, period: PeriodLength, reference: CoordinateReference, stations: [Station]?,
    validRange: ClosedRange<Double>?
  ) throws(Problem) {
    _ = try grid.lattice(sizeMetres: sizeMetres)
    converter = try PositionConverter(from: reference)
    self.grid = grid
    self.sizeMetres = sizeMetres
    self.period = period
    self.validRange = validRange
    if let stations {
      var slots: [String: Int32] = [:]
      for station in stations {
        let cell = station.position.flatMap { grid.cell(at: $0, sizeMetres: sizeMetres) }
        slots[station.id] = cell.map { slot(of: $0) } ?? -1
      }
      slotOfID = slots
    }
  }

  private mutating func slot(of cell: CellID) -> Int32 {
    if let slot = slotOfCell[cell] { return slot }
    let slot = Int32(cells.count)
    cells.append(cell)
    slotOfCell[cell] = slot
    return slot
  }

  mutating func add(_ block: ReadingsBlock) {
    let placeSlots = slotOfID == nil ? block.xs.indices.map { slot(x: block.xs[$0], y: block.ys[$0]) } : []
    let stationSlots = slotOfID.map { known in block.stationIDs.map { known[$0] ?? -1 } } ?? []
    var keys: [Int32] = []
    var slots: [Int32] = []
    var kept: [Double] = []
    keys.reserveCapacity(block.values.count)
    slots.reserveCapacity(block.values.count)
    kept.reserveCapacity(block.values.count)
    var lastTime = Int64.min
    var lastNumber: Int32 = 0
    for k in block.values.indices {
      let slot: Int32
      if slotOfID == nil {
        slot = block.places[k] < 0 ? -1 : placeSlots[Int(block.places[k])]
      } else {
        slot = stationSlots[Int(block.stations[k])]
      }
      guard slot >= 0 else {
        unplaced += 1
        continue
      }
      if let validRange, !validRange.contains(block.values[k]) {
        outside += 1
        continue
      }
      if block.times[k] != lastTime {
        lastTime = block.times[k]
        lastNumber = number(ofPeriodAt: lastTime)
      }
      keys.append(lastNumber)
      slots.append(slot)
      kept.append(block.values[k])
    }
    pendingKeys.append((keys, slots, kept))
  }

  private mutating func slot(x: Double, y: Double) -> Int32 {
    if let known = slotOfPlace[PlacePair(x: x, y: y)] { return known }
    let cell = (try? converter.wgs84(x: x, y: y)).flatMap { grid.cell(at: $0, sizeMetres: sizeMetres) }
    let found = cell.map { slot(of: $0) } ?? -1
    // Moving monitors never come back to the same digits: keep the table small.
    if slotOfPlace.count < 1 << 20 { slotOfPlace[PlacePair(x: x, y: y)] = found }
    return found
  }

  private mutating func number(ofPeriodAt seconds: Int64) -> Int32 {
    let hour = Instant(secondsSinceEpoch: seconds).hour
    let ordinal: Int32
    switch period {
    case .hour: ordinal = hour.ordinal
    case .day: ordinal = hour.day.ordinal
    case .month: ordinal = Int32(hour.day.month.year * 12 + hour.day.month.month - 1)
    }
    if let number = numberOfPeriod[ordinal] { return number }
    let number = Int32(periods.count)
    periods.append(ordinal)
    numberOfPeriod[ordinal] = number
    return number
  }

  /// One field per period, ascending.
  mutating func finish(_ statistic: CellStatistic) -> [(period: Period, field: CellField)] {
    // Keys run by period, then cell, both ascending, so that groups come out in canonical order.
    let cellOrder = cells.indices.sorted { cells[$0] < cells[$1] }
    var rankOfSlot = [Int32](repeating: 0, count: cells.count)
    for (rank, slot) in cellOrder.enumerated() { rankOfSlot[slot] = Int32(rank) }
    let periodOrder = periods.indices.sorted { periods[$0] < periods[$1] }
    var rankOfPeriod = [Int32](repeating: 0, count: periods.count)
    for (rank, number) in periodOrder.enumerated() { rankOfPeriod[number] = Int32(rank) }
    let room = Int32(max(1, cells.count))
    for position in pendingKeys.indices {
      var chunk = pendingKeys[position]
      pendingKeys[position] = ([], [], [])
      for k in chunk.periods.indices {
        chunk.periods[k] = rankOfPeriod[Int(chunk.periods[k])] * room + rankOfSlot[Int(chunk.slots[k])]
      }
      values.add(keys: chunk.periods, values: chunk.values)
    }
    let groups = values.finish()
    values = GroupedValues()
    var fields: [(period: Period, field: CellField)] = []
    var start = 0
    while start < groups.keys.count {
      let rank = groups.keys[start] / room
      var end = start
      while end < groups.keys.count, groups.keys[end] / room == rank { end += 1 }
      let range = start..<end
      let field = CellField(
        cells: range.map { cells[cellOrder[Int(groups.keys[$0] % room)]] },
        values: range.map { statistic == .mean ? groups.means[$0] : groups.medians[$0] },
        variances: range.map { k in
          let n = Double(groups.counts[k])
          return n > 1 ? groups.squares[k] / (n * (n - 1)) : .nan
        },
        counts: range.map { groups.counts[$0] }, coverages: range.map { _ in .nan })
      fields.append((label(periods[periodOrder[Int(rank)]]), field))
      start = end
    }
    return fields
  }

  private func label(_ ordinal: Int32) -> Period {
    switch period {
    case .hour: .hour(LocalHour(ordinal: ordinal))
    case .day: .day(LocalDay(ordinal: ordinal))
    case .month: .month(LocalMonth(year: Int(ordinal) / 12, month: Int(ordinal) % 12 + 1))
    }
  }
}
