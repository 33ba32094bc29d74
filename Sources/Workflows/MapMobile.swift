internal import Diagnostics
internal import Export
internal import Foundation
internal import Geometry
public import Gridding
public import Grids
public import Ingest
public import Quantities

/// What `map mobile` is asked for besides its file.
public struct MobileRequest: Sendable {
  /// Which column of the file is mapped.
  public var pollutant = Pollutant.pm25
  /// What the values of a cell are gathered over.
  public var period = PeriodLength.hour
  /// Who has a vote in the mean of a cell.
  public var vote = MobileVote.segment
  /// `nil` for no filter at all.
  public var filter: TrackFilter? = TrackFilter()
  /// Adds the county of each reading to the key.
  public var byCounty = false
  /// Values outside are left out and counted in the notes, in the pollutant's unit; `nil` keeps all.
  public var validRange: ClosedRange<Double>?

  public init() {}
}

/// Mobile runs onto cells: filtered tracks, one vote per street segment, effective sample size, as a cells file.
///
/// Writes `cell,period,value,variance,count,coverage,effective,segments,devices[,county]`; coverage is empty.
public func mapMobile(
  path: String, request: MobileRequest, grid: Grid, sizeMetres: Int32, options: ReadOptions, inside: ChosenCells?,
  out: String
) throws -> MapSummary {
  let lattice = try grid.lattice(sizeMetres: sizeMetres)
  var clock = StepClock()
  let locator = request.byCounty ? try countyLocator(grid) : nil
  clock.note("counties")
  let result = try MobileFile.read(
    path: path, options: options, pollutant: request.pollutant, grid: grid, locator: locator,
    validRange: request.validRange)
  clock.note("reading, projecting and locating")
  let readings = result.value.readings
  guard result.value.deviceIDs.count < 1 << 21 else {
    throw Problem("\(path) has more than 2 million monitors", remedy: "split the file by monitor")
  }
  let faults = request.filter?.faults(of: readings, threads: options.threads) ?? []
  clock.note("filters")
  let periods = try PeriodNumbers(readings.seconds, length: request.period, path: path)
  let cells = MobileAverages(lattice: lattice, vote: request.vote, threads: options.threads)
    .cells(of: readings, faults: faults, periods: periods.numbers, keeping: inside.map { $0.contains } ?? { _ in true })
  clock.note("cells")
  try write(cells, periods, locator?.counties, to: out)
  clock.note("writing")
  var notes = result.notes
  for fault in TrackFault.allCases where fault != .none {
    let count = faults.count { $0 == fault }
    if count > 0 { notes.append("\(count) readings left out: \(fault.reason)") }
  }
  let locating = (result.value.locatingSeconds * 100).rounded() / 100
  notes.append(
    "\(result.value.deviceIDs.count) monitors; steps: \(clock.steps.joined(separator: ", ")); projecting and locating "
      + "took \(locating) s of all threads together")
  return MapSummary(
    rowsRead: result.rowsRead, rejects: result.rejects, cells: cells.count, periods: Set(cells.periods).count,
    notes: notes)
}

/// The counties of the grid's region, ready to be asked for positions.
func countyLocator(_ grid: Grid) throws -> CountyLocator {
  CountyLocator(try RegionSource.boundaries(grid: grid))
}

/// Seconds of wall time per step, for people who tune.
private struct StepClock {
  private(set) var steps: [String] = []
  private var last = ContinuousClock.now

  mutating func note(_ step: String) {
    let now = ContinuousClock.now
    let seconds = (now - last) / .seconds(1)
    steps.append("\(step) \((seconds * 100).rounded() / 100) s")
    last = now
  }
}

/// Small ascending numbers for the periods that occur.
private struct PeriodNumbers {
  /// Per reading.
  private(set) var numbers: [Int32] = []
  /// What each number stands for.
  private(set) var periods: [Period] = []

  init(_ seconds: [UInt32], length: PeriodLength, path: String) throws(Problem) {
    // Hours since 1970 of 32-bit seconds fit a table.
    var hours = [Int32](repeating: 0, count: seconds.count)
    var occurs = [Bool](repeating: false, count: Int(UInt32.max / 3600) + 16)
    for k in seconds.indices {
      let hour = Instant(secondsSinceEpoch: Int64(seconds[k])).hour.ordinal
      hours[k] = hour
      occurs[Int(hour)] = true
    }
    var numberOfHour = [Int32](repeating: -1, count: occurs.count)
    for hour in occurs.indices where occurs[hour] {
      let local = LocalHour(ordinal: Int32(hour))
      let period: Period =
        switch length {
        case .hour: .hour(local)
        case .day: .day(local.day)
        case .month: .month(local.day.month)
        }
      if periods.last != period { periods.append(period) }
      numberOfHour[hour] = Int32(periods.count - 1)
    }
    guard periods.count < 1 << 18 else {
      throw Problem("\(path) has more than 262,143 periods", remedy: "use --period day")
    }
    numbers = hours.map { numberOfHour[Int($0)] }
  }
}

private func write(_ cells: MobileCells, _ periods: PeriodNumbers, _ counties: [County]?, to out: String) throws {
  var file = try OutputFile(path: out)
  try file.write(
    "cell,period,value,variance,count,coverage,effective,segments,devices\(counties == nil ? "" : ",county")\n")
  for k in cells.cells.indices {
    let variance = cells.variances[k].isNaN ? "" : "\(cells.variances[k])"
    let county = counties.map { known in cells.counties[k] < 0 ? "," : ",\(known[Int(cells.counties[k])].code)" } ?? ""
    let votes = cells.segments[k] == 0 ? "," : "\(cells.segments[k]),\(cells.devices[k])"
    try file.write(
      "\(cells.cells[k]),\(periods.periods[Int(cells.periods[k])]),\(cells.means[k]),\(variance),\(cells.counts[k]),,"
        + "\(cells.effectiveCounts[k]),\(votes)\(county)\n")
  }
  try file.commit()
}
