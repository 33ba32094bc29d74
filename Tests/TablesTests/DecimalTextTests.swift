import Tables
import Testing

@Suite struct DecimalTextTests {
  static func parse(_ text: String) -> DecimalText.Field {
    var text = text
    return text.withUTF8 { DecimalText.parse($0) }
  }

  @Test(arguments: [
    "0", "-0.1", "12.5", "+3", "1e3", "-1.5E-3", "123456789012345", "0.1234567890123456789", "4.9e-324", "1e99",
    "00012.50", ".5", "5.", "999", "-998.9",
  ])
  func `numbers are those of the standard library, to the last bit`(text: String) throws {
    let expected = try #require(Double(text.hasPrefix(".") ? "0" + text : text.hasSuffix(".") ? text + "0" : text))
    #expect(Self.parse(text) == .number(expected))
  }

  @Test(arguments: ["", "  ", "NA", "NaN", "nan", "n/a", "-999", "-999.0", "-9999", "—", "--", "null", "\"\""])
  func `codes of no value are missing`(text: String) { #expect(Self.parse(text) == .missing) }

  @Test(arguments: ["abc", "1,5", "0x10", "inf", "1e", "1.2.3", "12µ", "--1", "1e999", "1e100", "-1e308"])
  func `what is no number is malformed`(text: String) { #expect(Self.parse(text) == .malformed) }

  @Test func `a thousand random decimals agree with the standard library`() {
    var state: UInt64 = 42
    for _ in 0..<1000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let digits = Int(state >> 60) + 1
      let number = state >> UInt64(64 - min(60, digits * 3))
      let text = "\(state & 1 == 0 ? "-" : "")\(number / 1000).\(number % 1000)"
      if text == "-999.0" || text == "-9999.0" { continue }
      #expect(Self.parse(text) == Double(text).map { .number($0) }, "\(text)")
    }
  }
}

@Suite struct DecimalWritingTests {
  static func text(_ value: Double) -> String {
    var bytes: [UInt8] = []
    DecimalText.append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    0, -0.0, 1, -1, 0.1, 0.5, 123.4, 99.95, 1e-3, 0.00123, 1e-9, 999_999_999, 1e9, 1e16, 1e300, 2.5e-300, 0.1 + 0.2,
    -12.25,
    1.0 / 3, 0.0625, 0.00390625, 16_777_217.0625, 123_456_789.1234,
  ])
  func `a number is written as the standard library writes it`(value: Double) {
    #expect(Self.text(value) == value.description)
  }

  @Test func `random numbers of any size are written as the standard library writes them`() {
    var state: UInt64 = 9
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let bits = Double(bitPattern: state)
      if bits.isFinite { #expect(Self.text(bits) == bits.description) }
      let decimal = Double(Int64(truncatingIfNeeded: state) >> 34) / [1, 10, 100, 1000, 10_000, 7][Int(state % 6)]
      #expect(Self.text(decimal) == decimal.description)
    }
  }

  @Test(arguments: [0, 7, 10, -3, 1_234_567, Int.max, Int.min])
  func `whole numbers`(number: Int) {
    var bytes: [UInt8] = []
    DecimalText.append(number, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == number.description)
  }
}
