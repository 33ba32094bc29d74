internal import Dispatch
internal import Geometry
public import Grids

/// Values of moving monitors per cell, county and period, sorted by period, cell and county.
public struct MobileCells: Sendable, Equatable {
  public var cells: [CellID] = []
  /// Position in a list of counties; -1 outside all of them or when counties were not asked for.
  public var counties: [Int32] = []
  /// What the caller's periods mean.
  public var periods: [Int32] = []
  public var means: [Double] = []
  /// Of the mean; NaN for one independent value.
  public var variances: [Double] = []
  /// Readings.
  public var counts: [Int32] = []
  /// Kish's effective sample size (Σw)² / Σw².
  public var effectiveCounts: [Double] = []
  /// Street segments; 0 when every reading has a vote.
  public var segments: [Int32] = []
  /// Monitors; 0 when every reading has a vote.
  public var devices: [Int32] = []

  public init() {}

  public var count: Int { cells.count }

  mutating func append(_ other: MobileCells) {
    cells += other.cells
    counties += other.counties
    periods += other.periods
    means += other.means
    variances += other.variances
    counts += other.counts
    effectiveCounts += other.effectiveCounts
    segments += other.segments
    devices += other.devices
  }

  fileprivate func sorted() -> MobileCells {
    let order = cells.indices.sorted {
      (periods[$0], cells[$0], counties[$0]) < (periods[$1], cells[$1], counties[$1])
    }
    var all = MobileCells()
    all.cells = order.map { cells[$0] }
    all.counties = order.map { counties[$0] }
    all.periods = order.map { periods[$0] }
    all.means = order.map { means[$0] }
    all.variances = order.map { variances[$0] }
    all.counts = order.map { counts[$0] }
    all.effectiveCounts = order.map { effectiveCounts[$0] }
    all.segments = order.map { segments[$0] }
    all.devices = order.map { devices[$0] }
    return all
  }
}

/// Who has a vote in the mean of a cell.
public enum MobileVote: String, CaseIterable, Sendable {
  /// Every street segment one: a parked vehicle does not outvote a street.
  case segment
  /// Every reading one.
  case reading
}

/// Puts readings of moving monitors on cells.
///
/// With a vote per street segment (a square of 100 m): the readings of one monitor in one segment and period make one
/// pass with their mean; a segment's value is the mean of its passes, the cell's that of its segments. A pass so has the
/// weight v = 1 / (segments · passes of its segment). The effective sample size is 1 / Σv² (Kish 1965, Survey Sampling,
/// section 11.7), the variance of the mean Σv(m − x̄)² · Σv² / (1 − Σv²): passes are the independent units, readings within
/// one are not.
public struct MobileAverages: Sendable {
  public static let segmentMetres = 100.0

  private let lattice: Lattice
  private let vote: MobileVote
  private let threads: Int

  public init(lattice: Lattice, vote: MobileVote, threads: Int) {
    self.lattice = lattice
    self.vote = vote
    self.threads = threads
  }

