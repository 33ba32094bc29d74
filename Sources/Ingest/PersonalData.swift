/// Takes telephone numbers, identity numbers, addresses of mail and names after words like 联系人 out of free text.
///
/// A complaint is kept for what it says about a place, not for who said it.
public enum PersonalData {
  /// What stands where something was taken out.
  public static let placeholder = "[removed]"

  /// - Returns: The text without personal data; everything else is unchanged.
  public static func stripped(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    scalars = removingMail(scalars)
    scalars = removingNumbers(scalars)
    scalars = removingNamed(scalars)
    return String(String.UnicodeScalarView(scalars))
  }

  // MARK: Numbers

  private static func removingNumbers(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var out: [Unicode.Scalar] = []
    var k = 0
    while k < scalars.count {
      guard digit(scalars[k]) != nil, k == 0 || !isASCIIWord(scalars[k - 1]) else {
        out.append(scalars[k])
        k += 1
        continue
      }
      let end = numberEnd(scalars, from: k)
      var after = end
      var run = scalars[k..<end].compactMap { digit($0) }
      if after < scalars.count, run.count == 17, "xX".unicodeScalars.contains(scalars[after]) {
        run.append(10)
        after += 1
      }
      let isWord = after < scalars.count && isASCIIWord(scalars[after])
      if !isWord, isPersonal(run, hasSeparator: end - k != scalars[k..<end].count { digit($0) != nil }) {
        out += placeholder.unicodeScalars
      } else {
        out += scalars[k..<after]
      }
      k = after
    }
    return out
  }

  /// End of a run of digits in which single separators stand between digits.
  private static func numberEnd(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
    var end = start
    while end < scalars.count {
      if digit(scalars[end]) != nil {
        end += 1
      } else if "- －—".unicodeScalars.contains(scalars[end]), end + 1 < scalars.count, digit(scalars[end + 1]) != nil {
        end += 1
      } else {
        break
      }
    }
    return end
  }

  /// Whether digits (10 stands for X) look like a telephone or an identity number.
  static func isPersonal(_ digits: [UInt8], hasSeparator: Bool) -> Bool {
    var digits = digits
    if digits.count == 13, digits.starts(with: [8, 6]) { digits.removeFirst(2) }
    switch digits.count {
    case 18: return !digits.starts(with: [9])  // a credit code of digits only begins with 9
    case 15: return (1...8).contains(digits[0])
    case 11 where digits[0] == 1: return (3...9).contains(digits[1])  // mobile
    case 10...12: return digits[0] == 0 || digits.starts(with: [4, 0, 0]) || digits.starts(with: [8, 0, 0])
    case 8: return !hasSeparator && digits[0] >= 2 && !isDate(digits)  // land line without area code
    default: return false
    }
  }

  private static func isDate(_ digits: [UInt8]) -> Bool {
    let number = digits.reduce(0) { $0 * 10 + Int($1) }
    return (1900...2100).contains(number / 10_000) && (1...12).contains(number / 100 % 100)
      && (1...31).contains(number % 100)
  }

  /// Value of an ASCII or full-width digit.
  private static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
    switch scalar.value {
    case 0x30...0x39: UInt8(scalar.value - 0x30)
    case 0xFF10...0xFF19: UInt8(scalar.value - 0xFF10)
    default: nil
    }
  }

  private static func isASCIIWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || digit(scalar) != nil)
  }

  // MARK: Mail and names

  private static func removingMail(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    func isMail(_ scalar: Unicode.Scalar) -> Bool { isASCIIWord(scalar) || "._-+".unicodeScalars.contains(scalar) }
    var out: [Unicode.Scalar] = []
    var k = 0
    while k < scalars.count {
      guard scalars[k] == "@", k > 0, isMail(scalars[k - 1]), k + 1 < scalars.count, isMail(scalars[k + 1]) else {
        out.append(scalars[k])
        k += 1
        continue
      }
      while let last = out.last, isMail(last) { out.removeLast() }
      k += 1
      while k < scalars.count, isMail(scalars[k]) { k += 1 }
      out += placeholder.unicodeScalars
    }
    return out
  }

  private static let introductions = [
    "联系人", "举报人", "投诉人", "反映人", "姓名", "微信号", "微信", "QQ号", "QQ", "qq", "身份证号", "身份证", "联系电话", "电话", "手机",
  ].map { Array($0.unicodeScalars) }

  /// Takes out what follows an introduction and a colon, up to the next punctuation or space.
  private static func removingNamed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let stops = Set("，。；、,;!！?？ \t\n\r\"'()（）".unicodeScalars)
    var out: [Unicode.Scalar] = []
    var k = 0
    while k < scalars.count {
      let word = introductions.first { scalars[k...].starts(with: $0) }
      guard let word, k + word.count < scalars.count, ":：".unicodeScalars.contains(scalars[k + word.count]) else {
        out.append(scalars[k])
        k += 1
        continue
      }
      out += scalars[k...k + word.count]
      k += word.count + 1
      let start = k
      while k < scalars.count, !stops.contains(scalars[k]) { k += 1 }
      if k > start { out += placeholder.unicodeScalars }
    }
    return out
  }
}
