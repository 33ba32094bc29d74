import Export
import Foundation
import Testing

@Suite struct JSONValueTests {
  @Test func `keys keep their order and Foundation reads the same values`() throws {
    let value = JSONValue.object([
      ("z", 0.1), ("a", .strings(["滦州市 \"<&\\", "line\nbreak\u{1}"])), ("n", .optional(Double?.none)),
      ("inf", .number(.infinity)), ("whole", 3.0), ("count", .whole(7)), ("flag", true), ("none", .array([])),
    ])
    #expect(value.text.hasPrefix("{\"z\":0.1,\"a\":["))
    #expect(value.text.contains("\"n\":null,\"inf\":null,\"whole\":3,\"count\":7,\"flag\":true,\"none\":[]}"))
    for text in [value.text, value.indentedText] {
      let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(object["a"] as? [String] == ["滦州市 \"<&\\", "line\nbreak\u{1}"])
      #expect(object["z"] as? Double == 0.1)
    }
  }

  @Test func `indented text has one member a line`() {
    #expect(
      JSONValue.object([("a", 1), ("b", .array([2]))]).indentedText == "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}")
  }
}
