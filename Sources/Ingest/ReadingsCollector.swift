internal import Diagnostics
internal import Geometry
internal import Gridding
internal import Grids
internal import Quantities
internal import Readings
internal import Threads

/// Values of one pollutant in one block.
struct PollutantPart: Sendable {
  /// The reader's numbers.
  var stations: [Int32] = []
  var seconds: [UInt32] = []
  var values: [Double] = []
  /// Counted from 0 at the block's beginning.
  var lines: [Int32] = []
  /// The reader's numbers; empty where the file has no positions.
  var places: [Int32] = []
}

/// Values of one block, by ordinal of pollutant.
struct ReadingsPart: Sendable {
  let reader: Int
  let pollutants: [PollutantPart]
  let facts: BlockFacts
}

/// Where the stations of one reader stood.
struct PlaceList: PlaceTaker, Sendable {
  /// Of one station.
  struct Track: Sendable {
    /// Place it had first, and where in the file that was.
    var x: Double
    var y: Double
    var block: Int
    var line: Int32
    /// Around all its places.
    var box: PlaneBox
  }

  private(set) var xs: [Double] = []
  private(set) var ys: [Double] = []
  private(set) var tracks: [Int32: Track] = [:]
  /// Number of the block that is being read.
  var block = 0

  mutating func place(station: Int32, x: Double, y: Double, line: Int32) -> Int32 {
    let here = PlaneBox(minX: x, minY: y, maxX: x, maxY: y)
    if let known = tracks[station] {
      tracks[station]?.box = known.box.union(here)
    } else {
      tracks[station] = Track(x: x, y: y, block: block, line: line, box: here)
    }
    xs.append(x)
    ys.append(y)
    return Int32(xs.count - 1)
  }
}

/// What one reader's numbers stand for.
struct ReaderSummary: Sendable {
  let names: [String]
  let places: PlaceList
}

/// Parses blocks of a readings file for ``ReadingsSink``.
struct ReadingsWorker: BlockWorker, ~Copyable {
  private let reader: Int
  private let hasPlaces: Bool
  private var parser: ReadingsParser<PlaceList>

  init(reader: Int, layout: ReadingsLayout, latest: Int64) {
    self.reader = reader
    hasPlaces = layout.lon != nil && layout.lat != nil
    parser = ReadingsParser(
      layout: layout, wanted: Pollutant.allCases.map { _ in true }, latest: latest, readsPlaces: true,
      places: PlaceList())
  }

  func summary() -> ReaderSummary { ReaderSummary(names: parser.stations.names, places: parser.places) }

  mutating func parse(_ buffer: borrowing LineBuffer, number: Int, badLines: [Int32]) -> ReadingsPart {
    parser.places.block = number
    let facts = parser.parse(buffer, badLines: badLines)
    var counts = [Int](repeating: 0, count: Pollutant.allCases.count)
    for value in parser.values { counts[Int(value.pollutant)] += 1 }
    var parts = [PollutantPart](repeating: PollutantPart(), count: counts.count)
    for (ordinal, count) in counts.enumerated() where count > 0 { parts[ordinal].reserve(count, hasPlaces) }
    for value in parser.values { parts[Int(value.pollutant)].append(value, hasPlaces) }
    return ReadingsPart(reader: reader, pollutants: parts, facts: facts)
  }
}

extension PollutantPart {
  fileprivate mutating func reserve(_ count: Int, _ hasPlaces: Bool) {
    stations.reserveCapacity(count)
    seconds.reserveCapacity(count)
    values.reserveCapacity(count)
    lines.reserveCapacity(count)
    if hasPlaces { places.reserveCapacity(count) }
  }

  fileprivate mutating func append(_ value: ParsedValue, _ hasPlaces: Bool) {
    stations.append(value.station)
    seconds.append(value.seconds)
    values.append(value.value)
    lines.append(value.line)
    if hasPlaces { places.append(value.place) }
  }
}

/// Parts of a readings file in file order.
struct ReadingsSink: PartSink {
  private(set) var parts: [(part: ReadingsPart, firstLine: Int32)] = []
  private(set) var facts = FileFacts()

  mutating func add(_ part: ReadingsPart) {
    parts.append((part, facts.lines))
    facts.add(part.facts)
  }
}

