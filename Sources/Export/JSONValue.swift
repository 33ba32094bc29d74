/// A piece of JSON whose keys stay in the order in which they were given, for `--json` on every verb.
///
/// ```swift
/// print(JSONValue.object([("cell", "3000-1274-1305"), ("x", 822_345.5), ("counties", .array([]))]).text)
/// ```
public enum JSONValue: Hashable, Sendable {
  /// One member of an object.
  public struct Member: Hashable, Sendable {
    /// As written; keys keep the order in which they are given.
    public let key: String
    /// `null` is written, not left out.
    public let value: JSONValue

    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  case null
  case bool(Bool)
  case integer(Int64)
  /// The shortest digits that read back as the same number; what is not finite becomes `null`.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case members([Member])

  /// An object; a key that repeats is the caller's defect and is kept.
  public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .members(members.map { Member($0.0, $0.1) })
  }

  /// `nil` becomes `null`.
  public static func optional(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }
  /// `nil` becomes `null`.
  public static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
  /// Digits without a point; numbers beyond 64 bits trap.
  public static func whole(_ number: some BinaryInteger) -> JSONValue { .integer(Int64(number)) }
  /// In the order given.
  public static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  /// One line without spaces.
  public var text: String {
    var text = ""
    append(to: &text, indent: nil)
    return text
  }

  /// Many lines, two spaces a level.
  public var indentedText: String {
    var text = ""
    append(to: &text, indent: 0)
    return text
  }

  private func append(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += String(number)
    case .number(let number):
      if !number.isFinite {
        text += "null"
      } else if number == number.rounded(), abs(number) < 1e15 {
        text += String(Int64(number))
      } else {
        text += number.description
      }
    case .string(let string): Self.quote(string, into: &text)
    case .array(let values):
      Self.list("[", "]", values.count, indent, &text) { k, indent, text in
        values[k].append(to: &text, indent: indent)
      }
    case .members(let members):
      Self.list("{", "}", members.count, indent, &text) { k, indent, text in
        Self.quote(members[k].key, into: &text)
        text += indent == nil ? ":" : ": "
        members[k].value.append(to: &text, indent: indent)
      }
    }
  }

  private static func list(
    _ open: String, _ close: String, _ count: Int, _ indent: Int?, _ text: inout String,
    _ entry: (Int, Int?, inout String) -> Void
  ) {
    text += open
    for k in 0..<count {
      if k > 0 { text += "," }
      if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
      entry(k, indent.map { $0 + 1 }, &text)
    }
    if let indent, count > 0 { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  /// RFC 8259, section 7: quotes, backslashes and control characters are escaped, the rest is UTF-8.
  private static func quote(_ string: String, into text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  public init(stringLiteral text: String) { self = .string(text) }
  public init(integerLiteral number: Int64) { self = .integer(number) }
  public init(floatLiteral number: Double) { self = .number(number) }
  public init(booleanLiteral flag: Bool) { self = .bool(flag) }
}
