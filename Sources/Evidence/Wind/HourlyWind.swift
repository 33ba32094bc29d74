public import Geometry
internal import Glibc
internal import Quantities
public import Readings

/// The wind of consecutive hours at one place, m/s towards the east and the north; NaN where nobody knows it.
public struct HourlyWind: Sendable {
  /// ``LocalHour/ordinal`` of the first entry.
  public let firstHour: Int32
  /// Grid east; equal lengths with `north`, NaN at the same entries.
  public let east: [Double]
  /// Grid north.
  public let north: [Double]

  /// - Precondition: one `north` per `east`.
  public init(firstHour: Int32, east: [Double], north: [Double]) {
    precondition(east.count == north.count, "one northward part per eastward part")
    self.firstHour = firstHour
    self.east = east
    self.north = north
  }

  /// Hours, known or not.
  public var count: Int { east.count }

  /// Whether an entry is known.
  public func isKnown(_ entry: Int) -> Bool { east[entry].isFinite && north[entry].isFinite }

  /// m/s; NaN where it is not known.
  public func speed(_ entry: Int) -> Double { (east[entry] * east[entry] + north[entry] * north[entry]).squareRoot() }

  /// Where the wind comes from, degrees clockwise from grid north, 0..<360; NaN where it is not known.
  public func fromDegrees(_ entry: Int) -> Double {
    guard isKnown(entry) else { return .nan }
    let degrees = atan2(-east[entry], -north[entry]) * 180 / .pi
    return degrees < 0 ? degrees + 360 : degrees
  }
}

/// All wind of a run by place, made once and asked for every anomaly.
///
/// Wind components are taken as towards grid east and north: the few degrees between grid and true north (see
/// ``PointMap``) are far below what a wind is known to.
public struct WindBook: Sendable {
  private struct Place: Sendable {
    let point: PlanePoint
    let firstHour: Int32
    let east: [Double]
    let north: [Double]
  }

  private let places: [Place]
  /// Metres beyond which a wind says nothing about a place: 100 km, our choice; weather stations lie closer.
  public static let reachMetres = 100_000.0

  /// - Parameter points: Projected metres, one per observation; observations of one place must agree in every bit.
  ///   Several of one place and hour are averaged as vectors.
  public init(_ observations: [WindObservation], points: [PlanePoint]) {
    precondition(observations.count == points.count, "one point per observation")
    let hours = observations.map(\.time.hour.ordinal)
    let order = observations.indices.sorted {
      (points[$0].y, points[$0].x, hours[$0], $0) < (points[$1].y, points[$1].x, hours[$1], $1)
    }
    var places: [Place] = []
    var start = 0
    while start < order.count {
      let point = points[order[start]]
      var end = start
      while end < order.count, points[order[end]] == point { end += 1 }
      let first = hours[order[start]]
      let count = Int(hours[order[end - 1]] - first) + 1
      var sums = [(east: Double, north: Double, count: Double)](repeating: (0, 0, 0), count: count)
      for k in order[start..<end] {
        let slot = Int(hours[k] - first)
        sums[slot].east += observations[k].eastward
        sums[slot].north += observations[k].northward
        sums[slot].count += 1
      }
      places.append(
        Place(
          point: point, firstHour: first, east: sums.map { $0.count > 0 ? $0.east / $0.count : .nan },
          north: sums.map { $0.count > 0 ? $0.north / $0.count : .nan }))
      start = end
    }
    self.places = places
  }

  /// The wind at a point: of each hour that of the nearest place which has one, within ``reachMetres``.
  ///
  /// - Parameter hours: ``LocalHour/ordinal``; entries nobody knows are NaN, never guessed from their neighbours.
  public func wind(at point: PlanePoint, hours: Range<Int32>) -> HourlyWind {
    func square(_ place: Place) -> Double {
      let (dx, dy) = (place.point.x - point.x, place.point.y - point.y)
      return dx * dx + dy * dy
    }
    let near = places.indices.filter { square(places[$0]) <= Self.reachMetres * Self.reachMetres }
      .sorted { (square(places[$0]), $0) < (square(places[$1]), $1) }
    var east = [Double](repeating: .nan, count: hours.count)
    var north = east
    for entry in 0..<hours.count {
      for number in near {
        let slot = Int(hours.lowerBound) + entry - Int(places[number].firstHour)
        guard places[number].east.indices.contains(slot), !places[number].east[slot].isNaN else { continue }
        east[entry] = places[number].east[slot]
        north[entry] = places[number].north[slot]
        break
      }
    }
    return HourlyWind(firstHour: hours.lowerBound, east: east, north: north)
  }
}