/// Makes station-hours of the values of one file, and cell-hours of those of stations that move.
struct ReadingsCollector {
  private let parts: [(part: ReadingsPart, firstLine: Int32)]
  private let summaries: [ReaderSummary]
  private let threads: Int
  /// All stations of the file, ascending.
  private let names: [String]
  /// Station by reader and the reader's number.
  private let stationOfNumber: [[Int32]]
  private var tracks: [PlaceList.Track?]
  private var moves: [Bool]

  init(_ sink: ReadingsSink, summaries: [ReaderSummary], mobileStations: Set<String>, threads: Int) {
    parts = sink.parts
    self.summaries = summaries
    self.threads = threads
    names = Set(summaries.flatMap(\.names)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var numberOfName: [String: Int32] = [:]
    for (number, name) in names.enumerated() { numberOfName[name] = Int32(number) }
    stationOfNumber = summaries.map { summary in summary.names.map { numberOfName[$0] ?? 0 } }
    tracks = Array(repeating: nil, count: names.count)
    for (summary, stations) in zip(summaries, stationOfNumber) {
      for (number, track) in summary.places.tracks {
        let station = Int(stations[Int(number)])
        guard let known = tracks[station] else {
          tracks[station] = track
          continue
        }
        var first = (track.block, track.line) < (known.block, known.line) ? track : known
        first.box = track.box.union(known.box)
        tracks[station] = first
      }
    }
    moves = zip(names, tracks).map { name, track in
      let extent = track.map { max($0.box.maxX - $0.box.minX, $0.box.maxY - $0.box.minY) } ?? 0
      return mobileStations.contains(name) || extent > ReadingsFile.stationaryDegrees
    }
  }

  func batch(
    grid: Grid, reference: CoordinateReference
  ) throws(Problem) -> (batch: ReadingsBatch, duplicates: Int) {
    var batch = ReadingsBatch()
    batch.stationIDs = names
    let converter = try PositionConverter(from: reference)
    let lineOfBlock = parts.map(\.firstLine)
    for (number, name) in names.enumerated() {
      guard let track = tracks[number] else { continue }
      let position = moves[number] ? nil : try? converter.wgs84(x: track.x, y: track.y)
      let station = Station(
        id: name, name: name, kind: moves[number] ? .mobile : .micro, position: position,
        declared: DeclaredPosition(x: track.x, y: track.y, reference: reference))
      batch.stations.append((station, lineOfBlock[track.block] + track.line + 1))
    }
    var duplicates = 0
    for pollutant in Pollutant.allCases {
      let (hours, repeated) = stationHours(pollutant)
      duplicates += repeated
      if hours.count > 0 { batch.hours.append(hours) }
      let mobile = moves.contains(true) ? cellHours(pollutant, grid, converter) : MobileCellHours(pollutant: pollutant)
      if mobile.count > 0 { batch.mobileHours.append(mobile) }
    }
    return (batch, duplicates)
  }

  /// Values of stations that stand still, put beside each other by a counting sort that keeps the order of the file.
  private func stationHours(_ pollutant: Pollutant) -> (StationHours, duplicates: Int) {
    var starts = [Int](repeating: 0, count: names.count + 1)
    for (part, _) in parts {
      for number in part.pollutants[pollutant.ordinal].stations {
        let station = Int(stationOfNumber[part.reader][Int(number)])
        if !moves[station] { starts[station + 1] += 1 }
      }
    }
    for k in names.indices { starts[k + 1] += starts[k] }
    let total = starts[names.count]
    guard total > 0 else { return (StationHours(pollutant: pollutant), 0) }
    var next = starts
    var sorted = SortedValues(count: total)
    for (part, firstLine) in parts {
      let own = part.pollutants[pollutant.ordinal]
      for k in own.stations.indices {
        let station = Int(stationOfNumber[part.reader][Int(own.stations[k])])
        guard !moves[station] else { continue }
        sorted.put(own.seconds[k], own.values[k], firstLine + own.lines[k] + 1, at: next[station])
        next[station] += 1
      }
    }
    // Stretches of stations of about equal work, made on all threads and joined in order.
    let pieces = max(1, min(names.count, total >> 15))
    let bounds = (0...pieces).map { names.count * $0 / pieces }
    let (values, places) = (sorted, starts)
    let made = mapConcurrently(pieces, threads: threads) { piece in
      var hours = StationHours(pollutant: pollutant)
      var duplicates = 0
      for station in bounds[piece]..<bounds[piece + 1] {
        duplicates += values.appendHours(of: Int32(station), places[station]..<places[station + 1], to: &hours)
      }
      return (hours: hours, duplicates: duplicates)
    }
    var all = StationHours(pollutant: pollutant)
    for piece in made { all.append(piece.hours) }
    return (all, made.reduce(0) { $0 + $1.duplicates })
  }

  private func cellHours(
    _ pollutant: Pollutant, _ grid: Grid, _ converter: borrowing PositionConverter
  ) -> MobileCellHours {
    var placed: [(cell: CellID, hour: Int32, value: Double, line: Int32)] = []
    for (part, firstLine) in parts {
      let own = part.pollutants[pollutant.ordinal]
      let places = summaries[part.reader].places
      for k in own.places.indices where own.places[k] >= 0 {
        guard moves[Int(stationOfNumber[part.reader][Int(own.stations[k])])] else { continue }
        let place = Int(own.places[k])
        guard let position = try? converter.wgs84(x: places.xs[place], y: places.ys[place]),
          let cell = grid.cell(at: position, sizeMetres: grid.coarsestMetres)
        else { continue }
        let hour = Instant(secondsSinceEpoch: Int64(own.seconds[k])).hour.ordinal
        placed.append((cell, hour, own.values[k], firstLine + own.lines[k] + 1))
      }
    }
    // Lines ascend in a file, so this is file order within a cell and hour.
    placed.sort { ($0.cell, $0.hour, $0.line) < ($1.cell, $1.hour, $1.line) }
    var hours = MobileCellHours(pollutant: pollutant)
    var start = 0
    while start < placed.count {
      var end = start
      while end < placed.count, placed[end].cell == placed[start].cell, placed[end].hour == placed[start].hour {
        end += 1
      }
      var buffer = placed[start..<end].map(\.value)
      let mean = buffer.reduce(0, +) / Double(buffer.count)
      hours.append(
        cell: placed[start].cell, hour: placed[start].hour, mean: mean,
        median: buffer.withUnsafeMutableBufferPointer { median(&$0) }, count: Int32(end - start),
        firstLine: placed[start].line)
      start = end
    }
    return hours
  }
}

/// Values of one pollutant by station, in file order within each.
private struct SortedValues {
  private var seconds: [UInt32]
  private var values: [Double]
  private var lines: [Int32]

