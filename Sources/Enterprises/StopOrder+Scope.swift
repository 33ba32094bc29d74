extension OrderScope {
  /// Whether a firm with this county, industry and credit code is meant.
  ///
  /// Area codes match by level: `130000` a province, `130100` a city, `130108` a county. Industry codes match by
  /// prefix. A firm without a county or industry in the register is never reached through that scope.
  public func covers(countyCode: String?, industryCode: String, creditCode: String) -> Bool {
    switch self {
    case .counties(let codes):
      guard let countyCode, !countyCode.isEmpty else { return false }
      return codes.contains { OrderScope.area($0, contains: countyCode) }
    case .industries(let codes):
      let digits = IndustryClass.normalised(industryCode)
      return codes.contains {
        let prefix = IndustryClass.normalised($0)
        return !prefix.isEmpty && digits.hasPrefix(prefix)
      }
    case .creditCodes(let codes): return codes.contains(creditCode)
    }
  }

  /// Whether a GB/T 2260 code of a province, city or county contains a county.
  static func area(_ area: String, contains county: String) -> Bool {
    if area == county { return true }
    guard area.utf8.count == 6 else { return !area.isEmpty && county.hasPrefix(area) }
    if area.hasSuffix("0000") { return county.hasPrefix(area.prefix(2)) }
    if area.hasSuffix("00") { return county.hasPrefix(area.prefix(4)) }
    return false
  }
}

extension StopOrder {
  /// Whether the order is meant for this firm: by its scope and, where the order names grades, by its grade.
  public func binds(_ enterprise: Enterprise) -> Bool {
    guard grades.isEmpty || enterprise.grade.map(grades.contains) ?? false else { return false }
    return scope.covers(
      countyCode: enterprise.countyCode, industryCode: enterprise.industryCode, creditCode: enterprise.creditCode)
  }

  /// Why the order cannot be used; `nil` when it can.
  public var defect: String? {
    if start >= end { return "order ends before it starts" }
    if !(limitPercent > 0 && limitPercent <= 100) { return "limit_percent is not above 0 and at most 100" }
    switch scope {
    case .counties(let codes), .industries(let codes), .creditCodes(let codes):
      return codes.isEmpty ? "order has an empty scope" : nil
    }
  }

  /// Whether nothing is left to produce, other than what a safety load allows.
  public var isFullStop: Bool { limitPercent >= 100 }
}
