import Enterprises
import Testing

@Suite struct PermitCodeTests {
  @Test func `the standard's own example is read, whole and in parts`() throws {
    // Example of HJ 608-2017: the first and the second site of one unit.
    let first = try PermitCode(" 91130200699229617x001p ")
    #expect(first.text == "91130200699229617X001P" && first.creditCode?.text == "91130200699229617X")
    #expect(first.siteNumber == 1 && first.identifier == "P")
    let second = try PermitCode("９１１３０２００６９９２２９６１７Ｘ００２Ｐ")
    #expect(second.siteNumber == 2 && second.creditCode == first.creditCode && second != first)
    // Receipts of registration end in other letters.
    #expect(try PermitCode("91130200699229617X001W").identifier == "W")
  }

  @Test func `a unit without a credit code has an assigned one`() throws {
    let permit = try PermitCode("H91301080000000001001P")
    #expect(permit.creditCode == nil && permit.siteNumber == 1)
  }

  @Test(arguments: [
    ("", PermitCodeRefusal.empty), ("PWX-130108-0001-16", .otherForm), ("12345", .otherForm), ("无", .otherForm),
    ("91130200699229617X01P", .length(21)), ("91130200699229617X0001P", .length(23)),
    ("91130200699229617X000P", .site), ("91130200699229617XA01P", .site),
    ("911302006992296170001P", .unit(.checkCharacter(expected: "X", found: "0"))),
    ("H9AA01080000000001001P", .assignedUnit),
  ])
  func `anything else is refused with the reason`(text: String, refusal: PermitCodeRefusal) {
    #expect(throws: refusal) { try PermitCode(text) }
    #expect(!refusal.reason.isEmpty && !refusal.remedy.isEmpty)
  }

  @Test func `facility codes have their letters and their number of digits`() {
    #expect(FacilityCode("da001")?.kind == .airOutlet && FacilityCode("DA001")?.description == "DA001")
    #expect(FacilityCode("MF0012")?.number == 12 && FacilityCode("MF0012")?.description == "MF0012")
    for text in ["DA01", "DA0001", "MF001", "XX001", "DA000", "DA-01", ""] { #expect(FacilityCode(text) == nil) }
  }
}

@Suite struct CompanyNameTests {
  private let names = CompanyName(places: ["河北省", "石家庄市", "裕华区", "沙河市", "任县"])

  private func key(_ name: String) -> String {
    String(String.UnicodeScalarView(names.key(name).compactMap(Unicode.Scalar.init)))
  }

  @Test(arguments: [
    ("河北省石家庄市裕华区宏达铸造有限公司", "宏达铸造"), ("石家庄宏达铸造有限责任公司", "宏达铸造"), ("宏达铸造（集团）股份有限公司", "宏达铸造"),
    ("河北　宏达铸造厂", "宏达铸造厂"), ("ＡＢＣ涂料Ｃｏ．，Ｌｔｄ", "ABC涂料"), ("沙河市沙河玻璃有限公司", "玻璃"), ("任县有限公司", "任县"),
    ("宏达铸造有限公司裕华分公司", "宏达铸造有限公司裕华分公司"), ("有限公司", "有限公司"), ("——", ""),
  ])
  func `places, legal forms and widths do not tell firms apart`(name: String, expected: String) {
    #expect(key(name) == expected)
  }
}

@Suite struct CreditCodeNeighbourTests {
  @Test func `every slip of one character is refused and leads back to its code`() throws {
    let code = CreditCode.make(areaCode: "130108", number: 4_711).text
    let other = CreditCode.make(areaCode: "130108", number: 4_712).text
    let register: Set = [code, other]
    let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
    for place in 0..<18 {
      for letter in alphabet {
        var text = Array(code)
        guard text[place] != letter else { continue }
        text[place] = letter
        #expect((try? CreditCode(String(text))) == nil, "\(String(text))")
        #expect(CreditCode.registered(near: String(text)) { register.contains($0) } == [code])
      }
    }
    #expect(CreditCode.registered(near: code.dropLast()) { register.contains($0) }.contains(code))
    #expect(CreditCode.registered(near: "X" + code) { register.contains($0) } == [code])
    #expect(CreditCode.registered(near: "somebody") { register.contains($0) }.isEmpty)
  }

  @Test(arguments: [("3110", true), ("C3110", true), ("06", true), ("46", true), ("5211", false), ("0111", false)])
  func `mining, making and supply are industrial, the rest is not`(code: String, isIndustrial: Bool) {
    #expect(IndustryClass.isIndustrial(code) == isIndustrial)
  }

  @Test func `a code that does not tell is neither, and 98 is no division`() {
    #expect(IndustryClass.isIndustrial("") == nil && IndustryClass.isIndustrial("3") == nil)
    #expect(
      IndustryClass.isWellFormed("3110") && IndustryClass.isWellFormed("97") && !IndustryClass.isWellFormed("9801"))
    #expect(!IndustryClass.isWellFormed("31101") && !IndustryClass.isWellFormed("3"))
  }
}