  /// - Parameters:
  ///   - faults: Readings with one are passed over; empty when none was looked for.
  ///   - periods: Per reading; not negative and below 2^18.
  ///   - keeping: Whether a cell is wanted.
  /// - Precondition: At most 2^21 monitors and 8,190 counties.
  public func cells(
    of readings: MobileReadings, faults: [TrackFault] = [], periods: [Int32],
    keeping: @Sendable (CellID) -> Bool = { _ in true }
  ) -> MobileCells {
    precondition(periods.count == readings.count, "one period per reading")
    let placed = CellGroups(readings, faults: faults, lattice: lattice)
    let stretch = 64
    let groups = placed.cells.count
    var parts = [MobileCells](repeating: MobileCells(), count: (groups + stretch - 1) / stretch)
    parts.withUnsafeMutableBufferPointer { buffer in
      // Each worker writes elements that no other touches.
      nonisolated(unsafe) let out = buffer
      let workers = max(1, min(threads, out.count))
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for part in Swift.stride(from: worker, to: out.count, by: workers) {
          for group in part * stretch..<min(groups, (part + 1) * stretch) where keeping(placed.cells[group]) {
            add(placed, group, readings, periods, to: &out[part])
          }
        }
      }
    }
    var all = MobileCells()
    for part in parts { all.append(part) }
    return all.sorted()
  }

  /// One cell: its readings by county, period, segment and monitor.
  private func add(
    _ placed: CellGroups, _ group: Int, _ readings: MobileReadings, _ periods: [Int32], to result: inout MobileCells
  ) {
    let cell = placed.cells[group]
    let box = lattice.box(of: cell)
    let side = max(Self.segmentMetres, (Double(lattice.sizeMetres) / 63).rounded(.up))
    var keyed: [(key: UInt64, slot: Int32)] = []
    keyed.reserveCapacity(placed.starts[group + 1] - placed.starts[group])
    var isSorted = true
    for slot in placed.order[placed.starts[group]..<placed.starts[group + 1]] {
      let k = Int(slot)
      var key = UInt64(readings.counties[k] + 1) << 51 | UInt64(periods[k]) << 33
      if vote == .segment {
        let column = UInt64(max(0, (readings.xs[k] - box.minX) / side))
        let row = UInt64(max(0, (readings.ys[k] - box.minY) / side))
        key |= min(63, row) << 27 | min(63, column) << 21 | UInt64(readings.devices[k])
      }
      if let last = keyed.last, last.key > key { isSorted = false }
      keyed.append((key, slot))
    }
    if !isSorted { keyed.sort { ($0.key, $0.slot) < ($1.key, $1.slot) } }
    var start = 0
    while start < keyed.count {
      let head = keyed[start].key >> 33
      var end = start
      while end < keyed.count, keyed[end].key >> 33 == head { end += 1 }
      result.cells.append(cell)
      result.counties.append(Int32(head >> 18) - 1)
      result.periods.append(Int32(head & 0x3_FFFF))
      result.counts.append(Int32(end - start))
      if vote == .segment {
        addPasses(keyed[start..<end], readings.values, to: &result)
      } else {
        addReadings(keyed[start..<end], readings.values, to: &result)
      }
      start = end
    }
  }

  private func addReadings(
    _ rows: ArraySlice<(key: UInt64, slot: Int32)>, _ values: [Double], to result: inout MobileCells
  ) {
    let n = Double(rows.count)
    var sum = 0.0
    for row in rows { sum += values[Int(row.slot)] }
    let mean = sum / n
    var squares = 0.0
    for row in rows {
      let deviation = values[Int(row.slot)] - mean
      squares += deviation * deviation
    }
    result.means.append(mean)
    result.variances.append(rows.count > 1 ? squares / (n * (n - 1)) : .nan)
    result.effectiveCounts.append(n)
    result.segments.append(0)
    result.devices.append(0)
  }

  private func addPasses(
    _ rows: ArraySlice<(key: UInt64, slot: Int32)>, _ values: [Double], to result: inout MobileCells
  ) {
    var passes: [(segment: UInt64, mean: Double)] = []
    var devices: Set<UInt64> = []
    var start = rows.startIndex
    while start < rows.endIndex {
      let key = rows[start].key
      var sum = 0.0
      var end = start
      while end < rows.endIndex, rows[end].key == key {
        sum += values[Int(rows[end].slot)]
        end += 1
      }
      passes.append((key >> 21, sum / Double(end - start)))
      devices.insert(key & 0x1F_FFFF)
      start = end
    }
    var weights: [Double] = []
    var segments = 0
    start = 0
    while start < passes.count {
      var end = start
      while end < passes.count, passes[end].segment == passes[start].segment { end += 1 }
      weights += repeatElement(1 / Double(end - start), count: end - start)
      segments += 1
      start = end
    }
    var mean = 0.0
    var squaredWeights = 0.0
    for k in passes.indices {
      weights[k] /= Double(segments)
      mean += weights[k] * passes[k].mean
      squaredWeights += weights[k] * weights[k]
    }
    var spread = 0.0
    for k in passes.indices { spread += weights[k] * (passes[k].mean - mean) * (passes[k].mean - mean) }
    result.means.append(mean)
    result.variances.append(passes.count > 1 ? spread * squaredWeights / (1 - squaredWeights) : .nan)
    result.effectiveCounts.append(1 / squaredWeights)
    result.segments.append(Int32(segments))
    result.devices.append(Int32(devices.count))
  }
}

/// Slots of readings by cell, in file order within a cell.
private struct CellGroups: Sendable {
  private(set) var cells: [CellID] = []
  private(set) var starts: [Int] = [0]
  private(set) var order: [Int32] = []

  /// Positions of a dense table, about.
  private static let denseCells = 1 << 24

  init(_ readings: MobileReadings, faults: [TrackFault], lattice: Lattice) {
    let side = Double(lattice.sizeMetres)
    var columns = [Int32](repeating: 0, count: readings.count)
    var rows = columns
    var (west, east, south, north) = (Int32.max, Int32.min, Int32.max, Int32.min)
    for k in 0..<readings.count {
      let column = Int32(((readings.xs[k] - lattice.originX) / side).rounded(.down))
      let row = Int32(((readings.ys[k] - lattice.originY) / side).rounded(.down))
      (columns[k], rows[k]) = (column, row)
      (west, east, south, north) = (min(west, column), max(east, column), min(south, row), max(north, row))
    }
    guard west <= east else { return }
    let width = Int(east) - Int(west) + 1
    let height = Int(north) - Int(south) + 1
    func name(_ k: Int) -> CellID { CellID(sizeMetres: lattice.sizeMetres, column: columns[k], row: rows[k]) }
    let isUsed: (Int) -> Bool = { faults.isEmpty || faults[$0] == .none }
    guard width * height <= Self.denseCells else {
      // Positions all over the earth: a table of names instead of a window.
      order = (0..<readings.count).filter(isUsed).map { Int32($0) }.sorted { (name(Int($0)), $0) < (name(Int($1)), $1) }
      for (position, slot) in order.enumerated() {
        if cells.last != name(Int(slot)) {
          cells.append(name(Int(slot)))
          if position > 0 { starts.append(position) }
        }
      }
      starts.append(order.count)
      return
    }
    var next = [Int](repeating: 0, count: width * height + 1)
    func place(_ k: Int) -> Int { Int(rows[k] - south) * width + Int(columns[k] - west) }
    for k in 0..<readings.count where isUsed(k) { next[place(k) + 1] += 1 }
    for square in 0..<width * height {
      if next[square + 1] > 0 {
        cells.append(
          CellID(
            sizeMetres: lattice.sizeMetres, column: west + Int32(square % width), row: south + Int32(square / width)))
        starts.append(next[square] + next[square + 1])
      }
      next[square + 1] += next[square]
    }
    order = [Int32](repeating: 0, count: next[width * height])
    for k in 0..<readings.count where isUsed(k) {
      let square = place(k)
      order[next[square]] = Int32(k)
      next[square] += 1
    }
  }
}
