internal import Diagnostics
internal import Geometry
internal import Gridding
internal import Grids
internal import Quantities
internal import Readings

/// Gathers parsed readings of one file into station-hours, and into cell-hours for stations that move.
struct ReadingsCollector {
  private var stations = NameTable()
  /// First declared place of each station, and the line it stood on.
  private var firstPlace: [(x: Double, y: Double, line: Int32)?] = []
  private var moves: [Bool] = []
  private var stationOfValue: [Int32] = []
  private var timeOfValue: [Int64] = []
  private var pollutantOfValue: [UInt8] = []
  private var valueOfValue: [Double] = []
  private var lineOfValue: [Int32] = []
  private var placeOfValue: [Int32] = []
  private var xs: [Double] = []
  private var ys: [Double] = []

  mutating func add(_ block: ReadingsBlock, firstLine: Int32) {
    let numbers = block.stationIDs.map { name in
      var name = name
      return name.withUTF8 { stations.number($0) }
    }
    while firstPlace.count < stations.names.count {
      firstPlace.append(nil)
      moves.append(false)
    }
    let offset = Int32(xs.count)
    xs += block.xs
    ys += block.ys
    for place in block.xs.indices {
      let station = Int(numbers[Int(block.placeStations[place])])
      if let first = firstPlace[station] {
        let far = max(abs(first.x - block.xs[place]), abs(first.y - block.ys[place]))
        if far > ReadingsFile.stationaryDegrees { moves[station] = true }
      } else {
        firstPlace[station] = (block.xs[place], block.ys[place], firstLine + 1)
      }
    }
    for k in block.values.indices {
      stationOfValue.append(numbers[Int(block.stations[k])])
      placeOfValue.append(block.places[k] < 0 ? -1 : block.places[k] + offset)
      lineOfValue.append(firstLine + block.lines[k] + 1)
    }
    timeOfValue += block.times
    pollutantOfValue += block.pollutants
    valueOfValue += block.values
  }

  mutating func finish(
    grid: Grid, reference: CoordinateReference, mobileStations: Set<String>
  ) throws -> (batch: ReadingsBatch, duplicates: Int) {
    for (number, name) in stations.names.enumerated() where mobileStations.contains(name) { moves[number] = true }
    var batch = ReadingsBatch()
    batch.stationIDs = stations.names
    let converter = try PositionConverter(from: reference)
    for (number, name) in stations.names.enumerated() {
      guard let place = firstPlace[number] else { continue }
      let position = moves[number] ? nil : try? converter.wgs84(x: place.x, y: place.y)
      let station = Station(
        id: name, name: name, kind: moves[number] ? .mobile : .micro, position: position,
        declared: DeclaredPosition(x: place.x, y: place.y, reference: reference))
      batch.stations.append((station, place.line))
    }
    var duplicates = 0
    for pollutant in Pollutant.allCases {
      let rows = valueOfValue.indices.filter { pollutantOfValue[$0] == UInt8(pollutant.ordinal) }
      guard !rows.isEmpty else { continue }
      let (hours, repeated) = stationHours(pollutant, rows.filter { !moves[Int(stationOfValue[$0])] })
      duplicates += repeated
      if hours.count > 0 { batch.hours.append(hours) }
      let mobile = cellHours(pollutant, rows.filter { moves[Int(stationOfValue[$0])] }, grid, converter)
      if mobile.count > 0 { batch.mobileHours.append(mobile) }
    }
    return (batch, duplicates)
  }

  /// Sorted by (station, hour); the sort is stable in file order within an hour.
  private func stationHours(_ pollutant: Pollutant, _ rows: [Int]) -> (StationHours, duplicates: Int) {
    var order = rows
    order.sort { (stationOfValue[$0], timeOfValue[$0], $0) < (stationOfValue[$1], timeOfValue[$1], $1) }
    var hours = StationHours(pollutant: pollutant)
    var duplicates = 0
    var buffer: [Double] = []
    var start = 0
    while start < order.count {
      let station = stationOfValue[order[start]]
      let hour = Instant(secondsSinceEpoch: timeOfValue[order[start]]).hour
      var flags: QualityFlags = []
      var line = lineOfValue[order[start]]
      buffer.removeAll(keepingCapacity: true)
      var end = start
      while end < order.count, stationOfValue[order[end]] == station,
        timeOfValue[order[end]] < hour.start.secondsSinceEpoch + 3600
      {
        let isRepeat = end > start && timeOfValue[order[end]] == timeOfValue[order[end - 1]]
        if isRepeat { duplicates += 1 }
        if isRepeat, valueOfValue[order[end]] != valueOfValue[order[end - 1]] { flags.insert(.duplicate) }
        if !isRepeat || valueOfValue[order[end]] != valueOfValue[order[end - 1]] {
          buffer.append(valueOfValue[order[end]])
        }
        line = min(line, lineOfValue[order[end]])
        end += 1
      }
      let mean = buffer.reduce(0, +) / Double(buffer.count)
      hours.append(
        station: station, hour: hour.ordinal, mean: mean, median: buffer.withUnsafeMutableBufferPointer { median(&$0) },
        count: Int32(buffer.count), flags: flags, firstLine: line)
      start = end
    }
    return (hours, duplicates)
  }

  private func cellHours(
    _ pollutant: Pollutant, _ rows: [Int], _ grid: Grid, _ converter: borrowing PositionConverter
  ) -> MobileCellHours {
    var placed: [(cell: CellID, hour: Int32, row: Int)] = []
    for row in rows where placeOfValue[row] >= 0 {
      let place = Int(placeOfValue[row])
      guard let position = try? converter.wgs84(x: xs[place], y: ys[place]),
        let cell = grid.cell(at: position, sizeMetres: grid.coarsestMetres)
      else { continue }
      placed.append((cell, Instant(secondsSinceEpoch: timeOfValue[row]).hour.ordinal, row))
    }
    placed.sort { ($0.cell, $0.hour, $0.row) < ($1.cell, $1.hour, $1.row) }
    var hours = MobileCellHours(pollutant: pollutant)
    var start = 0
    while start < placed.count {
      var end = start
      while end < placed.count, placed[end].cell == placed[start].cell, placed[end].hour == placed[start].hour {
        end += 1
      }
      var buffer = placed[start..<end].map { valueOfValue[$0.row] }
      let mean = buffer.reduce(0, +) / Double(buffer.count)
      hours.append(
        cell: placed[start].cell, hour: placed[start].hour, mean: mean,
        median: buffer.withUnsafeMutableBufferPointer { median(&$0) }, count: Int32(end - start),
        firstLine: placed[start..<end].map { lineOfValue[$0.row] }.min() ?? 0)
      start = end
    }
    return hours
  }
}
