internal import Geometry
internal import Quantities
internal import Readings

/// The wind of the nearest place that has any, for every station and hour. - Returns: `nil` when there is none.
func windSectors(
  _ observations: [WindObservation], days: ClosedRange<LocalDay>, positions: [LonLat?]
) -> WindSectors? {
  let first = LocalHour(day: days.lowerBound, hourOfDay: 0).ordinal
  let hourCount = (days.lowerBound.days(until: days.upperBound) + 1) * 24
  var slotOfPlace: [LonLat: Int] = [:]
  var places: [LonLat] = []
  var wind: [[(u: Double, v: Double)]] = []
  for observation in observations {
    let column = Int(observation.time.hour.ordinal - first)
    guard (0..<hourCount).contains(column) else { continue }
    let slot = slotOfPlace[observation.position] ?? places.count
    if slot == places.count {
      slotOfPlace[observation.position] = slot
      places.append(observation.position)
      wind.append(Array(repeating: (Double.nan, Double.nan), count: hourCount))
    }
    wind[slot][column] = (observation.eastward, observation.northward)
  }
  let sites = positions.map { position -> Int32 in
    guard let own = position else { return -1 }
    func distance(_ place: LonLat) -> Double {
      let (east, north) = (place.longitude - own.longitude, place.latitude - own.latitude)
      // Degrees of longitude are about three quarters of those of latitude here.
      return 0.6 * east * east + north * north
    }
    let best = places.indices.min { (distance(places[$0]), $0) < (distance(places[$1]), $1) }
    return Int32(best ?? -1)
  }
  return wind.isEmpty ? nil : WindSectors(wind: wind, siteOfStation: sites)
}
