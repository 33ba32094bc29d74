internal import Quantities
internal import Tables

/// One value of a readings file.
struct ParsedValue {
  var value: Double
  /// Since 1970Z, of the beginning of what the value stands for.
  var seconds: UInt32
  /// The parser's number of the station.
  var station: Int32
  /// What the parser's ``PlaceTaker`` made of the row's position; -1 without one.
  var place: Int32
  /// Counted from 0 at the block's beginning.
  var line: Int32
  /// ``Pollutant/ordinal``.
  var pollutant: UInt8
}

/// A row that cannot be used.
struct RowFault: Sendable {
  /// Counted from 0 at the block's beginning.
  let line: Int32
  let reason: String
  let text: String
}

/// Counts of one block, and its rows that cannot be used.
struct BlockFacts: Sendable {
  var rows = 0
  /// Rows that were understood, also when all their values are codes of "no value".
  var rowsKept = 0
  /// Codes of "no value" that were passed over.
  var missing = 0
  var lines: Int32 = 0
  var faults: [RowFault] = []
}

/// Turns a row's position into a number; called when a station shows up at another place than before.
protocol PlaceTaker: ~Copyable {
  mutating func place(station: Int32, x: Double, y: Double, line: Int32) -> Int32
}

/// Reads the rows of a readings file into values, with a memory of stations, places and times from row to row.
struct ReadingsParser<Places: PlaceTaker & ~Copyable>: ~Copyable {
  /// Values of the last block.
  private(set) var values: [ParsedValue] = []
  private(set) var stations = NameTable()
  var places: Places
  private let layout: ReadingsLayout
  private let wanted: [Bool]
  /// Columns with values that are wanted, by pollutant.
  private let columns: [(column: Int, pollutant: Pollutant, scale: ColumnUnit.Scale)]
  private let latest: Int64
  private let needed: Int
  private var cutter: RowCutter
  private var clock: RowClock
  private var memory = PlaceMemory()
  private let hasPlaces: Bool
  /// Whether longitude and latitude stand beside each other, so that both can be compared at once.
  private let placeSpan: (first: Int, last: Int)?

  /// - Parameters:
  ///   - wanted: By ordinal of pollutant; others are not even parsed.
  ///   - latest: Values later than this, in seconds since 1970Z, are rejected.
  ///   - readsPlaces: Whether positions of rows are of interest.
  init(
    layout: ReadingsLayout, wanted: [Bool], latest: Int64, readsPlaces: Bool, places: consuming Places
  ) {
    self.layout = layout
    self.wanted = wanted
    self.latest = latest
    self.places = places
    columns = layout.pollutants.filter { wanted[$0.pollutant.ordinal] }
    needed = layout.lastColumn + 1
    let wideColumns = if case .wide(_, let first) = layout.shape { first + layout.wideStations.count } else { 0 }
    cutter = RowCutter(delimiter: layout.delimiter, columns: max(needed, wideColumns))
    clock = RowClock(time: layout.time, labelsEnd: layout.labelsEnd)
    hasPlaces = readsPlaces && layout.lon != nil && layout.lat != nil
    if let lon = layout.lon, let lat = layout.lat, abs(lon - lat) == 1 {
      placeSpan = (min(lon, lat), max(lon, lat))
    } else {
      placeSpan = nil
    }
    // Wide files name their stations in the header; their numbers are the columns'.
    for name in layout.wideStations { _ = stations.number(of: name) }
  }

  /// Parses a block of whole lines into `values`.
  mutating func parse(_ buffer: borrowing LineBuffer, badLines: [Int32]) -> BlockFacts {
    values.removeAll(keepingCapacity: true)
    clock.forget()
    var facts = BlockFacts()
    let text = UnsafePointer(buffer.bytes)
    let count = buffer.count
    var bad = badLines[...]
    var start = 0
    while start < count {
      cutter.cut(text, from: start)
      start = cutter.next
      if cutter.end > cutter.start {
        facts.rows += 1
        let kept = values.count
        let isBad = bad.first == facts.lines
        if isBad { bad.removeFirst() }
        if let reason = isBad ? "text is not in the file's encoding" : row(text, &facts) {
          values.removeSubrange(kept...)
          facts.faults.append(
            RowFault(
              line: facts.lines, reason: reason,
              text: String(
                decoding: UnsafeBufferPointer(start: text + cutter.start, count: cutter.end - cutter.start),
                as: UTF8.self)))
        } else {
          facts.rowsKept += 1
        }
      }
      facts.lines += 1
    }
    return facts
  }

