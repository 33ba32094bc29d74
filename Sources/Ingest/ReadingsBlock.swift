internal import Glibc
internal import Quantities
internal import Tables

/// Values of one block of a readings file, parsed without a string per row.
struct ReadingsBlock: Sendable {
  struct Defect: Sendable {
    let line: Int32
    let reason: String
    let text: String
  }

  /// Station ids that occur, in order of appearance.
  var stationIDs: [String] = []
  /// Position in `stationIDs`, per value.
  var stations: [Int32] = []
  /// Seconds since 1970Z of the beginning of what the value stands for, per value.
  var times: [Int64] = []
  /// ``Pollutant/ordinal``, per value.
  var pollutants: [UInt8] = []
  var values: [Double] = []
  /// Counted from 0 at the block's beginning, per value.
  var lines: [Int32] = []
  /// Position in `positions`, per value; -1 without one. Consecutive rows of a station at one place share it.
  var places: [Int32] = []
  /// Declared coordinates as they occur, x and y.
  var xs: [Double] = []
  var ys: [Double] = []
  /// Station of each place.
  var placeStations: [Int32] = []
  var defects: [Defect] = []
  var rowCount = 0
  /// Codes of "no value" that were passed over.
  var missingCount = 0
  var lineCount: Int32 = 0

  /// - Parameters:
  ///   - text: Whole lines without the header.
  ///   - wanted: Ordinals of pollutants to keep; others are not even parsed.
  ///   - latest: Values later than this, in seconds since 1970Z, are rejected.
  init(_ text: UnsafeBufferPointer<UInt8>, layout: ReadingsLayout, wanted: [Bool], latest: Int64) {
    guard let base = text.baseAddress else { return }
    var parser = ReadingsBlockParser(layout: layout, wanted: wanted, latest: latest)
    let rough = text.count / 48
    stations.reserveCapacity(rough)
    times.reserveCapacity(rough)
    pollutants.reserveCapacity(rough)
    values.reserveCapacity(rough)
    lines.reserveCapacity(rough)
    places.reserveCapacity(rough)
    var start = 0
    while start < text.count {
      let found = memchr(base + start, 0x0A, text.count - start)
      let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? text.count
      let contentEnd = end > start && text[end - 1] == 0x0D ? end - 1 : end
      if contentEnd > start {
        rowCount += 1
        let row = UnsafeBufferPointer(rebasing: text[start..<contentEnd])
        if let reason = parser.parse(row, into: &self) {
          defects.append(Defect(line: lineCount, reason: reason, text: String(decoding: row, as: UTF8.self)))
        }
      }
      lineCount += 1
      start = end + 1
    }
    stationIDs = parser.stations.names
  }
}

/// Gives station ids small numbers without making a string of each occurrence: open addressing over their bytes.
struct NameTable: Sendable {
  private(set) var names: [String] = []
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]
  private var table = [Int32](repeating: -1, count: 1 << 10)

  mutating func number(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var position = Int(truncatingIfNeeded: hash ^ hash >> 29) & (table.count - 1)
    while table[position] >= 0 {
      let number = Int(table[position])
      let start = ends[number]
      if ends[number + 1] - start == name.count, equals(name, start) { return Int32(number) }
      position = (position + 1) & (table.count - 1)
    }
    table[position] = Int32(names.count)
    names.append(String(decoding: name, as: UTF8.self))
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
    if names.count * 2 > table.count { grow() }
    return Int32(names.count - 1)
  }

  private func equals(_ name: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    for k in 0..<name.count where bytes[start + k] != name[k] { return false }
    return true
  }

  private mutating func grow() {
    let old = self
    self = NameTable(capacity: old.table.count * 2)
    for name in old.names {
      var name = name
      _ = name.withUTF8 { number($0) }
    }
  }

  init() {}

  private init(capacity: Int) { table = [Int32](repeating: -1, count: capacity) }
}

