internal import Enterprises
internal import Glibc
internal import Quantities

/// Where the columns of a power file are.
struct PowerLayout: Sendable {
  var delimiter: UInt8
  var meter: Int
  /// `nil` when the file has no circuit column: all rows are `total`.
  var circuit: Int?
  var time: Int
  var energy: Int
  /// `nil` when the file has no cumulative register.
  var register: Int?
  var label: PowerLabel
  /// Quarter hours after this one lie in the future.
  var lastQuarter: Int32

  var lastColumn: Int { max(meter, circuit ?? 0, time, energy, register ?? 0) }
}

/// What the time of a power row stands for.
public enum PowerLabel: String, CaseIterable, Hashable, Sendable {
  /// The beginning of the interval; the default.
  case begin
  /// The end of the interval: 00:15 holds 00:00 up to 00:15.
  case end
  /// The end, but the midnight that ends a day carries that same day's date, as some meter exports do: the row
  /// `2018-01-01 00:00` holds 23:45 up to 24:00 of 2018-01-01.
  case endSameDate = "end-same-date"
}

/// Rows of one block of a power file.
struct PowerPart: Sendable {
  /// Rows of one meter, circuit and day whose quarter hours and lines follow each other.
  struct Run: Sendable {
    /// The worker's number of the meter.
    let meter: Int32
    let circuit: UInt8
    /// Of the first row, since 1970-01-01T00:00 Beijing time.
    let quarter: Int32
    /// Of the first row, counted from 0 at the block's beginning.
    let line: Int32
    /// Of the first row in `energies`.
    let start: Int32
    /// Quarter hours until the day ends.
    let room: Int32
  }

  /// Number of the worker that made it.
  let reader: Int
  /// Names of meters that the worker had not met before, in the order of its numbers.
  var newNames: ArraySlice<String> = []
  var runs: [Run] = []
  /// kWh of each row.
  var energies: [Float] = []
  /// Cumulative register of each row, kWh, NaN where there is none; empty when the file has no such column.
  var registers: [Double] = []
  var faults: [RowFault] = []
  var rowCount = 0
  /// Rows whose energy is a code for no value; neither kept nor rejected.
  var missingCount = 0
  var lineCount: Int32 = 0
  /// The block, for the text of rows that contradict earlier ones.
  var text: [UInt8] = []
}

/// Parses blocks of a power file without a string per row.
struct PowerWorker: BlockWorker, ~Copyable {
  /// Above this a quarter hour is not believed: 4 GW is more than any works in the country draws.
  static let largestKilowattHours: Float = 1_000_000

  private let reader: Int
  private let layout: PowerLayout
  private var cutter: RowCutter
  private var clock: RowClock
  private var names = NameTable()
  /// What the run that is being read needs of its next row.
  private var next: (meter: Int32, circuit: UInt8, quarter: Int32, line: Int32) = (-1, 0, 0, 0)
  private var runEnd: Int32 = 0
  /// Rows of the last block: the next one will have about as many.
  private var usualRows = 0

  init(reader: Int, layout: PowerLayout) {
    self.reader = reader
    self.layout = layout
    cutter = RowCutter(delimiter: layout.delimiter, columns: layout.lastColumn + 1)
    clock = RowClock(time: .one(layout.time), labelsEnd: false)
  }

  /// All a worker knows is in its parts.
  func summary() {}

  mutating func parse(_ buffer: borrowing LineBuffer, number: Int, badLines: [Int32]) -> PowerPart {
    var part = PowerPart(reader: reader)
    part.energies.reserveCapacity(usualRows)
    part.text = Array(buffer.text)
    clock.forget()
    next.meter = -1
    let known = names.count
    let text = UnsafePointer(buffer.bytes)
    let count = buffer.count
    var bad = badLines[...]
    var start = 0
    while start < count {
      cutter.cut(text, from: start)
      start = cutter.next
      let isBad = bad.first == part.lineCount
      if isBad { bad.removeFirst() }
      if cutter.end > cutter.start {
        part.rowCount += 1
        if let reason = isBad ? "text is not in the file's encoding" : row(text, &part) {
          let row = UnsafeBufferPointer(start: text + cutter.start, count: cutter.end - cutter.start)
          part.faults.append(
            RowFault(line: part.lineCount, reason: reason, text: String(decoding: row, as: UTF8.self)))
        }
      }
      part.lineCount += 1
    }
    usualRows = part.energies.count
    part.newNames = names.names[known...]
    return part
  }

