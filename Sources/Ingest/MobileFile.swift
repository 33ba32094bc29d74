internal import Diagnostics
internal import Geometry
public import Gridding
public import Grids
public import Quantities

/// Readings of moving monitors as a file gives them, with what was left out on the way.
public struct MobileRun: Sendable {
  /// One entry per value, in file order; a device is its position in `deviceIDs`.
  public var readings = MobileReadings()
  /// Names behind the numbers of the monitors, ascending.
  public var deviceIDs: [String] = []
  /// Values of rows without a usable position.
  public var unplaced = 0
  /// Spent on projecting positions and finding their counties, all threads together.
  public var locatingSeconds = 0.0
}

/// Reads mobile runs: `station_id,time,<pollutants>,lon,lat`, one position per row.
public enum MobileFile {
  /// - Parameters:
  ///   - locator: Gives each reading its county; `nil` where counties are not asked for.
  ///   - validRange: Values outside are left out and counted in the notes; `nil` keeps all.
  /// - Throws: `Problem` for a file without positions or without the pollutant.
  public static func read(
    path: String, options: ReadOptions, pollutant: Pollutant, grid: Grid, locator: CountyLocator?,
    validRange: ClosedRange<Double>?
  ) throws -> ReadResult<MobileRun> {
    let opened = try ReadingsFile.open(path, options: options, pollutants: [pollutant])
    let layout = opened.layout
    guard layout.lon != nil, layout.lat != nil else {
      throw Problem(
        "the readings have no lon and lat", at: SourcePlace(file: path, line: 1),
        remedy: "a mobile run has a position in every row; use 'map points --stations' for monitors that stand still")
    }
    let plan = MobilePlan(
      projection: grid.projection, reference: options.reference ?? .wgs84, locator: locator, validRange: validRange)
    let wanted = Pollutant.allCases.map { $0 == pollutant }
    let latest = options.now.secondsSinceEpoch
    let (sink, names) = try parseBlocks(of: opened.source, options: options, into: MobileSink()) {
      reader throws(Problem) in
      try MobileWorker(reader: reader, plan: plan, layout: layout, wanted: wanted, latest: latest)
    }
    let run = sink.run(names: names)
    var notes = ReadingsFile.layoutNotes(layout)
    if run.unplaced > 0 { notes.append("\(run.unplaced) values of rows without a usable position were left out") }
    if sink.outside > 0 { notes.append("\(sink.outside) values outside the valid range were left out") }
    return ReadResult(
      value: run, rejects: sink.facts.rejects, rowsRead: sink.facts.rowsRead, rowsKept: sink.facts.rowsKept,
      encoding: opened.source.encoding.rawValue, notes: notes)
  }
}

/// What a reader needs to put values on the plane.
struct MobilePlan: Sendable {
  let projection: EqualAreaProjection
  let reference: CoordinateReference
  let locator: CountyLocator?
  let validRange: ClosedRange<Double>?
}

/// Readings of one block.
struct MobilePart: Sendable {
  let reader: Int
  /// Devices are the reader's numbers.
  var readings = MobileReadings()
  var facts = BlockFacts()
  var unplaced = 0
  var outside = 0
  var locatingSeconds = 0.0
}

/// Collects positions as declared; they are projected a block at a time.
struct MobilePlaces: PlaceTaker, ~Copyable {
  var xs: [Double] = []
  var ys: [Double] = []

  mutating func place(station: Int32, x: Double, y: Double, line: Int32) -> Int32 {
    xs.append(x)
    ys.append(y)
    return Int32(xs.count - 1)
  }
}

/// Puts the values of blocks on the plane and into counties.
struct MobileWorker: BlockWorker, ~Copyable {
  private let reader: Int
  private let plan: MobilePlan
  private let converter: PositionConverter
  private var parser: ReadingsParser<MobilePlaces>
  /// Of all places so far, projected metres and counties.
  private var xs: [Double] = []
  private var ys: [Double] = []
  private var counties: [Int32] = []

  init(reader: Int, plan: MobilePlan, layout: ReadingsLayout, wanted: [Bool], latest: Int64) throws(Problem) {
    self.reader = reader
    self.plan = plan
    converter = try PositionConverter(from: plan.reference)
    parser = ReadingsParser(
      layout: layout, wanted: wanted, latest: latest, readsPlaces: true, places: MobilePlaces())
  }

  func summary() -> [String] { parser.stations.names }

  mutating func parse(_ buffer: borrowing LineBuffer, number: Int, badLines: [Int32]) -> MobilePart {
    var part = MobilePart(reader: reader)
    part.facts = parser.parse(buffer, badLines: badLines)
    let start = ContinuousClock.now
    project()
    part.locatingSeconds = (ContinuousClock.now - start) / .seconds(1)
    let range = plan.validRange ?? -.infinity ... .infinity
    part.readings.reserve(parser.values.count)
    for k in parser.values.indices {
      let value = parser.values[k]
      guard value.place >= 0, xs[Int(value.place)].magnitude < 1e9, ys[Int(value.place)].magnitude < 1e9 else {
        part.unplaced += 1
        continue
      }
      guard range.contains(value.value) else {
        part.outside += 1
        continue
      }
      part.readings.append(
        device: value.station, seconds: value.seconds, x: xs[Int(value.place)], y: ys[Int(value.place)],
        value: value.value, county: counties[Int(value.place)])
    }
    return part
  }

  /// Projects the places that came with the block, all at once.
  private mutating func project() {
    let known = xs.count
    var x = Array(parser.places.xs[known...])
    var y = Array(parser.places.ys[known...])
    converter.wgs84(xs: &x, ys: &y)
    counties += plan.locator.map { $0.counties(longitudes: x, latitudes: y) } ?? x.map { _ in -1 }
    plan.projection.forward(xs: &x, ys: &y)
    xs += x
    ys += y
  }
}

/// Joins blocks in file order.
struct MobileSink: PartSink {
  private var parts: [MobilePart] = []
  private(set) var facts = FileFacts()
  private(set) var outside = 0

  mutating func add(_ part: MobilePart) {
    facts.add(part.facts)
    outside += part.outside
    parts.append(part)
  }

  /// - Parameter names: Of the readers' devices.
  func run(names: [[String]]) -> MobileRun {
    var run = MobileRun()
    run.deviceIDs = Array(Set(names.joined())).sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    let numbers = Dictionary(uniqueKeysWithValues: run.deviceIDs.enumerated().map { ($0.element, Int32($0.offset)) })
    let numbersOfReader = names.map { $0.map { numbers[$0] ?? 0 } }
    run.locatingSeconds = parts.reduce(0) { $0 + $1.locatingSeconds }
    run.unplaced = parts.reduce(0) { $0 + $1.unplaced }
    run.readings = MobileReadings(joining: parts.map(\.readings), devices: parts.map { numbersOfReader[$0.reader] })
    return run
  }
}