/// Cuts rows into fields and fields into values.
struct ReadingsBlockParser {
  let layout: ReadingsLayout
  let wanted: [Bool]
  let latest: Int64
  var stations = NameTable()
  private var fields: [(start: Int, end: Int)] = []
  private var previousTime: [UInt8] = []
  private var previousSeconds: Int64 = 0
  /// Place last seen of each station.
  private var placeOfStation: [Int32] = []
  private let needed: Int

  init(layout: ReadingsLayout, wanted: [Bool], latest: Int64) {
    self.layout = layout
    self.wanted = wanted
    self.latest = latest
    needed = layout.lastColumn + 1
    // Wide files name their stations in the header; their numbers are the columns'.
    for name in layout.wideStations {
      var name = name
      _ = name.withUTF8 { stations.number($0) }
    }
  }

  /// - Returns: Why the row cannot be used; `nil` when it was.
  mutating func parse(_ row: UnsafeBufferPointer<UInt8>, into block: inout ReadingsBlock) -> String? {
    guard cut(row) else { return "a quote is not closed" }
    guard fields.count >= needed else { return "row has too few columns" }
    guard let seconds = time(row) else { return "time cannot be read" }
    guard seconds <= latest else { return "time lies in the future" }
    switch layout.shape {
    case .long: return long(row, seconds, &block)
    case .wide(let type, let first): return wide(row, seconds, type, first, &block)
    }
  }

  private mutating func long(
    _ row: UnsafeBufferPointer<UInt8>, _ seconds: Int64, _ block: inout ReadingsBlock
  ) -> String? {
    let id = bare(field(layout.station, row))
    guard !id.isEmpty else { return "no station" }
    let kept = block.values.count
    var missing = 0
    let station = stations.number(id)
    var place: Int32 = -1
    if let lon = layout.lon, let lat = layout.lat {
      let x = DecimalText.parse(field(lon, row))
      let y = DecimalText.parse(field(lat, row))
      if case .number(let x) = x, case .number(let y) = y {
        place = self.place(of: station, x, y, &block)
      } else if x == .malformed || y == .malformed {
        return "position is not a number"
      }
    }
    for (column, pollutant) in layout.pollutants where wanted[pollutant.ordinal] {
      switch DecimalText.parse(field(column, row)) {
      case .missing: missing += 1
      case .malformed:
        drop(after: kept, &block)
        return "\(pollutant.rawValue) is not a number"
      case .number(let value): append(station, seconds, pollutant, value, place, &block)
      }
    }
    block.missingCount += missing
    return nil
  }

  private mutating func wide(
    _ row: UnsafeBufferPointer<UInt8>, _ seconds: Int64, _ type: Int, _ first: Int, _ block: inout ReadingsBlock
  ) -> String? {
    let name = String(decoding: bare(field(type, row)), as: UTF8.self)
    // AQI and running means stand in the same files and are no hourly values.
    guard let pollutant = ReadingsLayout.pollutant(named: name), wanted[pollutant.ordinal] else { return nil }
    let kept = block.values.count
    var missing = 0
    for station in layout.wideStations.indices where first + station < fields.count {
      switch DecimalText.parse(field(first + station, row)) {
      case .missing: missing += 1
      case .malformed:
        drop(after: kept, &block)
        return "\(pollutant.rawValue) is not a number"
      case .number(let value): append(Int32(station), seconds, pollutant, value, -1, &block)
      }
    }
    block.missingCount += missing
    return nil
  }

  private mutating func append(
    _ station: Int32, _ seconds: Int64, _ pollutant: Pollutant, _ value: Double, _ place: Int32,
    _ block: inout ReadingsBlock
  ) {
    block.stations.append(station)
    block.times.append(seconds)
    block.pollutants.append(UInt8(pollutant.ordinal))
    block.values.append(value)
    block.lines.append(block.lineCount)
    block.places.append(place)
  }

