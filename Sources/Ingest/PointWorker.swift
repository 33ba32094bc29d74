internal import Diagnostics
internal import Geometry
internal import Gridding
internal import Grids
internal import Quantities
internal import Readings

/// What a reader needs to put values on cells.
struct PointPlan: Sendable {
  let grid: Grid
  let sizeMetres: Int32
  let period: PeriodLength
  let reference: CoordinateReference
  /// Cells by station id; `nil` to take the position of each row.
  let cellOfStation: [String: CellID?]?
  /// Values outside are passed over and counted; `nil` keeps all.
  let validRange: ClosedRange<Double>?
}

/// Values of one block on cells and periods.
struct PointPart: Sendable {
  let cellValues: CellValues
  let facts: BlockFacts
  /// Values of stations or rows without a usable position.
  let unplaced: Int
  /// Values outside the valid range.
  let outside: Int
}

/// Gives positions the number of their cell.
struct CellPlaces: PlaceTaker, ~Copyable {
  private let grid: Grid
  private let sizeMetres: Int32
  private let converter: PositionConverter
  private(set) var cells: [CellID] = []
  private var slotOfCell: [CellID: Int32] = [:]

  init(plan: PointPlan) throws(Problem) {
    grid = plan.grid
    sizeMetres = plan.sizeMetres
    converter = try PositionConverter(from: plan.reference)
  }

  mutating func place(station: Int32, x: Double, y: Double, line: Int32) -> Int32 {
    guard let position = try? converter.wgs84(x: x, y: y), let cell = grid.cell(at: position, sizeMetres: sizeMetres)
    else { return -1 }
    return slot(of: cell)
  }

  mutating func slot(of cell: CellID) -> Int32 {
    if let slot = slotOfCell[cell] { return slot }
    let slot = Int32(cells.count)
    cells.append(cell)
    slotOfCell[cell] = slot
    return slot
  }
}

/// Puts the values of blocks on cells and periods.
struct PointWorker: BlockWorker, ~Copyable {
  private let plan: PointPlan
  private let reader: Int
  private var parser: ReadingsParser<CellPlaces>
  /// With a stations file: the slot of each station the parser has a number for, -1 without a position.
  private var slotOfStation: [Int32] = []
  private var periods: [Int32] = []
  private var numberOfPeriod: [Int32: Int32] = [:]
  // Scratch space of one block.
  private var numbers: [Int32] = []
  private var slots: [UInt32] = []
  private var values: [Double] = []
  private var countOfPeriod: [Int32] = []

  init(reader: Int, plan: PointPlan, layout: ReadingsLayout, wanted: [Bool], latest: Int64) throws(Problem) {
    self.reader = reader
    self.plan = plan
    parser = ReadingsParser(
      layout: layout, wanted: wanted, latest: latest, readsPlaces: plan.cellOfStation == nil,
      places: try CellPlaces(plan: plan))
  }

  func summary() -> PeriodCells.Table { PeriodCells.Table(cells: parser.places.cells, periods: periods) }

  mutating func parse(_ buffer: borrowing LineBuffer, number: Int, badLines: [Int32]) -> PointPart {
    let facts = parser.parse(buffer, badLines: badLines)
    if plan.cellOfStation != nil { placeNewStations() }
    numbers.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    var unplaced = 0
    var outside = 0
    var lastSecond: UInt32?
    var lastNumber: Int32 = 0
    var changes = 0
    let known = plan.cellOfStation != nil
    let range = plan.validRange ?? -.infinity ... .infinity
    for k in parser.values.indices {
      let value = parser.values[k]
      let slot = known ? slotOfStation[Int(value.station)] : value.place
      guard slot >= 0 else {
        unplaced += 1
        continue
      }
      guard range.contains(value.value) else {
        outside += 1
        continue
      }
      if value.seconds != lastSecond {
        lastSecond = value.seconds
        let number = self.number(ofPeriodAt: value.seconds)
        if number != lastNumber || numbers.isEmpty { changes += 1 }
        lastNumber = number
      }
      numbers.append(lastNumber)
      slots.append(UInt32(truncatingIfNeeded: slot))
      values.append(value.value)
    }
    let cellValues = changes <= 4 || changes * 64 <= values.count ? asTheyAre() : byPeriod()
    return PointPart(cellValues: cellValues, facts: facts, unplaced: unplaced, outside: outside)
  }

  private mutating func placeNewStations() {
    while slotOfStation.count < parser.stations.count {
      let cell = plan.cellOfStation?[parser.stations.names[slotOfStation.count]] ?? nil
      slotOfStation.append(cell.map { parser.places.slot(of: $0) } ?? -1)
    }
  }

  private mutating func number(ofPeriodAt seconds: UInt32) -> Int32 {
    let hour = Instant(secondsSinceEpoch: Int64(seconds)).hour
    let ordinal: Int32
    switch plan.period {
    case .hour: ordinal = hour.ordinal
    case .day: ordinal = hour.day.ordinal
    case .month: ordinal = Int32(hour.day.month.year * 12 + hour.day.month.month - 1)
    }
    if let last = periods.indices.last, periods[last] == ordinal { return Int32(last) }
    if let number = numberOfPeriod[ordinal] { return number }
    let number = Int32(periods.count)
    periods.append(ordinal)
    numberOfPeriod[ordinal] = number
    countOfPeriod.append(0)
    return number
  }

  /// Rows of one time follow each other: long runs of one period.
  private func asTheyAre() -> CellValues {
    var runs: [(period: Int32, start: Int32)] = []
    for k in numbers.indices where k == 0 || numbers[k] != numbers[k - 1] { runs.append((numbers[k], Int32(k))) }
    return CellValues(reader: reader, runs: runs, slots: Array(slots), values: Array(values))
  }

  /// Rows of one station follow each other, or in no order: sorted by period, in file order within each.
  private mutating func byPeriod() -> CellValues {
    var touched: [Int32] = []
    for number in numbers {
      if countOfPeriod[Int(number)] == 0 { touched.append(number) }
      countOfPeriod[Int(number)] += 1
    }
    var runs: [(period: Int32, start: Int32)] = []
    runs.reserveCapacity(touched.count)
    var start: Int32 = 0
    for number in touched {
      runs.append((number, start))
      let count = countOfPeriod[Int(number)]
      countOfPeriod[Int(number)] = start
      start += count
    }
    var sortedSlots = [UInt32](repeating: 0, count: numbers.count)
    var sortedValues = [Double](repeating: 0, count: numbers.count)
    for k in numbers.indices {
      let place = Int(countOfPeriod[Int(numbers[k])])
      sortedSlots[place] = slots[k]
      sortedValues[place] = values[k]
      countOfPeriod[Int(numbers[k])] += 1
    }
    for number in touched { countOfPeriod[Int(number)] = 0 }
    return CellValues(reader: reader, runs: runs, slots: sortedSlots, values: sortedValues)
  }
}
