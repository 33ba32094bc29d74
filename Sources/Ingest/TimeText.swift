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
    var k = 0
    func number(_ longest: Int) -> Int? {
      var value = 0
      let start = k
      while k < text.count, k - start < longest, text[k] >= 0x30, text[k] <= 0x39 {
        value = value * 10 + Int(text[k] - 0x30)
        k += 1
      }
      return k > start ? value : nil
    }
    func take(_ byte: UInt8) -> Bool {
      guard k < text.count, text[k] == byte else { return false }
      k += 1
      return true
    }
    guard let year = number(4), k == 4, take(0x2D) || take(0x2F), let month = number(2), take(0x2D) || take(0x2F),
      let dayOfMonth = number(2), let day = LocalDay(year: year, month: month, day: dayOfMonth)
    else { return nil }
    var seconds = Int64(day.ordinal) * 86_400
    var offset = BeijingTime.offsetSeconds
    if k < text.count, take(0x54) || take(0x20) || take(0x74) {
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
      seconds += Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
      if take(0x5A) || take(0x7A) {
        offset = 0
      } else if k < text.count, text[k] == 0x2B || text[k] == 0x2D {
        let sign: Int64 = text[k] == 0x2B ? 1 : -1
        k += 1
        guard let h = number(2), h < 15 else { return nil }
        _ = take(0x3A)
        let m = k < text.count ? number(2) : 0
        guard let m, m < 60 else { return nil }
        offset = sign * (Int64(h) * 3600 + Int64(m) * 60)
      }
    }
    return k == text.count ? seconds - offset : nil
  }
}