  private func drop(after count: Int, _ block: inout ReadingsBlock) {
    block.stations.removeSubrange(count...)
    block.times.removeSubrange(count...)
    block.pollutants.removeSubrange(count...)
    block.values.removeSubrange(count...)
    block.lines.removeSubrange(count...)
    block.places.removeSubrange(count...)
  }

  private mutating func place(of station: Int32, _ x: Double, _ y: Double, _ block: inout ReadingsBlock) -> Int32 {
    while placeOfStation.count <= Int(station) { placeOfStation.append(-1) }
    let known = placeOfStation[Int(station)]
    if known >= 0, block.xs[Int(known)] == x, block.ys[Int(known)] == y { return known }
    let place = Int32(block.xs.count)
    block.xs.append(x)
    block.ys.append(y)
    block.placeStations.append(station)
    placeOfStation[Int(station)] = place
    return place
  }

  private func field(_ column: Int, _ row: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: row[fields[column].start..<fields[column].end])
  }

  /// Without spaces and quotes around it.
  private func bare(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = field.count
    while start < end, field[start] == 0x20 || field[start] == 0x22 { start += 1 }
    while end > start, field[end - 1] == 0x20 || field[end - 1] == 0x22 { end -= 1 }
    return UnsafeBufferPointer(rebasing: field[start..<end])
  }

  /// Finds the fields of a row; delimiters inside quotes do not count. - Returns: `false` for open quotes.
  private mutating func cut(_ row: UnsafeBufferPointer<UInt8>) -> Bool {
    fields.removeAll(keepingCapacity: true)
    var start = 0
    var quoted = false
    for k in 0..<row.count {
      let byte = row[k]
      if byte == 0x22 {
        quoted.toggle()
      } else if byte == layout.delimiter, !quoted {
        fields.append((start, k))
        start = k + 1
      }
    }
    fields.append((start, row.count))
    return !quoted
  }

  private mutating func time(_ row: UnsafeBufferPointer<UInt8>) -> Int64? {
    var seconds: Int64
    switch layout.time {
    case .one(let column):
      let text = bare(field(column, row))
      // Rows of one time follow each other in most files.
      if text.count == previousTime.count, text.elementsEqual(previousTime) { return previousSeconds }
      guard let parsed = compact(text) ?? TimeText.seconds(text) else { return nil }
      previousTime = Array(text)
      seconds = parsed
      if layout.labelsEnd { seconds -= 3600 }
      previousSeconds = seconds
      return seconds
    case .dateAndHour(let date, let hour):
      let text = bare(field(date, row))
      guard let day = compact(text) ?? TimeText.seconds(text), let hours = whole(field(hour, row), 0...24) else {
        return nil
      }
      seconds = day + Int64(hours) * 3600
    case .parts(let year, let month, let day, let hour):
      guard let year = whole(field(year, row), 1900...2200), let month = whole(field(month, row), 1...12),
        let dayOfMonth = whole(field(day, row), 1...31), let hours = whole(field(hour, row), 0...24),
        let day = LocalDay(year: year, month: month, day: dayOfMonth)
      else { return nil }
      seconds = Int64(day.ordinal) * 86_400 - BeijingTime.offsetSeconds + Int64(hours) * 3600
    }
    return layout.labelsEnd ? seconds - 3600 : seconds
  }

  /// A date of eight digits, as the national archive writes it: the beginning of the Beijing day.
  private func compact(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count == 8, text.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
    let number = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return LocalDay(year: number / 10_000, month: number / 100 % 100, day: number % 100).map {
      Int64($0.ordinal) * 86_400 - BeijingTime.offsetSeconds
    }
  }

  private func whole(_ field: UnsafeBufferPointer<UInt8>, _ range: ClosedRange<Int>) -> Int? {
    guard case .number(let value) = DecimalText.parse(field), let number = Int(exactly: value), range.contains(number)
    else { return nil }
    return number
  }
}
