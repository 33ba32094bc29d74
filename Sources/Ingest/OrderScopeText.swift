internal import Diagnostics
internal import Enterprises

/// The `scope` column of an orders file.
///
/// `county:130108;130109`, `industry:2521;30` or `uscc:91130200699229617X`; several codes are separated by `;` or `|`.
/// The word may be left out where the codes tell: six digits are counties, two to four are industries, eighteen
/// characters are credit codes.
public enum OrderScopeText {
  /// - Throws: The reason why the text is no scope.
  static func scope(_ text: String) throws(RowDefect) -> OrderScope {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let word = parts.count == 2 ? parts[0].filter { $0 != " " }.lowercased() : ""
    let codes = (parts.last ?? "").split { ";|；、 ".contains($0) }.map { String($0).filter { $0 != " " } }
    guard !codes.isEmpty else { throw RowDefect("scope is empty") }
    switch word {
    case "county", "counties", "区县": return try counties(codes)
    case "industry", "industries", "行业": return try industries(codes)
    case "uscc", "enterprise", "enterprises", "企业": return try creditCodes(codes)
    case "":
      if codes.allSatisfy({ $0.count == 6 && isDigits($0) }) { return try counties(codes) }
      if codes.allSatisfy({ (2...4).contains($0.count) && isDigits($0) }) { return try industries(codes) }
      if codes.allSatisfy({ $0.count == 18 }) { return try creditCodes(codes) }
      throw RowDefect("scope mixes kinds of codes or names none")
    default: throw RowDefect("scope is not county:, industry: or uscc:")
    }
  }

  private static func counties(_ codes: [String]) throws(RowDefect) -> OrderScope {
    guard codes.allSatisfy({ $0.count == 6 && isDigits($0) }) else {
      throw RowDefect("a county code of the scope is not six digits")
    }
    return .counties(codes)
  }

  private static func industries(_ codes: [String]) throws(RowDefect) -> OrderScope {
    let normal = codes.map { IndustryClass.normalised($0) }
    guard normal.allSatisfy({ (1...4).contains($0.count) }) else {
      throw RowDefect("an industry code of the scope is not two to four digits")
    }
    return .industries(normal)
  }

  private static func creditCodes(_ codes: [String]) throws(RowDefect) -> OrderScope {
    var verified: [String] = []
    for code in codes {
      do {
        verified.append(try CreditCode(code).text)
      } catch {
        throw RowDefect("a credit code of the scope is wrong")
      }
    }
    return .creditCodes(verified)
  }

  static func isDigits(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
