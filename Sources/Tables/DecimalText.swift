internal import Glibc

/// Numbers parsed in place, without a string per field.
public enum DecimalText {
  /// What a field holds.
  public enum Field: Equatable, Sendable {
    case number(Double)
    /// Empty, or a documented code for "no value": NA, NaN, N/A, null, -999, -9999, —.
    case missing
    case malformed
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// Parses a field; spaces around it are passed over. A number of 1e100 or more is malformed: its sums would overflow.
  ///
  /// Up to 15 digits with a small exponent are exact by one multiplication or division of two exact doubles (Clinger
  /// 1990, "How to read floating point numbers accurately"); longer ones go through `strtod`, which rounds correctly.
  public static func parse(_ field: UnsafeBufferPointer<UInt8>) -> Field {
    var start = 0
    var end = field.count
    while start < end, field[start] == 0x20 || field[start] == 0x22 { start += 1 }
    while end > start, field[end - 1] == 0x20 || field[end - 1] == 0x22 || field[end - 1] == 0x0D { end -= 1 }
    guard start < end else { return .missing }
    var k = start
    let isNegative = field[k] == 0x2D
    if isNegative || field[k] == 0x2B { k += 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    let first = k
    while k < end, field[k] &- 0x30 <= 9 {
      mantissa = mantissa &* 10 &+ UInt64(field[k] &- 0x30)
      digits += 1
      k += 1
    }
    if k < end, field[k] == 0x2E {
      k += 1
      while k < end, field[k] &- 0x30 <= 9 {
        mantissa = mantissa &* 10 &+ UInt64(field[k] &- 0x30)
        digits += 1
        exponent -= 1
        k += 1
      }
    }
    guard digits > 0 else {
      return isMissingWord(UnsafeBufferPointer(rebasing: field[start..<end])) ? .missing : .malformed
    }
    if k == end, digits <= 15 {
      let magnitude = exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa)
      let value = isNegative ? -magnitude : magnitude
      return value == -999 || value == -9999 ? .missing : .number(value)
    }
    return slow(UnsafeBufferPointer(rebasing: field[start..<end]), digitsAt: first - start)
  }

  private static func slow(_ field: UnsafeBufferPointer<UInt8>, digitsAt first: Int) -> Field {
    // strtod would take hexadecimal, "inf" and "nan" too.
    guard first < field.count, field.count < 64,
      field.allSatisfy({ $0 &- 0x30 <= 9 || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B || $0 | 0x20 == 0x65 })
    else { return .malformed }
    var text = field.map { CChar(bitPattern: $0) }
    text.append(0)
    return text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return .malformed }
      var rest: UnsafeMutablePointer<CChar>?
      let value = strtod(base, &rest)
      guard let rest, UnsafePointer(rest) == base + field.count, value.magnitude < 1e100 else { return .malformed }
      return value == -999 || value == -9999 ? .missing : .number(value)
    }
  }

  private static func isMissingWord(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    guard field.count <= 6 else { return false }
    switch String(decoding: field, as: UTF8.self).lowercased() {
    case "na", "nan", "n/a", "null", "none", "—", "--", "-": return true
    default: return false
    }
  }
}
