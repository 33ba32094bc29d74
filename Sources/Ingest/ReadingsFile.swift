internal import Diagnostics
internal import Geometry
public import Gridding
public import Grids
public import Quantities
public import Readings

/// Hourly values of one readings file.
public struct ReadingsBatch: Sendable {
  /// What the station positions of `hours` stand for, in order of appearance in the file.
  public var stationIDs: [String] = []
  /// Stations whose position the file itself gives, converted to WGS 84; moving ones have none.
  public var stations: [(station: Station, line: Int32)] = []
  /// One per pollutant that occurs, sorted by (station, hour).
  public var hours: [StationHours] = []
  /// Of stations that moved, already on cells; one per pollutant that occurs.
  public var mobileHours: [MobileCellHours] = []
}

/// Reads readings files of the three documented layouts, plain or gzip, in one pass with all threads.
public enum ReadingsFile {
  /// A station that moves further than this within a file is a mobile one: 0.002 degrees are about 200 m.
  static let stationaryDegrees = 0.002

  /// - Parameters:
  ///   - grid: Places moving stations on cells of its coarsest level.
  ///   - mobileStations: Ids known to move, whatever the file says.
  /// - Returns: Hourly means and medians; two different values of one station and second flag the hour as duplicate, a
  ///   repeated equal value counts once.
  public static func read(
    path: String, options: ReadOptions, grid: Grid, mobileStations: Set<String> = []
  ) throws -> ReadResult<ReadingsBatch> {
    let opened = try open(path, options: options, pollutants: Pollutant.allCases)
    let latest = options.now.secondsSinceEpoch
    let layout = opened.layout
    let (sink, summaries) = try parseBlocks(of: opened.source, options: options, into: ReadingsSink()) { reader in
      ReadingsWorker(reader: reader, layout: layout, latest: latest)
    }
    let collector = ReadingsCollector(
      sink, summaries: summaries, mobileStations: mobileStations, threads: options.threads)
    let made = try collector.batch(grid: grid, reference: options.reference ?? .wgs84)
    var notes = layoutNotes(layout)
    for hours in made.batch.hours where hours.count >= 24 {
      let sorted = hours.means.sorted()
      if let doubt = ColumnUnit.doubt(hours.pollutant, median: sorted[sorted.count / 2]) { notes.append(doubt) }
    }
    if made.duplicates > 0 { notes.append("\(made.duplicates) values of a station and time that already had another") }
    return result(made.batch, sink.facts, opened.source, notes)
  }

  /// Maps readings straight onto cells and periods: count, mean and exact median.
  ///
  /// - Parameters:
  ///   - stations: Fixed positions by id; `nil` takes lon and lat of each row.
  ///   - validRange: Values outside are passed over and counted; `nil` keeps all.
  /// - Returns: One field per period, ascending; variance is that of the mean (s²/n), NaN for one value.
  public static func cells(
    path: String, options: ReadOptions, pollutant: Pollutant, period: PeriodLength, statistic: CellStatistic,
    grid: Grid,
    sizeMetres: Int32, stations: [Station]?, validRange: ClosedRange<Double>?
  ) throws -> ReadResult<[(period: Period, field: CellField)]> {
    let opened = try open(path, options: options, pollutants: [pollutant])
    let layout = opened.layout
    guard stations != nil || (layout.lon != nil && layout.lat != nil) else {
      throw Problem(
        "the readings have no lon and lat", at: SourcePlace(file: path, line: 1),
        remedy: "name a stations file with --stations")
    }
    _ = try grid.lattice(sizeMetres: sizeMetres)
    let cellOfStation = stations.map { stations in
      Dictionary(
        stations.map { ($0.id, $0.position.flatMap { grid.cell(at: $0, sizeMetres: sizeMetres) }) },
        uniquingKeysWith: { _, last in last })
    }
    let plan = PointPlan(
      grid: grid, sizeMetres: sizeMetres, period: period, reference: options.reference ?? .wgs84,
      cellOfStation: cellOfStation, validRange: validRange)
    let wanted = Pollutant.allCases.map { $0 == pollutant }
    let latest = options.now.secondsSinceEpoch
    let (sink, tables) = try parseBlocks(of: opened.source, options: options, into: PointSink()) {
      reader throws(Problem) in
      try PointWorker(reader: reader, plan: plan, layout: layout, wanted: wanted, latest: latest)
    }
    let fields = PeriodCells(parts: sink.parts, tables: tables).fields(
      statistic, period: period, threads: options.threads)
    var notes = layoutNotes(layout)
    let sorted = fields.flatMap(\.field.values).sorted()
    if sorted.count >= 24, let doubt = ColumnUnit.doubt(pollutant, median: sorted[sorted.count / 2]) {
      notes.append(doubt)
    }
    if sink.unplaced > 0 {
      notes.append("\(sink.unplaced) values of stations without a usable position were left out")
    }
    if sink.outside > 0 { notes.append("\(sink.outside) values outside the valid range were left out") }
    return result(fields, sink.facts, opened.source, notes)
  }

  static func layoutNotes(_ layout: ReadingsLayout) -> [String] {
    layout.notes
      + (layout.labelsEnd ? ["times name the end of their hour (national feed); moved to its beginning"] : [])
  }

  private static func result<Value: Sendable>(
    _ value: Value, _ facts: FileFacts, _ source: LineSource, _ notes: [String]
  ) -> ReadResult<Value> {
    ReadResult(
      value: value, rejects: facts.rejects, rowsRead: facts.rowsRead, rowsKept: facts.rowsKept,
      encoding: source.encoding.rawValue, notes: notes)
  }

  /// Opens a file and reads its header.
  static func open(
    _ path: String, options: ReadOptions, pollutants: [Pollutant]
  ) throws(Problem) -> (source: LineSource, layout: ReadingsLayout) {
    let source = try LineSource(path: path, encoding: options.encoding, blockBytes: options.blockBytes)
    let line = try source.header()
    let separator = delimiter(of: line)
    let header = line.split(separator: separator, omittingEmptySubsequences: false).map { field in
      trimmed(String(decoding: field.filter { $0 != 0x22 }, as: UTF8.self))
    }
    let layout = try ReadingsLayout(header: header, delimiter: separator, path: path)
    let wanted = Set(pollutants)
    if case .long = layout.shape, !layout.pollutants.contains(where: { wanted.contains($0.pollutant) }) {
      throw Problem(
        "no column \(pollutants.map(\.rawValue).joined(separator: ", ")); the file has \(header.joined(separator: ", "))",
        at: SourcePlace(file: path, line: 1), remedy: "name a pollutant that the file has with --value")
    }
    return (source, layout)
  }
}

/// What stands for a cell and period.
public enum CellStatistic: String, CaseIterable, Sendable {
  case mean, median
}
