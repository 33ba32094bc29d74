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

/// Rows of one block of a power file, parsed without a string per row.
struct PowerBlock: Sendable {
  /// Above this a quarter hour is not believed: 4 GW is more than any works in the country draws.
  static let largestKilowattHours: Float = 1_000_000

  struct Defect: Sendable {
    let line: Int32
    let reason: String
    let text: String
  }

  /// Meter ids that occur, in order of appearance.
  var meterIDs: [String] = []
  /// Position in `meterIDs`, per row.
  var meters: [Int32] = []
  var circuits: [UInt8] = []
  var quarters: [Int32] = []
  var energies: [Float] = []
  /// Cumulative register of each row, kWh, NaN where there is none; empty when the file has no such column.
  var registers: [Double] = []
  /// Line of each row, counted from 0 at the block's beginning.
  var lines: [Int32] = []
  /// Offset of each row in the block, for the reject file.
  var starts: [Int32] = []
  var defects: [Defect] = []
  var rowCount = 0
  /// Rows whose energy is a code for no value; neither kept nor rejected.
  var missingCount = 0
  var lineCount: Int32 = 0

  /// Parses a block of whole lines.
  init(_ text: UnsafeBufferPointer<UInt8>, layout: PowerLayout) {
    var parser = PowerBlockParser(layout: layout)
    let rough = text.count / 32
    meters.reserveCapacity(rough)
    circuits.reserveCapacity(rough)
    quarters.reserveCapacity(rough)
    energies.reserveCapacity(rough)
    lines.reserveCapacity(rough)
    starts.reserveCapacity(rough)
    guard let base = text.baseAddress else { return }
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
        } else if meters.count > lines.count {
          lines.append(lineCount)
          starts.append(Int32(start))
        }
      }
      lineCount += 1
      start = end + 1
    }
  }
}

/// Parses rows of a power file; keeps what the previous row had, because neighbours mostly share meter or time.
struct PowerBlockParser {
  private let layout: PowerLayout
  private var bounds: [(start: Int, end: Int)]
  private var table = [Int32](repeating: -1, count: 1 << 14)
  private var names: [[UInt8]] = []
  private var lastMeter: Int32 = -1
  private var lastTime: [UInt8] = []
  private var lastQuarter: Int32 = 0

  init(layout: PowerLayout) {
    self.layout = layout
    bounds = Array(repeating: (0, 0), count: layout.lastColumn + 1)
  }

  /// - Returns: Why the row is rejected, or `nil`; a row without a value is neither rejected nor added.
  mutating func parse(_ row: UnsafeBufferPointer<UInt8>, into block: inout PowerBlock) -> String? {
    guard split(row) else { return "row has too few columns" }
    let time = field(row, layout.time)
    guard let quarter = quarter(time) else {
      return TimeText.seconds(time) == nil ? "time is not a time" : "time is not on a quarter hour"
    }
    guard quarter <= layout.lastQuarter else { return "time is in the future" }
    var circuit: UInt8 = 0
    if let column = layout.circuit {
      guard let known = Self.circuit(field(row, column)) else { return "circuit is not total, production or treatment" }
      circuit = known
    }
    let meter = field(row, layout.meter)
    guard !meter.isEmpty else { return "meter_id is empty" }
    let energyText = field(row, layout.energy)
    if Self.isMissing(energyText) {
      block.missingCount += 1
      return nil
    }
    guard let energy = Self.number(energyText) else { return "kwh is not a number" }
    guard energy >= 0 else { return "kwh is negative" }
    guard energy <= PowerBlock.largestKilowattHours else { return "kwh is absurdly large" }
    if let column = layout.register {
      let text = field(row, column)
      if Self.isMissing(text) {
        block.registers.append(.nan)
      } else {
        guard let register = Self.decimal(text), register >= 0 else {
          return "register_kwh is not a number of at least 0"
        }
        block.registers.append(register)
      }
    }
    block.meters.append(intern(meter, into: &block))
    block.circuits.append(circuit)
    block.quarters.append(quarter)
    block.energies.append(energy)
    return nil
  }

  /// Finds the bounds of the wanted columns; quotes around a field are left out.
  private mutating func split(_ row: UnsafeBufferPointer<UInt8>) -> Bool {
    var column = 0
    var k = 0
    let last = bounds.count - 1
    while true {
      var start = k
      var end: Int
      if k < row.count, row[k] == 0x22 {
        start += 1
        k += 1
        while k < row.count, row[k] != 0x22 { k += 1 }
        end = k
        while k < row.count, row[k] != layout.delimiter { k += 1 }
      } else {
        while k < row.count, row[k] != layout.delimiter { k += 1 }
        end = k
        while start < end, row[start] == 0x20 { start += 1 }
        while end > start, row[end - 1] == 0x20 { end -= 1 }
      }
      bounds[column] = (start, end)
      if column == last { return true }
      guard k < row.count else { return false }
      k += 1
      column += 1
    }
  }

  private func field(_ row: UnsafeBufferPointer<UInt8>, _ column: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: row[bounds[column].start..<bounds[column].end])
  }

  private mutating func quarter(_ text: UnsafeBufferPointer<UInt8>) -> Int32? {
    if Self.equal(text, lastTime), !lastTime.isEmpty { return lastQuarter }
    guard let utc = TimeText.seconds(text) else { return nil }
    var seconds = utc + BeijingTime.offsetSeconds
    switch layout.label {
    case .begin: break
    case .end: seconds -= 900
    case .endSameDate: seconds += seconds.flooredRemainder(by: 86_400) == 0 ? 86_400 - 900 : -900
    }
    guard seconds.flooredRemainder(by: 900) == 0 else { return nil }
    lastQuarter = Int32(truncatingIfNeeded: seconds.flooredQuotient(by: 900))
    lastTime.replaceSubrange(0..<lastTime.count, with: text)
    return lastQuarter
  }

  private mutating func intern(_ name: UnsafeBufferPointer<UInt8>, into block: inout PowerBlock) -> Int32 {
    if lastMeter >= 0, Self.equal(name, names[Int(lastMeter)]) { return lastMeter }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var place = Int(truncatingIfNeeded: hash ^ hash >> 32) & (table.count - 1)
    while table[place] >= 0 {
      if Self.equal(name, names[Int(table[place])]) {
        lastMeter = table[place]
        return lastMeter
      }
      place = (place + 1) & (table.count - 1)
    }
    lastMeter = Int32(names.count)
    table[place] = lastMeter
    names.append(Array(name))
    block.meterIDs.append(String(decoding: name, as: UTF8.self))
    if names.count * 2 > table.count { grow() }
    return lastMeter
  }

  private mutating func grow() {
    table = [Int32](repeating: -1, count: table.count * 4)
    for (number, name) in names.enumerated() {
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      var place = Int(truncatingIfNeeded: hash ^ hash >> 32) & (table.count - 1)
      while table[place] >= 0 { place = (place + 1) & (table.count - 1) }
      table[place] = Int32(number)
    }
  }

  private static func equal(_ text: UnsafeBufferPointer<UInt8>, _ name: [UInt8]) -> Bool {
    guard text.count == name.count, let base = text.baseAddress else { return false }
    return memcmp(base, name, name.count) == 0
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

  static func number(_ text: UnsafeBufferPointer<UInt8>) -> Float? { decimal(text).map { Float($0) } }

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
