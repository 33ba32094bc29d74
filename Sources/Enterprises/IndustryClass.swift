/// Which industries (GB/T 4754-2017) matter for air, and which keep a safety load when they stop.
///
/// A list of code prefixes: `302` stands for 3021, 3022 and the rest. The defaults are a working list for the "2+26"
/// campaign, drawn up by this project from the sectors named in inspection results; a policy may replace them.
public struct IndustryClass: Hashable, Sendable, Codable {
  /// Prefixes of air-related industries (涉气行业), ascending.
  public let airRelated: [String]
  /// Prefixes of industries whose furnaces must be kept hot, ascending: coke, glass, ceramics, smelters.
  public let safetyLoad: [String]

  public init(airRelated: [String], safetyLoad: [String]) {
    self.airRelated = airRelated.map(IndustryClass.normalised).sorted()
    self.safetyLoad = safetyLoad.map(IndustryClass.normalised).sorted()
  }

  /// The built-in policy's lists: `industries` of grids/policy.yml.
  public static let standard = IndustryClass(
    airRelated: [
      "13", "2021", "2022", "2023", "2110", "2231", "2311", "2319", "2511", "2521", "2611", "2612", "2613", "2614",
      "2621", "2631", "2641", "2642", "265", "2710", "291", "292", "3011", "3012", "302", "3031", "3041", "305",
      "307", "308", "3091", "3110", "3120", "3130", "3140", "3211", "3212", "3216", "3252", "3360", "3391", "3392",
      "36", "4411", "4412", "4430", "8111",
    ],
    safetyLoad: [
      "2521", "3041", "305", "307", "308", "3091", "3110", "3120", "3140", "3211", "3212", "3216", "3391", "3392",
    ])

  /// Digits only: a section letter in front (`C3130`), points and spaces are dropped.
  public static func normalised(_ code: String) -> String {
    String(decoding: code.utf8.filter { (0x30...0x39).contains($0) }, as: UTF8.self)
  }

  /// Whether a firm of this industry belongs among the air-related ones.
  ///
  /// A code coarser than a prefix (`30` against `3011`) counts: some of its industries are air-related, and leaving
  /// the firm out would put it beyond every draw. An unknown industry (empty code) counts too, for the same reason.
  public func isAirRelated(_ code: String) -> Bool {
    let digits = IndustryClass.normalised(code)
    return airRelated.contains { digits.hasPrefix($0) || $0.hasPrefix(digits) }
  }

  /// Whether a code is one of mining, manufacturing or energy and water (sections B to D of GB/T 4754: divisions 06 to 46).
  ///
  /// - Returns: `nil` for an empty code or a single digit, which do not tell.
  public static func isIndustrial(_ code: String) -> Bool? {
    let digits = normalised(code)
    guard digits.utf8.count >= 2, let division = Int(digits.prefix(2)) else { return nil }
    return (6...46).contains(division)
  }

  /// Whether a code is of the form of GB/T 4754-2017: two to four digits in a division from 01 to 97.
  public static func isWellFormed(_ code: String) -> Bool {
    let digits = normalised(code)
    guard (2...4).contains(digits.utf8.count), let division = Int(digits.prefix(2)) else { return false }
    return (1...97).contains(division)
  }

  /// Whether a stopped firm of this industry still draws power to keep its furnace. A coarser code does not count.
  public func hasSafetyLoad(_ code: String) -> Bool {
    let digits = IndustryClass.normalised(code)
    return safetyLoad.contains { digits.hasPrefix($0) }
  }
}
