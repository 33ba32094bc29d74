internal import Geometry
internal import Grids
internal import Quantities

extension SyntheticWorld {
  /// Teams that each city gets.
  private static let teamsPerCity = 5
  /// Inspectors for each team: two go, and one in five has the day off or may not go there.
  private static let inspectorsPerTenTeams = 25

  /// Cities of the region by code, with the middle of their cells.
  private var cityCentres: [(code: String, centre: PlanePoint)] {
    var sums: [String: (x: Double, y: Double, count: Double)] = [:]
    for slot in region.cells.indices {
      let centre = region.lattice.centre(of: region.cells[slot])
      var sum = sums[region.counties[region.homeCounty(slot: slot)].cityCode] ?? (0, 0, 0)
      sum = (sum.x + centre.x, sum.y + centre.y, sum.count + 1)
      sums[region.counties[region.homeCounty(slot: slot)].cityCode] = sum
    }
    return sums.sorted { $0.key < $1.key }.map {
      ($0.key, PlanePoint(x: $0.value.x / $0.value.count, y: $0.value.y / $0.value.count))
    }
  }

  /// `team,base_lon,base_lat,crs`: the same number of teams in the middle of each city.
  public func teamsFile() -> [UInt8] {
    var text = ByteText()
    text.add("team,base_lon,base_lat,crs\n")
    for city in cityCentres {
      for number in 1...Self.teamsPerCity {
        text.add("SYN-\(city.code)-\(number),")
        addPosition(grid.projection.inverse(city.centre), &text)
        text.add(",wgs84\n")
      }
    }
    return text.bytes
  }

  /// `inspector_id,home_city,certified_from,certified_until,specialities,max_per_day`: homes are dealt over the cities in
  /// turn; one certificate in twenty ends before the campaign.
  public func inspectorsFile() -> [UInt8] {
    let cities = cityCentres.map(\.code)
    var text = ByteText()
    text.add("inspector_id,home_city,certified_from,certified_until,specialities,max_per_day\n")
    for number in 0..<(cities.count * Self.teamsPerCity * Self.inspectorsPerTenTeams / 10) {
      let until = number % 20 == 19 ? options.start.advanced(by: -1) : options.start.advanced(by: 730)
      let speciality = number % 4 == 0 ? "monitoring" : ""
      text.add("SYN-P\(number),\(cities[number % cities.count]),\(options.start.advanced(by: -365)),\(until),")
      text.add("\(speciality),8\n")
    }
    return text.bytes
  }
}
