internal import Quantities
internal import Tables

/// Reads the time of a row, remembering the row before: neighbours mostly share the time or at least the day.
struct RowClock {
  private let time: ReadingsLayout.TimeColumns
  private let labelsEnd: Bool
  /// Where the time read last stands in the block; empty at a block's beginning.
  private var known = 0..<0
  private var knownSeconds: Int64 = 0
  /// First ten bytes of the date read last, and the beginning of its Beijing day.
  private var dayText: (UInt64, UInt16) = (0, 0)
  private var dayStart: Int64?

  init(time: ReadingsLayout.TimeColumns, labelsEnd: Bool) {
    self.time = time
    self.labelsEnd = labelsEnd
  }

  /// The block is over; its text must not be looked at again.
  mutating func forget() { known = 0..<0 }

  /// - Returns: Seconds since 1970Z of the beginning of what the row stands for; `nil` for no time.
  @inline(__always)
  mutating func seconds(_ row: borrowing RowCutter, _ text: UnsafePointer<UInt8>) -> Int64? {
    switch time {
    case .one(let column):
      let lower = row.lower(column)
      let upper = row.upper(column)
      if upper - lower == known.count, !known.isEmpty, Self.equal(text + lower, text + known.lowerBound, known.count) {
        return knownSeconds
      }
      let field = row.bare(column, text)
      guard let parsed = quick(field) ?? Self.compact(field) ?? TimeText.seconds(field) else { return nil }
      known = lower..<upper
      knownSeconds = labelsEnd ? parsed - 3600 : parsed
      return knownSeconds
    case .dateAndHour(let date, let hour):
      let field = row.bare(date, text)
      guard let day = Self.compact(field) ?? TimeText.seconds(field),
        let hours = Self.whole(row.field(hour, text), 0...24)
      else { return nil }
      return day + Int64(hours) * 3600 - (labelsEnd ? 3600 : 0)
    case .parts(let year, let month, let day, let hour):
      guard let year = Self.whole(row.field(year, text), 1900...2200),
        let month = Self.whole(row.field(month, text), 1...12),
        let dayOfMonth = Self.whole(row.field(day, text), 1...31),
        let hours = Self.whole(row.field(hour, text), 0...24),
        let day = LocalDay(year: year, month: month, day: dayOfMonth)
      else { return nil }
      return Int64(day.ordinal) * 86_400 - BeijingTime.offsetSeconds + Int64(hours) * 3600 - (labelsEnd ? 3600 : 0)
    }
  }

  /// `2017-11-21T08:15:30` and `2017-11-21 08:15` of a day whose date was read before; `nil` for any other text.
  private mutating func quick(_ field: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard field.count == 19 || field.count == 16, let base = field.baseAddress, base[13] == 0x3A,
      base[10] == 0x54 || base[10] == 0x20
    else { return nil }
    let raw = UnsafeRawPointer(base)
    let text = (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
    if dayStart == nil || text != dayText {
      dayStart = TimeText.seconds(UnsafeBufferPointer(start: base, count: 10))
      dayText = text
    }
    guard let dayStart, let hour = Self.pair(base + 11), let minute = Self.pair(base + 14), hour < 24, minute < 60
    else { return nil }
    guard field.count == 19 else { return dayStart + Int64(hour * 3600 + minute * 60) }
    guard base[16] == 0x3A, let second = Self.pair(base + 17), second < 60 else { return nil }
    return dayStart + Int64(hour * 3600 + minute * 60 + second)
  }

  @inline(__always)
  private static func pair(_ text: UnsafePointer<UInt8>) -> Int? {
    let tens = text[0] &- 0x30
    let ones = text[1] &- 0x30
    return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : nil
  }

  /// Both texts have eight readable bytes behind them.
  @inline(__always)
  private static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let a = UnsafeRawPointer(a)
    let b = UnsafeRawPointer(b)
    var k = 0
    while k + 8 <= count {
      if a.loadUnaligned(fromByteOffset: k, as: UInt64.self) != b.loadUnaligned(fromByteOffset: k, as: UInt64.self) {
        return false
      }
      k += 8
    }
    guard k < count else { return true }
    let difference =
      a.loadUnaligned(fromByteOffset: k, as: UInt64.self) ^ b.loadUnaligned(fromByteOffset: k, as: UInt64.self)
    return difference << UInt64(8 * (8 - (count - k))) == 0
  }

  /// A date of eight digits, as the national archive writes it: the beginning of the Beijing day.
  private static func compact(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count == 8, text.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
    let number = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return LocalDay(year: number / 10_000, month: number / 100 % 100, day: number % 100).map {
      Int64($0.ordinal) * 86_400 - BeijingTime.offsetSeconds
    }
  }

  private static func whole(_ field: UnsafeBufferPointer<UInt8>, _ range: ClosedRange<Int>) -> Int? {
    guard case .number(let value) = DecimalText.parse(field), let number = Int(exactly: value), range.contains(number)
    else { return nil }
    return number
  }
}
