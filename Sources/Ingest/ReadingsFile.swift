internal import Diagnostics
internal import Dispatch
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
    var collector = ReadingsCollector()
    var stream = try ReadingsStream(path: path, options: options, pollutants: Pollutant.allCases)
    while let batch = try stream.next() {
      for part in batch { collector.add(part.block, firstLine: part.firstLine) }
    }
    let made = try collector.finish(
      grid: grid, reference: options.reference ?? .wgs84, mobileStations: mobileStations)
    var notes: [String] = []
    if stream.layout.labelsEnd {
      notes.append("times name the end of their hour (national feed); moved to its beginning")
    }
    if made.duplicates > 0 { notes.append("\(made.duplicates) values of a station and time that already had another") }
    return ReadResult(
      value: made.batch, rejects: stream.rejects, rowsRead: stream.rowsRead,
      rowsKept: stream.rowsRead - stream.rejects.count, encoding: stream.encoding, notes: notes)
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
    var stream = try ReadingsStream(path: path, options: options, pollutants: [pollutant])
    guard stations != nil || (stream.layout.lon != nil && stream.layout.lat != nil) else {
      throw Problem(
        "the readings have no lon and lat", at: SourcePlace(file: path, line: 1),
        remedy: "name a stations file with --stations")
    }
    var mapper = try PointMapper(
      grid: grid, sizeMetres: sizeMetres, period: period, reference: options.reference ?? .wgs84, stations: stations,
      validRange: validRange)
    while let batch = try stream.next() { for part in batch { mapper.add(part.block) } }
    let result = mapper.finish(statistic)
    var notes: [String] = []
    if stream.layout.labelsEnd {
      notes.append("times name the end of their hour (national feed); moved to its beginning")
    }
    if mapper.unplaced > 0 {
      notes.append("\(mapper.unplaced) values of stations without a usable position were left out")
    }
    if mapper.outside > 0 { notes.append("\(mapper.outside) values outside the valid range were left out") }
    return ReadResult(
      value: result, rejects: stream.rejects, rowsRead: stream.rowsRead,
      rowsKept: stream.rowsRead - stream.rejects.count, encoding: stream.encoding, notes: notes)
  }
}

/// What stands for a cell and period.
public enum CellStatistic: String, CaseIterable, Sendable {
  case mean, median
}

/// Blocks of a readings file in file order, parsed a few at a time.
struct ReadingsStream: ~Copyable {
  let layout: ReadingsLayout
  private let path: String
  private var blocks: TextBlocks
  private var pending: [UInt8]?
  private let wanted: [Bool]
  private let options: ReadOptions
  /// Lines before the next block.
  private var line: Int32 = 1
  private(set) var rowsRead = 0
  private(set) var rejects = RejectLog()

  var encoding: String { blocks.encoding }

  init(path: String, options: ReadOptions, pollutants: [Pollutant]) throws {
    var blocks = try TextBlocks(path: path, encoding: options.encoding)
    guard let first = try blocks.next() else {
      throw Problem("\(path) has no header", remedy: "give the first line the column names")
    }
    let headerEnd = first.firstIndex(of: 0x0A) ?? first.count
    let separator = delimiter(of: first)
    let header = first[..<headerEnd].split(separator: separator, omittingEmptySubsequences: false).map { field in
      trimmed(String(decoding: field.filter { $0 != 0x22 && $0 != 0x0D }, as: UTF8.self))
    }
    let layout = try ReadingsLayout(header: header, delimiter: separator, path: path)
    let wanted = Pollutant.allCases.map { pollutants.contains($0) }
    if case .long = layout.shape, !layout.pollutants.contains(where: { wanted[$0.pollutant.ordinal] }) {
      throw Problem(
        "no column \(pollutants.map(\.rawValue).joined(separator: ", ")); the file has \(header.joined(separator: ", "))",
        at: SourcePlace(file: path, line: 1), remedy: "name a pollutant that the file has with --value")
    }
    self.path = path
    self.layout = layout
    self.wanted = wanted
    self.options = options
    pending = headerEnd < first.count ? Array(first[(headerEnd + 1)...]) : []
    self.blocks = blocks
  }

  /// The next few blocks with the line number before each. - Returns: `nil` at the end.
  mutating func next() throws -> [(block: ReadingsBlock, firstLine: Int32)]? {
    var texts: [[UInt8]] = []
    if let pending { texts.append(pending) }
    pending = nil
    while texts.count < max(1, options.threads) * 2, let block = try blocks.next() { texts.append(block) }
    guard !texts.isEmpty else {
      options.progress.finish(task: task)
      return nil
    }
    let input = texts
    let (layout, wanted, latest) = (layout, wanted, options.now.secondsSinceEpoch)
    var parsed = [ReadingsBlock?](repeating: nil, count: input.count)
    parsed.withUnsafeMutableBufferPointer { buffer in
      // Each worker writes one element that no other touches.
      nonisolated(unsafe) let out = buffer
      forEachConcurrently(input.count, threads: options.threads) { k in
        input[k].withUnsafeBufferPointer {
          out[k] = ReadingsBlock($0, layout: layout, wanted: wanted, latest: latest)
        }
      }
    }
    options.progress.report(task: task, completed: blocks.bytesDone, total: blocks.byteCount, unit: "B")
    return parsed.compactMap(\.self).map { block in
      defer { line += block.lineCount }
      rowsRead += block.rowCount
      for defect in block.defects {
        rejects.reject(line: Int(line + defect.line) + 1, reason: defect.reason, text: defect.text)
      }
      return (block, line)
    }
  }

  private var task: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// Runs `body` for 0..<count on at most `threads` threads.
func forEachConcurrently(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  guard threads > 1, count > 1 else {
    for k in 0..<count { body(k) }
    return
  }
  let workers = min(threads, count)
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    var k = worker
    while k < count {
      body(k)
      k += workers
    }
  }
}
