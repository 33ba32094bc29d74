public import Geometry
internal import Glibc

/// What each station reads against what its neighbours let expect, wind by wind, day by day.
///
/// A station is predicted without its own values: by the median of its neighbours' logarithms, plus the station's own
/// median residual under the same wind sector on the reference days. A plume that comes with one wind is in that median and
/// therefore no deviation. The neighbourhood and the floors are those of quality control.
public struct StationResiduals: Sendable {
  /// Rows of `daily`, in the order of the series.
  public let stationCount: Int
  /// Columns of `daily`; day 0 is the first of the series.
  public let dayCount: Int
  /// By station, then day: median log deviation of the day's hours; NaN where fewer than 12 can be predicted.
  public let daily: [Double]

  /// - Parameters:
  ///   - positions: Projected metres, one per station; `nil` without a place.
  ///   - wind: `nil` when it is not known; one median then stands for all winds.
  ///   - reference: Days, by number, from which the station's own pattern is taken.
  ///   - threads: Results do not depend on it.
  public init(
    _ series: HourlySeries, positions: [PlanePoint?], wind: WindSectors?, reference: Range<Int>, rules: QualityRules,
    threads: Int
  ) {
    let neighbours = NeighbourLists(positions, rules: rules.neighbourhood)
    let residuals = NeighbourResiduals(series, neighbours: neighbours, rules: rules, threads: threads)
    let (hours, days) = (series.hourCount, series.dayCount)
    stationCount = series.stationCount
    dayCount = days
    daily = [Double](unsafeUninitializedCapacity: stationCount * days) { buffer, filled in
      nonisolated(unsafe) let out = buffer
      forEachStation(series.stationCount, threads) { station in
        let base = station * hours
        func residual(_ hour: Int) -> Double { residuals.logs[base + hour] - residuals.expected[base + hour] }
        func sector(_ hour: Int) -> Int {
          let sector = wind?.sector(station: station, column: hour) ?? WindSectors.unknown
          return sector == WindSectors.unknown ? WindSectors.count : Int(sector)
        }
        var bySector = [[Double]](repeating: [], count: WindSectors.count + 1)
        var all: [Double] = []
        for hour in reference.lowerBound * 24..<min(hours, reference.upperBound * 24) {
          let value = residual(hour)
          guard !value.isNaN else { continue }
          bySector[sector(hour)].append(value)
          all.append(value)
        }
        let whole = middle(&all)
        let usual = bySector.indices.map { bySector[$0].count >= 24 ? middle(&bySector[$0]) : whole }
        var own: [Double] = []
        for day in 0..<days {
          own.removeAll(keepingCapacity: true)
          for hour in day * 24..<day * 24 + 24 {
            let value = residual(hour) - usual[sector(hour)]
            if !value.isNaN { own.append(value) }
          }
          out[station * days + day] = own.count >= 12 ? middle(&own) : .nan
        }
      }
      filled = series.stationCount * days
    }
  }
}