  /// - Returns: Why the row is rejected, or `nil`; a row without a value is neither rejected nor added.
  @inline(__always)
  private mutating func row(_ text: UnsafePointer<UInt8>, _ part: inout PowerPart) -> String? {
    guard cutter.isClosed else { return "a quote is not closed" }
    guard cutter.count > layout.lastColumn else { return "row has too few columns" }
    guard let utc = clock.seconds(cutter, text) else { return "time is not a time" }
    guard let quarter = quarter(utc) else { return "time is not on a quarter hour" }
    guard quarter <= layout.lastQuarter else { return "time is in the future" }
    var circuit: UInt8 = 0
    if let column = layout.circuit {
      guard let known = Self.circuit(cutter.bare(column, text)) else {
        return "circuit is not total, production or treatment"
      }
      circuit = known
    }
    let meter = cutter.bare(layout.meter, text)
    guard !meter.isEmpty else { return "meter_id is empty" }
    let energyText = cutter.bare(layout.energy, text)
    if Self.isMissing(energyText) {
      part.missingCount += 1
      return nil
    }
    guard let energy = Self.decimal(energyText).map({ Float($0) }) else { return "kwh is not a number" }
    guard energy >= 0 else { return "kwh is negative" }
    guard energy <= Self.largestKilowattHours else { return "kwh is absurdly large" }
    if let column = layout.register {
      let field = cutter.bare(column, text)
      if Self.isMissing(field) {
        part.registers.append(.nan)
      } else {
        guard let register = Self.decimal(field), register >= 0 else {
          return "register_kwh is not a number of at least 0"
        }
        part.registers.append(register)
      }
    }
    add(names.number(meter), circuit, quarter, energy, &part)
    return nil
  }

  /// Adds a row to the run before it or to a new one.
  @inline(__always)
  private mutating func add(
    _ meter: Int32, _ circuit: UInt8, _ quarter: Int32, _ energy: Float, _ part: inout PowerPart
  ) {
    let line = part.lineCount
    if next.meter != meter || next.quarter != quarter || next.circuit != circuit || next.line != line
      || quarter == runEnd
    {
      let room = 96 - quarter.flooredRemainder(by: 96)
      part.runs.append(
        PowerPart.Run(
          meter: meter, circuit: circuit, quarter: quarter, line: line,
          start: Int32(truncatingIfNeeded: part.energies.count), room: room))
      runEnd = quarter + room
    }
    part.energies.append(energy)
    next = (meter, circuit, quarter + 1, line + 1)
  }

  /// Quarter hours since 1970-01-01T00:00 Beijing time; `nil` off the quarter hour.
  @inline(__always)
  private func quarter(_ utc: Int64) -> Int32? {
    var seconds = utc + BeijingTime.offsetSeconds
    switch layout.label {
    case .begin: break
    case .end: seconds -= 900
    case .endSameDate: seconds += seconds.flooredRemainder(by: 86_400) == 0 ? 86_400 - 900 : -900
    }
    let quarter = seconds.flooredQuotient(by: 900)
    return quarter * 900 == seconds ? Int32(truncatingIfNeeded: quarter) : nil
  }

  static func circuit(_ text: UnsafeBufferPointer<UInt8>) -> UInt8? {
    // The first letter tells the three apart; the rest is compared once per row, which is cheap enough.
    switch text.first {
    case 0x74, 0x54:
      if matches(text, "total") { return Circuit.total.ordinal }
      return matches(text, "treatment") ? Circuit.treatment.ordinal : nil
    case 0x70, 0x50: return matches(text, "production") ? Circuit.production.ordinal : nil
    case nil: return Circuit.total.ordinal
    default:
      switch String(decoding: text, as: UTF8.self) {
      case "总", "总表", "总用电": return Circuit.total.ordinal
      case "生产", "生产设施", "产污", "产污设施": return Circuit.production.ordinal
      case "治理", "治污", "治污设施", "治理设施": return Circuit.treatment.ordinal
      default: return nil
      }
    }
  }

  private static func matches(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    for k in 0..<text.count where text[k] | 0x20 != word.utf8Start[k] { return false }
    return true
  }

  static func isMissing(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if text.isEmpty { return true }
    if text[0] >= 0x30 && text[0] <= 0x39 { return false }
    switch String(decoding: text, as: UTF8.self).lowercased() {
    case "na", "nan", "null", "-999", "-9999", "-999.0", "-9999.0", "—", "-", "--": return true
    default: return false
    }
  }

  /// A plain decimal number; others go through the standard library.
  static func decimal(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var value: Int64 = 0
    var decimals = 0
    var seenPoint = false
    guard text.count <= 16 else { return finite(text) }
    for byte in text {
      if byte >= 0x30 && byte <= 0x39 {
        value = value * 10 + Int64(byte - 0x30)
        if seenPoint { decimals += 1 }
      } else if byte == 0x2E && !seenPoint {
        seenPoint = true
      } else {
        return finite(text)
      }
    }
    guard text.count > (seenPoint ? 1 : 0) else { return nil }
    // Below 2^53 and a power of ten up to 10^22, the quotient is the correctly rounded double.
    guard value < 1 << 53 else { return finite(text) }
    return Double(value) / powersOfTen[decimals]
  }

  private static func finite(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    Double(String(decoding: text, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
  ]
}
