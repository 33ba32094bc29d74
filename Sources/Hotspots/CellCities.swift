public import Grids

/// A prefecture-level city, or a municipality.
public struct City: Hashable, Sendable, Comparable {
  /// GB/T 2260, such as `130100`.
  public let code: String
  public let name: String

  public init(code: String, name: String) {
    self.code = code
    self.name = name
  }

  public static func < (a: City, b: City) -> Bool { (a.code, a.name) < (b.code, b.name) }
}

/// Which city each cell belongs to: the city of its home county.
public struct CellCities: Sendable {
  /// Ascending by code.
  public let cities: [City]
  private let cells: [CellID]
  /// Position in `cities`, per cell.
  private let cityOfCell: [Int32]

  public init(region: Region) {
    self.init(
      region.cells.indices.map { slot in
        let county = region.counties[region.homeCounty(slot: slot)]
        return (region.cells[slot], City(code: county.cityCode, name: county.cityName))
      })
  }

  /// - Parameter pairs: In any order; of a cell that is named twice the first counts.
  public init(_ pairs: [(cell: CellID, city: City)]) {
    let cities = Set(pairs.map(\.city)).sorted()
    let positions = Dictionary(uniqueKeysWithValues: cities.enumerated().map { ($0.element, Int32($0.offset)) })
    var cells: [CellID] = []
    var cityOfCell: [Int32] = []
    let order = pairs.indices.sorted { (pairs[$0].cell, $0) < (pairs[$1].cell, $1) }
    for position in order where cells.last != pairs[position].cell {
      guard let city = positions[pairs[position].city] else { continue }
      cells.append(pairs[position].cell)
      cityOfCell.append(city)
    }
    self.cities = cities
    self.cells = cells
    self.cityOfCell = cityOfCell
  }

  /// Position in `cities`. - Returns: `nil` for a cell outside every city.
  public func city(of cell: CellID) -> Int? { cells.position(of: cell).map { Int(cityOfCell[$0]) } }
}

extension [CellID] {
  /// Where a cell stands in an ascending list.
  func position(of cell: CellID) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < cell { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == cell ? low : nil
  }
}
