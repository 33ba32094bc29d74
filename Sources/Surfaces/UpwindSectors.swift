public import Geometry
internal import Glibc

/// Where the air of each cell of a field comes from, in 32 directions; nothing where it is not known.
public struct UpwindSectors: Sendable {
  static let directions = 32
  /// Mean vector by mean speed: below it a wind has no direction worth using.
  ///
  /// The quotient is the constancy of wind (Singer 1967, doi:10.1175/1520-0450(1967)006<1033:SAWC>2.0.CO;2); one half is
  /// our choice.
  public static let leastConstancy = 0.5
  /// Metres within which a place speaks for a cell: winds of different weather lie farther apart.
  public static let reachMetres = 150_000.0

  /// Per cell a direction counted from the east against the clock, -1 where the wind is not known.
  let sectors: [Int8]
  /// Cells farther from every place with wind than the reach.
  public private(set) var withoutWind = 0
  /// Cells whose wind kept no direction.
  public private(set) var variable = 0

  /// One wind for all cells, m/s towards the east and the north; a calm is not known.
  public init(count: Int, east: Double, north: Double) {
    let sector = Self.sector(east, north)
    sectors = [Int8](repeating: sector, count: count)
    if sector < 0 { variable = count }
  }

  /// Each cell takes the mean wind of the nearest place.
  ///
  /// - Parameters:
  ///   - cells: Centres of the cells, projected metres.
  ///   - places: Where each observation was made; observations of one place must agree in every bit.
  ///   - winds: m/s towards the east and the north, one per entry of `places`.
  public init(cells: [PlanePoint], places: [PlanePoint], winds: [(east: Double, north: Double)]) {
    precondition(places.count == winds.count, "one place per wind")
    let order = places.indices.sorted { (places[$0].y, places[$0].x, $0) < (places[$1].y, places[$1].x, $1) }
    var (us, vs, means): ([Double], [Double], [Int8]) = ([], [], [])
    var start = 0
    while start < order.count {
      let place = places[order[start]]
      var (east, north, speed) = (0.0, 0.0, 0.0)
      var end = start
      while end < order.count, places[order[end]] == place {
        let wind = winds[order[end]]
        east += wind.east
        north += wind.north
        speed += (wind.east * wind.east + wind.north * wind.north).squareRoot()
        end += 1
      }
      let vector = (east * east + north * north).squareRoot()
      us.append(place.x)
      vs.append(place.y)
      means.append(vector >= Self.leastConstancy * speed ? Self.sector(east, north) : -1)
      start = end
    }
    guard !us.isEmpty else {
      sectors = [Int8](repeating: -1, count: cells.count)
      withoutWind = cells.count
      return
    }
    let nearest = NearestPlaces(us: us, vs: vs)
    var found: [(square: Double, place: Int32)] = []
    var sectors: [Int8] = []
    sectors.reserveCapacity(cells.count)
    for cell in cells {
      nearest.nearest(1, to: cell.x, cell.y, found: &found) { _ in true }
      guard let place = found.first, place.square <= Self.reachMetres * Self.reachMetres else {
        withoutWind += 1
        sectors.append(-1)
        continue
      }
      let sector = means[Int(place.place)]
      if sector < 0 { variable += 1 }
      sectors.append(sector)
    }
    self.sectors = sectors
  }

  /// Cells whose background is taken upwind.
  public var known: Int { sectors.count - withoutWind - variable }

  private static func sector(_ east: Double, _ north: Double) -> Int8 {
    guard east != 0 || north != 0, east.isFinite, north.isFinite else { return -1 }
    // Upwind is where the wind comes from.
    let turn = atan2(-north, -east) / (2 * .pi) * Double(directions)
    return Int8((Int(turn.rounded()) + directions) % directions)
  }
}