  init(count: Int) {
    seconds = Array(repeating: 0, count: count)
    values = Array(repeating: 0, count: count)
    lines = Array(repeating: 0, count: count)
  }

  mutating func put(_ second: UInt32, _ value: Double, _ line: Int32, at place: Int) {
    seconds[place] = second
    values[place] = value
    lines[place] = line
  }

  /// Hours of one station, whose values stand at `range`. - Returns: Values of a time that already had another.
  func appendHours(of station: Int32, _ range: Range<Int>, to hours: inout StationHours) -> Int {
    var order = Array(range)
    // Most files are in order of time.
    let ascends = zip(range, range.dropFirst()).allSatisfy { seconds[$0] <= seconds[$1] }
    if !ascends { order.sort { (seconds[$0], $0) < (seconds[$1], $1) } }
    var duplicates = 0
    var buffer: [Double] = []
    var start = 0
    while start < order.count {
      let hour = Instant(secondsSinceEpoch: Int64(seconds[order[start]])).hour
      let hourEnd = hour.start.secondsSinceEpoch + 3600
      var flags: QualityFlags = []
      var line = Int32.max
      buffer.removeAll(keepingCapacity: true)
      var end = start
      while end < order.count, Int64(seconds[order[end]]) < hourEnd {
        let isRepeat = end > start && seconds[order[end]] == seconds[order[end - 1]]
        let isSame = isRepeat && values[order[end]] == values[order[end - 1]]
        if isRepeat { duplicates += 1 }
        if isRepeat, !isSame { flags.insert(.duplicate) }
        if !isSame { buffer.append(values[order[end]]) }
        line = min(line, lines[order[end]])
        end += 1
      }
      let mean = buffer.reduce(0, +) / Double(buffer.count)
      hours.append(
        station: station, hour: hour.ordinal, mean: mean, median: buffer.withUnsafeMutableBufferPointer { median(&$0) },
        count: Int32(buffer.count), flags: flags, firstLine: line)
      start = end
    }
    return duplicates
  }
}

extension StationHours {
  fileprivate mutating func append(_ other: StationHours) {
    stations += other.stations
    hours += other.hours
    means += other.means
    medians += other.medians
    counts += other.counts
    flags += other.flags
    firstLines += other.firstLines
  }
}
