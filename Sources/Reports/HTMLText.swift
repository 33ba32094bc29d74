/// Text made safe for HTML and SVG, between tags and inside quoted attributes.
public enum HTMLText {
  /// Escapes `& < > " '`; control characters that XML forbids become U+FFFD.
  public static func escaped(_ text: some StringProtocol) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t", "\r": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Inside a quoted CSS string: everything but letters, digits and harmless signs as a hexadecimal escape.
  static func cssString(_ text: String) -> String {
    var css = ""
    for scalar in text.unicodeScalars {
      let isPlain =
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || " -_.:/·".unicodeScalars.contains(scalar)
      if isPlain {
        css.unicodeScalars.append(scalar)
      } else {
        css += "\\" + String(scalar.value, radix: 16) + " "
      }
    }
    return css
  }
}

/// Numbers as people read them; a point as decimal mark, no locale.
public enum NumberText {
  /// - Parameter decimals: 0...9 digits after the point.
  public static func fixed(_ number: Double, decimals: Int) -> String {
    precondition((0...9).contains(decimals), "decimals are 0...9")
    guard number.isFinite else { return "—" }
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(number) * Double(scale)).rounded()
    guard scaled < 9e15 else { return number.description }
    let whole = Int64(scaled)
    let sign = number < 0 && whole > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let digits = String(whole % scale)
    return "\(sign)\(whole / scale)." + String(repeating: "0", count: decimals - digits.count) + digits
  }

  /// Three or four figures: `1234`, `81.3`, `0.0123`; whole numbers as they are.
  public static func readable(_ number: Double) -> String {
    guard number.isFinite else { return "—" }
    let size = abs(number)
    if number == number.rounded(), size < 1e9 { return fixed(number, decimals: 0) }
    switch size {
    case 1000...: return fixed(number, decimals: 0)
    case 10...: return fixed(number, decimals: 1)
    case 0.1...: return fixed(number, decimals: 2)
    case 0.001...: return fixed(number, decimals: 4)
    default: return scientific(number)
    }
  }

  private static func scientific(_ number: Double) -> String {
    var mantissa = number
    var exponent = 0
    while abs(mantissa) < 1, exponent > -330 {
      mantissa *= 10
      exponent -= 1
    }
    return "\(fixed(mantissa, decimals: 1))e\(exponent)"
  }
}
