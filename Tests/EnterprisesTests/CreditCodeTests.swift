import Enterprises
import Testing

@Suite struct CreditCodeTests {
  /// Published codes: two of the rule's own examples and one of a listed steel works.
  @Test(arguments: ["91350100M000100Y43", "91130200699229617X", "91110000802100433B"])
  func `a published code is accepted and its subject code holds`(text: String) throws {
    let code = try CreditCode(text)
    #expect(code.text == text)
    #expect(code.subjectCheckHolds)
  }

  @Test(arguments: [
    "91350100m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３", " 91350100 M000100Y43\u{3000}", "\u{FEFF}91350100M000100Y43",
    "９１３５０１００ｍ０００１００ｙ４３",
  ])
  func `full width, lower case and white space are normalised`(text: String) throws {
    #expect(try CreditCode(text).text == "91350100M000100Y43")
  }

  @Test func `every wrong last character is refused and the right one is named`() {
    for character in "0123456789ABCDEFGHJKLMNPQRTUWXY" where character != "3" {
      #expect(throws: CreditCodeRefusal.checkCharacter(expected: "3", found: character)) {
        try CreditCode("91350100M000100Y4\(character)")
      }
    }
  }

  /// 3 is a primitive root of 31, so weights differ for all 17 places and a swap of neighbours always shows.
  @Test func `a single wrong character or a swap of neighbours is always found`() {
    let right = Array("91130200699229617X")
    for place in 0..<17 {
      for character in "0123456789ABCDEFGHJKLMNPQRTUWXY" where character != right[place] {
        var wrong = right
        wrong[place] = character
        #expect(throws: CreditCodeRefusal.self) { try CreditCode(String(wrong)) }
      }
      guard place + 1 < 17, right[place] != right[place + 1] else { continue }
      var swapped = right
      swapped.swapAt(place, place + 1)
      #expect(throws: CreditCodeRefusal.self) { try CreditCode(String(swapped)) }
    }
  }

  @Test func `each defect has its own reason`() {
    func refusal(_ text: String) -> CreditCodeRefusal? {
      do {
        _ = try CreditCode(text)
        return nil
      } catch { return error }
    }
    #expect(refusal("  ") == .empty)
    #expect(refusal("9135010") == .length(7))
    #expect(refusal("9.13501E+17") == .mangledNumber)
    #expect(refusal("91350100S000100Y43") == .character("S", position: 9))
    #expect(refusal("91350100公000100Y43") == .character("公", position: 9))
    #expect(refusal("9135X100M000100Y43") == .areaNotDigits(position: 5))
    // A registration number whose ISO 7064 MOD 11,10 digit holds, and the same with a wrong last digit.
    #expect(refusal("110108000000016") == .oldRegistrationNumber)
    #expect(refusal("110108000000017") == .length(15))
  }

  @Test func `a reason does not depend on the offending value`() {
    let first = CreditCodeRefusal.checkCharacter(expected: "1", found: "2")
    let second = CreditCodeRefusal.checkCharacter(expected: "3", found: "4")
    #expect(first.reason == second.reason)
    #expect(first.problem != second.problem)
  }

  @Test func `a made code reads back, and both checks hold`() throws {
    var seen: Set<String> = []
    for number in stride(from: 0, through: 99_999_999, by: 99_991) {
      let made = CreditCode.make(areaCode: "130108", number: number)
      let read = try CreditCode(made.text)
      #expect(read == made && read.subjectCheckHolds && read.registrationArea == "130108")
      seen.insert(made.text)
    }
    #expect(seen.count == 1001)
    #expect(CreditCode.make(areaCode: "130200", number: 69_922_961).text == "91130200699229617X")
    #expect(CreditCode.make(areaCode: "110000", number: 80_210_043).text == "91110000802100433B")
  }

  @Test func `a wrong subject check is a warning only`() throws {
    // The subject code's own check digit 7 becomes 8; exactly one last character makes the whole valid again.
    let codes = Array("0123456789ABCDEFGHJKLMNPQRTUWXY").compactMap { try? CreditCode("91130200699229618\($0)") }
    let code = try #require(codes.first)
    #expect(codes.count == 1)
    #expect(!code.subjectCheckHolds)
  }
}
