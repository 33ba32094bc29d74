public import Quantities

/// Reads a time as files and command lines write it; see the product's file formats. - Returns: `nil` for other text.
public func readInstant(_ text: String) -> Instant? { TimeText.instant(text) }

/// Times as people write them: ISO 8601 with zone, or local Beijing time.
enum TimeText {
  static func instant(_ text: String) -> Instant? {
    var text = text
    return text.withUTF8 { seconds($0) }.map { Instant(secondsSinceEpoch: $0) }
  }

  /// Whether the text is a date without a time of day.
  static func isDateOnly(_ text: String) -> Bool { !text.contains(":") && !text.contains("T") && !text.contains(" ") }

  /// Reads `2017-11-21T08:15:00+08:00`, `2017-11-21 08:15`, `2017/11/21 8:15:30`, `2017-11-21T08`, `2017-11-21`;
  /// `Z` or an offset names the zone, else it is Beijing time; `24:00` is the next midnight; fractions are dropped.
  ///
  /// - Returns: Seconds since 1970-01-01T00:00:00Z; `nil` for anything else.
  static func seconds(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    var cursor = TimeCursor(text: text)
    guard let year = cursor.number(4), cursor.place == 4, cursor.takeDateMark(), let month = cursor.number(2),
      cursor.takeDateMark(), let dayOfMonth = cursor.number(2),
      let day = LocalDay(year: year, month: month, day: dayOfMonth)
    else { return nil }
    var seconds = Int64(day.ordinal) * 86_400
    var offset = BeijingTime.offsetSeconds
    if cursor.take(0x54) || cursor.take(0x20) || cursor.take(0x74) {
      guard let time = cursor.timeOfDay() else { return nil }
      seconds += time
      guard let zone = cursor.zone() else { return nil }
      offset = zone
    }
    return cursor.isAtEnd ? seconds - offset : nil
  }
}

/// Walks over the bytes of a time; a struct and not closures, which would be checked for exclusive access per byte.
private struct TimeCursor {
  let text: UnsafeBufferPointer<UInt8>
  var place = 0

  init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { place == text.count }

  mutating func number(_ longest: Int) -> Int? {
    var value = 0
    let start = place
    while place < text.count, place - start < longest, text[place] >= 0x30, text[place] <= 0x39 {
      value = value * 10 + Int(text[place] - 0x30)
      place += 1
    }
    return place > start ? value : nil
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard place < text.count, text[place] == byte else { return false }
    place += 1
    return true
  }

  mutating func takeDateMark() -> Bool { take(0x2D) || take(0x2F) }

  /// Seconds after midnight of `8`, `08:15`, `08:15:30` or `08:15:30.5`.
  mutating func timeOfDay() -> Int64? {
    while take(0x20) {}
    guard let hour = number(2) else { return nil }
    var minute = 0
    var second = 0
    if take(0x3A) {
      guard let m = number(2) else { return nil }
      minute = m
      if take(0x3A) {
        guard let s = number(2) else { return nil }
        second = s
        if take(0x2E), number(9) == nil { return nil }
      }
    }
    guard minute < 60, second < 61, hour < 24 || (hour == 24 && minute == 0 && second == 0) else { return nil }
    return Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
  }

  /// Seconds east of UTC: 0 for `Z`, `+08:00` and the like, Beijing where nothing is said.
  mutating func zone() -> Int64? {
    if take(0x5A) || take(0x7A) { return 0 }
    let isEast = place < text.count && text[place] == 0x2B
    guard isEast || (place < text.count && text[place] == 0x2D) else { return BeijingTime.offsetSeconds }
    place += 1
    guard let hours = number(2), hours < 15 else { return nil }
    _ = take(0x3A)
    guard let minutes = isAtEnd ? 0 : number(2), minutes < 60 else { return nil }
    return (isEast ? 1 : -1) * (Int64(hours) * 3600 + Int64(minutes) * 60)
  }
}
