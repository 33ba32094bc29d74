internal import Diagnostics
internal import Geometry

/// Finds files whose numbers do not fit the coordinate system they name.
struct CoordinateChecks {
  private let path: String
  private let name: String
  private let facts: CoordinateSystemFacts?
  private let isGeographic: Bool

  init(path: String, reference: CoordinateReference) {
    self.path = path
    if case .proj(let text) = reference {
      facts = CoordinateSystemFacts(text)
      name = facts.map { $0.name.isEmpty ? text : $0.name } ?? text
      isGeographic = facts?.isGeographic ?? false
    } else {
      facts = nil
      name = reference.description
      isGeographic = true
    }
  }

  /// Checks the outline of a file as declared.
  ///
  /// - Parameter cellSize: Step from one cell to the next, in the file's unit.
  /// - Throws: `Problem` that names what the numbers look like instead.
  func check(xs: [Double], ys: [Double], cellSize: Double) throws(Problem) {
    guard let worst = zip(xs, ys).filter({ $0.0.isFinite && $0.1.isFinite }).max(by: { size($0) < size($1) }) else {
      throw Problem("\(path) has no coordinates that are numbers", remedy: "check its georeference with gdalinfo")
    }
    let farX = xs.reduce(0) { max($0, $1.isFinite ? $1.magnitude : 0) }
    let farY = ys.reduce(0) { max($0, $1.isFinite ? $1.magnitude : 0) }
    if isGeographic {
      if max(farX, farY) > 360.000_001 {
        throw lie("which is in degrees, but its coordinates look like metres", worst)
      }
      if farY > 90.000_001, farX <= 90.000_001 {
        throw lie("but its latitudes lie beyond 90°: longitude and latitude look swapped", worst)
      }
      if farY > 90.000_001 { throw lie("but its latitudes lie beyond 90°", worst) }
    } else if farX <= 360, farY <= 90, cellSize < 5 {
      throw lie("which is in metres, but its coordinates look like degrees", worst)
    }
  }

  /// What a person should know about where the file lies, such as far from where its system is made for.
  ///
  /// - Parameter positions: Its outline and centre in WGS 84; NaN where there is no position.
  /// - Throws: `Problem` when no point has a position at all.
  func notes(positions: [LonLat]) throws(Problem) -> [String] {
    let known = positions.filter { $0.longitude.isFinite && $0.latitude.isFinite }
    guard let first = known.first else {
      throw Problem(
        "\(path) names the coordinate system \(name), but none of its coordinates lies where that is defined",
        remedy: "declare the right one with --crs; gdalinfo shows what the file says")
    }
    // Five degrees: zones are used a little beyond their edge, but never a whole zone away.
    guard let facts, let area = facts.areaOfUse,
      !known.contains(where: { facts.covers($0, marginDegrees: 5) })
    else { return [] }
    return [
      "\(name) is made for \(degrees(area.west))..\(degrees(area.east))°E \(degrees(area.south))..\(degrees(area.north))°N, "
        + "but the file lies at \(degrees(first.longitude))°E \(degrees(first.latitude))°N: check its coordinate system"
    ]
  }

  private func size(_ point: (Double, Double)) -> Double { max(point.0.magnitude, point.1.magnitude) }

  private func degrees(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  private func lie(_ what: String, _ example: (Double, Double)) -> Problem {
    Problem(
      "\(path) names the coordinate system \(name), \(what), such as (\(example.0), \(example.1))",
      remedy: "declare the right one with --crs, such as --crs wgs84 or --crs EPSG:32650")
  }
}
