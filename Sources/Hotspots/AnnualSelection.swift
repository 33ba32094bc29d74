public import Grids

/// The year's hotspot cells: the top share or number of cells of a region, or of each of its cities.
///
/// The ministry named 3,600 of 36,793 cells in 2018 and did not publish how they were shared among cities; both ways are here.
public struct AnnualSelection: Sendable {
  /// How many cells are taken.
  public enum Size: Hashable, Sendable {
    /// At most this many, ties with the last included beyond it.
    case cells(Int)
    /// This share of the cells that can be ranked, 0...1, rounded up.
    case share(Double)
  }

  /// Where cells compete.
  public enum Arena: String, CaseIterable, Hashable, Sendable {
    case region, city
  }

  /// One selected cell.
  public struct Row: Hashable, Sendable {
    public let city: City
    /// Within the region or the city, 1 is the highest; equal values share a rank.
    public let rank: Int
    public let cell: CellID
    /// Mean of the periods with a value.
    public let value: Double
    /// Periods with a value.
    public let periods: Int32
    public let isTied: Bool
  }

  /// By city code in a city arena, then rank, then cell.
  public let rows: [Row]
  /// Cells that could be ranked.
  public let ranked: Int
  /// Cells with too few periods.
  public let tooFew: Int
  /// Cells outside every city.
  public let outside: Int

  /// - Parameters:
  ///   - means: Mean of the periods of each cell; counts are its periods.
  ///   - leastPeriods: Below it a cell is not ranked.
  public init(_ means: CellField, leastPeriods: Int, cities: CellCities, size: Size, arena: Arena) {
    var slotsOfCity = [[Int]](repeating: [], count: cities.cities.count)
    var (ranked, tooFew, outside) = (0, 0, 0)
    for slot in means.cells.indices {
      guard let city = cities.city(of: means.cells[slot]) else {
        outside += 1
        continue
      }
      guard Int(means.counts[slot]) >= leastPeriods else {
        tooFew += 1
        continue
      }
      slotsOfCity[city].append(slot)
      ranked += 1
    }
    let groups = arena == .city ? slotsOfCity : [slotsOfCity.flatMap(\.self).sorted()]
    let sizes = groups.map(\.count)
    let quotas: [Int] =
      switch size {
      case .share(let share): sizes.map { Int((share * Double($0) - 1e-9).rounded(.up)) }
      case .cells(let count): Self.quotas(count, among: sizes)
      }
    rows = zip(groups, quotas).flatMap { slots, quota in
      CityTop.ranked(slots, first: quota) { means.values[$0] }.map { entry in
        let cell = means.cells[entry.slot]
        return Row(
          city: cities.cities[cities.city(of: cell) ?? 0], rank: entry.rank, cell: cell,
          value: means.values[entry.slot],
          periods: means.counts[entry.slot], isTied: entry.isTied)
      }
    }
    self.ranked = ranked
    self.tooFew = tooFew
    self.outside = outside
  }

  /// Shares a number in proportion to sizes by largest remainders; of equal remainders the first comes first.
  static func quotas(_ count: Int, among sizes: [Int]) -> [Int] {
    let all = sizes.reduce(0, +)
    guard all > 0 else { return sizes.map { _ in 0 } }
    let wanted = min(count, all)
    var quotas = sizes.map { wanted * $0 / all }
    let order = sizes.indices.sorted {
      (wanted * sizes[$1] % all, $0) < (wanted * sizes[$0] % all, $1)
    }
    for group in order.prefix(wanted - quotas.reduce(0, +)) { quotas[group] += 1 }
    return quotas
  }
}
