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
