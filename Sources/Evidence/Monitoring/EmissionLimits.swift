public import Enterprises

/// Limits by industry, a versioned policy; the limits of a permit come before them.
public struct EmissionLimits: Sendable {
  /// Changes with any number of the table.
  public static let version = "emission-limits-2"

  /// Limits of single outlets, by credit code and outlet; they replace those of the industry.
  public let ofOutlet: [String: EmissionLimit]

  public init(ofOutlet: [String: EmissionLimit] = [:]) { self.ofOutlet = ofOutlet }

  /// Prefixes of GB/T 4754-2017 with special limits of the key regions where the standard has them.
  ///
  /// The method page says which numbers were found in a published source and which were not. Steelmaking (3120) has no
  /// entry: a converter is under GB 28664-2012, a sinter machine of the same works under GB 28662-2012, and the code of the
  /// firm does not tell which outlet it is.
  public static let byIndustry: [(prefix: String, limit: EmissionLimit)] = [
    ("4411", limit("ultra-low emission of coal power (2015)", 35, 50, 10, 6, 3...13)),
    ("4412", limit("ultra-low emission of coal power (2015)", 35, 50, 10, 6, 3...13)),
    ("4430", limit("GB 13271-2014 table 3, coal", 200, 200, 30, 9, 4...16)),
    ("3011", limit("GB 4915-2013 table 2, kiln", 100, 320, 20, 10, 5...16)),
    ("3110", limit("GB 28662-2012 table 3, oxygen of its amendment, sintering", 180, 300, 40, 16, 11...19)),
    ("2521", limit("GB 16171-2012 table 6, coke oven", 30, 150, 15, nil, 3...17)),
    ("3041", limit("GB 26453-2011 table 2", 400, 700, 50, 8, 4...16)),
    ("3031", limit("GB 29620-2013 table 2, oxygen of the 2020 amendment", 300, 200, 30, 18, 12...19.4)),
  ]

  private static func limit(
    _ source: String, _ so2: Double, _ nox: Double, _ pm: Double, _ reference: Double?, _ range: ClosedRange<Double>
  ) -> EmissionLimit {
    EmissionLimit(
      source: source, so2: so2, nox: nox, pm: pm, referenceOxygenPercent: reference, plausibleOxygenPercent: range)
  }

  static func key(_ creditCode: String, _ outlet: String) -> String { creditCode + "\u{1F}" + outlet }

  /// - Returns: `nil` where neither the outlet nor its industry has limits.
  public func limit(creditCode: String, outlet: String, industryCode: String) -> EmissionLimit? {
    if let own = ofOutlet[Self.key(creditCode, outlet)] { return own }
    return Self.byIndustry.first { industryCode.hasPrefix($0.prefix) }?.limit
  }

  /// Limits by outlet, such as those of permits; a later one of the same outlet replaces an earlier.
  public init(_ own: [(creditCode: String, outlet: String, limit: EmissionLimit)]) {
    var table: [String: EmissionLimit] = [:]
    for entry in own { table[Self.key(entry.creditCode, entry.outlet)] = entry.limit }
    ofOutlet = table
  }
}