  /// - Returns: Why the row cannot be used; `nil` when it was.
  @inline(__always)
  private mutating func row(_ text: UnsafePointer<UInt8>, _ facts: inout BlockFacts) -> String? {
    guard cutter.isClosed else { return "a quote is not closed" }
    guard cutter.count >= needed else { return "row has too few columns" }
    guard let seconds = clock.seconds(cutter, text) else { return "time cannot be read" }
    guard seconds <= latest else { return "time lies in the future" }
    guard seconds >= 0 else { return "time lies before 1970" }
    let second = UInt32(truncatingIfNeeded: seconds)
    switch layout.shape {
    case .long: return long(text, second, &facts)
    case .wide(let type, let first): return wide(text, second, type, first, &facts)
    }
  }

  private mutating func long(_ text: UnsafePointer<UInt8>, _ seconds: UInt32, _ facts: inout BlockFacts) -> String? {
    let id = cutter.bare(layout.station, text)
    guard !id.isEmpty else { return "no station" }
    let station = stations.number(id)
    var place: Int32 = -1
    if hasPlaces {
      guard let found = self.place(of: station, text, facts.lines) else { return "position is not a number" }
      place = found
    }
    for (column, pollutant, scale) in columns {
      switch DecimalText.parse(cutter.field(column, text)) {
      case .missing: facts.missing += 1
      case .malformed: return "\(pollutant.rawValue) is not a number"
      case .number(let value):
        values.append(
          ParsedValue(
            value: value * scale.up / scale.down, seconds: seconds, station: station, place: place, line: facts.lines,
            pollutant: UInt8(pollutant.ordinal)))
      }
    }
    return nil
  }

  private mutating func wide(
    _ text: UnsafePointer<UInt8>, _ seconds: UInt32, _ type: Int, _ first: Int, _ facts: inout BlockFacts
  ) -> String? {
    let name = String(decoding: cutter.bare(type, text), as: UTF8.self)
    // AQI and running means stand in the same files and are no hourly values.
    guard let pollutant = ReadingsLayout.pollutant(named: name), wanted[pollutant.ordinal] else { return nil }
    for station in layout.wideStations.indices where first + station < cutter.count {
      switch DecimalText.parse(cutter.field(first + station, text)) {
      case .missing: facts.missing += 1
      case .malformed: return "\(pollutant.rawValue) is not a number"
      case .number(let value):
        values.append(
          ParsedValue(
            value: value, seconds: seconds, station: Int32(station), place: -1, line: facts.lines,
            pollutant: UInt8(pollutant.ordinal)))
      }
    }
    return nil
  }

  /// - Returns: `nil` for a position that is no number; -1 for a row without one.
  private mutating func place(of station: Int32, _ text: UnsafePointer<UInt8>, _ line: Int32) -> Int32? {
    var signature = PlaceMemory.Signature()
    if let (first, last) = placeSpan {
      signature = PlaceMemory.Signature(text, from: cutter.lower(first), to: cutter.upper(last))
      if let known = memory.place(of: station, signature) { return known }
    }
    guard let lon = layout.lon, let lat = layout.lat else { return -1 }
    let x = DecimalText.parse(cutter.field(lon, text))
    let y = DecimalText.parse(cutter.field(lat, text))
    guard x != .malformed, y != .malformed else { return nil }
    guard case .number(let x) = x, case .number(let y) = y else { return -1 }
    let place = places.place(station: station, x: x, y: y, line: line)
    memory.keep(place, of: station, signature)
    return place
  }
}

/// The text of the position each station had last: a station that stands still is read, and projected, once.
struct PlaceMemory {
  /// Up to 32 bytes of text as numbers; longer ones are never equal to anything.
  struct Signature {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    /// 0 for one that cannot be compared.
    var length = 0

    init() {}

    /// - Parameter text: With 32 readable bytes behind `start`.
    @inline(__always)
    init(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int) {
      guard end - start <= 32, end > start else { return }
      length = end - start
      let raw = UnsafeRawPointer(text + start)
      words.0 = raw.loadUnaligned(as: UInt64.self) & Self.mask(length)
      words.1 = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & Self.mask(length - 8)
      words.2 = raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self) & Self.mask(length - 16)
      words.3 = raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self) & Self.mask(length - 24)
    }

    private static func mask(_ bytes: Int) -> UInt64 {
      bytes >= 8 ? .max : bytes <= 0 ? 0 : (1 << UInt64(8 * bytes)) - 1
    }
  }

  private struct Entry {
    var signature = Signature()
    var place: Int32 = -1
  }

  private var entries: [Entry] = []

  @inline(__always)
  func place(of station: Int32, _ signature: Signature) -> Int32? {
    guard signature.length > 0, Int(station) < entries.count else { return nil }
    let known = entries[Int(station)]
    return known.signature.length == signature.length && known.signature.words == signature.words ? known.place : nil
  }

  mutating func keep(_ place: Int32, of station: Int32, _ signature: Signature) {
    guard signature.length > 0 else { return }
    if Int(station) >= entries.count {
      entries += repeatElement(Entry(), count: Int(station) + 1 - entries.count + entries.count / 2)
    }
    entries[Int(station)] = Entry(signature: signature, place: place)
  }
}
