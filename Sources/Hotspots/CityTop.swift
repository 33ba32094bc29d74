public import Grids

/// The cells with the highest values in each city.
public enum CityTop {
  public struct Row: Hashable, Sendable {
    public let city: City
    /// 1 is the highest; equal values share a rank and the next rank is skipped.
    public let rank: Int
    public let cell: CellID
    public let value: Double
    /// Another cell of the city has the same value.
    public let isTied: Bool
  }

  /// The `k` highest cells of every city, by city code, rank and cell.
  ///
  /// Cells that tie with the k-th are all listed, so that no cell is left out by its name alone. Cells outside every
  /// city are left out.
  public static func top(_ k: Int, of field: CellField, cities: CellCities) -> [Row] {
    var slotsOfCity = [[Int]](repeating: [], count: cities.cities.count)
    for slot in field.cells.indices {
      if let city = cities.city(of: field.cells[slot]) { slotsOfCity[city].append(slot) }
    }
    return cities.cities.indices.flatMap { city in
      ranked(slotsOfCity[city], first: k) { field.values[$0] }.map { entry in
        Row(
          city: cities.cities[city], rank: entry.rank, cell: field.cells[entry.slot], value: field.values[entry.slot],
          isTied: entry.isTied)
      }
    }
  }

  /// The first `k` slots by descending value, ties with the k-th included, equal values in ascending order of slot.
  static func ranked(
    _ slots: [Int], first k: Int, value: (Int) -> Double
  ) -> [(slot: Int, rank: Int, isTied: Bool)] {
    let order = slots.map { (value: value($0), slot: $0) }.sorted { ($1.value, $0.slot) < ($0.value, $1.slot) }
    var rows: [(slot: Int, rank: Int, isTied: Bool)] = []
    for (place, entry) in order.enumerated() {
      let tiesBefore = place > 0 && order[place - 1].value == entry.value
      let tiesAfter = place + 1 < order.count && order[place + 1].value == entry.value
      guard place < k || (k > 0 && tiesBefore) else { break }
      rows.append((entry.slot, tiesBefore ? rows[place - 1].rank : place + 1, tiesBefore || tiesAfter))
    }
    return rows
  }
}
