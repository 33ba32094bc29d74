public import Grids

/// How many unregistered sources an area has, seen or not.
public struct UnseenEstimate: Sendable, Equatable {
  /// What the area is.
  public enum Level: String, Sendable {
    case county, city, region
  }

  /// Decides whose ratio a thin area takes: its city's, else the region's.
  public let level: Level
  /// GB/T 2260; empty for the region.
  public let code: String
  /// In Chinese; of the region its short name.
  public let name: String
  /// Suspected or confirmed sources, as a sum of their chances.
  public let observed: Double
  /// All sources with the 95 % interval; `nil` when the lists cannot tell.
  public let total: Double?
  /// Lower end of the interval; `nil` without a total.
  public let lower: Double?
  /// `nil` with a total: the lists set no upper bound.
  public let upper: Double?
  /// The method; where the area is thin, whose ratio was used; or why nothing can be said.
  public let basis: String
}

/// Estimates unseen sources by area, thin areas with the ratio of their city or of the region.
public struct UnseenSources: Sendable {
  /// Units an area must have for an estimate of its own.
  public var minimumObserved = 8.0
  /// Of them on two lists.
  public var minimumOverlap = 3.0

  public init() {}

  /// - Parameters:
  ///   - units: History as bits of ``DarkSign``, position in the region's counties, and the chance that it is a source.
  /// - Returns: Counties with units, by code; then their cities; then the region.
  public func estimates(
    _ units: [(history: Int, county: Int, chance: Double)], region: Region
  ) -> [UnseenEstimate] {
    let lists = DarkSign.allCases.count
    let empty = [Double](repeating: 0, count: 1 << lists)
    var ofCounty: [Int: [Double]] = [:]
    var ofCity: [String: [Double]] = [:]
    var all = empty
    for unit in units where unit.history != 0 {
      let city = region.counties[unit.county].cityCode
      ofCounty[unit.county, default: empty][unit.history] += unit.chance
      ofCity[city, default: empty][unit.history] += unit.chance
      all[unit.history] += unit.chance
    }
    let whole = own(all, lists)
    var cities: [String: Result<CaptureRecapture.Estimate, CaptureRecapture.Silence>] = [:]
    for (code, counts) in ofCity { cities[code] = own(counts, lists) }
    var result: [UnseenEstimate] = []
    for county in ofCounty.keys.sorted(by: { region.counties[$0].code < region.counties[$1].code }) {
      let place = region.counties[county]
      let lenders: [(String, Result<CaptureRecapture.Estimate, CaptureRecapture.Silence>)] = [
        ("city", cities[place.cityCode] ?? .failure(.tooFew)), ("region", whole),
      ]
      result.append(
        row(.county, place.code, place.name, ofCounty[county] ?? empty, own(ofCounty[county] ?? empty, lists), lenders))
    }
    for code in ofCity.keys.sorted() {
      let name = region.counties.first { $0.cityCode == code }?.cityName ?? code
      result.append(
        row(.city, code, name, ofCity[code] ?? empty, cities[code] ?? .failure(.tooFew), [("region", whole)]))
    }
    result.append(row(.region, "", region.name, all, whole, []))
    return result
  }

  private func own(
    _ counts: [Double], _ lists: Int
  ) -> Result<CaptureRecapture.Estimate, CaptureRecapture.Silence> {
    CaptureRecapture(lists: lists, counts: counts)
      .estimate(minimumObserved: minimumObserved, minimumOverlap: minimumOverlap)
  }

  private func row(
    _ level: UnseenEstimate.Level, _ code: String, _ name: String, _ counts: [Double],
    _ own: Result<CaptureRecapture.Estimate, CaptureRecapture.Silence>,
    _ lenders: [(String, Result<CaptureRecapture.Estimate, CaptureRecapture.Silence>)]
  ) -> UnseenEstimate {
    let observed = counts.dropFirst().reduce(0, +)
    switch own {
    case .success(let found):
      return UnseenEstimate(
        level: level, code: code, name: name, observed: observed, total: found.total, lower: found.lower,
        upper: found.upper, basis: found.method)
    case .failure(let silence):
      for (lender, result) in lenders {
        guard case .success(let found) = result, found.observed > 0, observed > 0 else { continue }
        return borrowed(level, code, name, observed, found, from: lender)
      }
      return UnseenEstimate(
        level: level, code: code, name: name, observed: observed, total: nil, lower: nil, upper: nil,
        basis: "cannot tell: \(silence.rawValue)")
    }
  }

  /// The lender's unseen sources per seen one, times what was seen here; ends widened for the Poisson noise of the few.
  private func borrowed(
    _ level: UnseenEstimate.Level, _ code: String, _ name: String, _ observed: Double,
    _ found: CaptureRecapture.Estimate, from lender: String
  ) -> UnseenEstimate {
    let ratio = (found.total - found.observed) / found.observed
    let low = (found.lower - found.observed) / found.observed * observed
    let high = found.upper.map { ($0 - found.observed) / found.observed * observed }
    return UnseenEstimate(
      level: level, code: code, name: name, observed: observed, total: observed + ratio * observed,
      lower: observed + max(0, low - 1.96 * max(0, low).squareRoot()),
      upper: high.map { observed + $0 + 1.96 * ($0 + 1).squareRoot() }, basis: "ratio of its \(lender)")
  }
}
