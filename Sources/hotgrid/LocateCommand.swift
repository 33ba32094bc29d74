internal import ArgumentParser
internal import Diagnostics
internal import Geometry
internal import Grids
internal import Ingest
internal import Workflows

struct LocateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "locate",
    abstract: "Name the cell of a position.",
    discussion: """
      Reads nothing but the grid, and the county boundaries that tools/setup derived when they are there.
      Prints the cell, its projected coordinates in metres and the counties that share the cell.

      Example: hotgrid locate --lon 116.391 --lat 39.907 --crs gcj02 --level 500
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions

  // Unconditional parsing takes a minus sign as part of the number: -87.6, not an option.
  @Option(
    name: [.customLong("lon"), .customLong("x")], parsing: .unconditional,
    help: "Longitude in degrees, or easting of a projected system.")
  var x: Double

  @Option(
    name: [.customLong("lat"), .customLong("y")], parsing: .unconditional,
    help: "Latitude in degrees, or northing of a projected system.")
  var y: Double

  @Option(help: "Coordinate system: wgs84, cgcs2000, gcj02, bd09, EPSG:n or a PROJ string.")
  var crs: String = "wgs84"

  @Option(help: ArgumentHelp("Side of the cell in metres.", valueName: "metres"))
  var level: Int32?

  func run() throws {
    try reporting {
      let grid = try gridOptions.load()
      let found = try locate(
        x: x, y: y, reference: try coordinateReference(crs), grid: grid, sizeMetres: level ?? grid.coarsestMetres)
      if common.json {
        let counties = found.counties.map {
          "{\"code\":\"\($0.county.code)\",\"name\":\"\($0.county.name)\",\"share\":\($0.share)}"
        }
        print(
          "{\"cell\":\"\(found.cell)\",\"x\":\(found.point.x),\"y\":\(found.point.y),"
            + "\"longitude\":\(found.position.longitude),\"latitude\":\(found.position.latitude),"
            + "\"counties\":[\(counties.joined(separator: ","))]}")
      } else {
        print("cell    \(found.cell)")
        print("x, y    \(rounded(found.point.x)), \(rounded(found.point.y)) m")
        print("wgs84   \(rounded(found.position.longitude, 1e7)), \(rounded(found.position.latitude, 1e7))")
        for (county, share) in found.counties {
          print("county  \(county.code) \(county.cityName)\(county.name)  \(rounded(share * 100, 100)) % of the cell")
        }
      }
    }
  }

  private func rounded(_ number: Double, _ scale: Double = 1000) -> Double { (number * scale).rounded() / scale }
}

/// Reads a `--crs` value. - Throws: `Problem` (usage) for anything PROJ or we cannot know.
func coordinateReference(_ text: String) throws(Problem) -> CoordinateReference {
  guard let reference = CoordinateReference(text) else {
    throw Problem(
      "unknown coordinate system \(text)", remedy: "use wgs84, cgcs2000, gcj02, bd09, EPSG:n or a PROJ string",
      exitStatus: .usage)
  }
  return reference
}

extension GridOptions {
  /// The grid file that was named, or the built-in national grid.
  func load() throws(Problem) -> Grid {
    guard let grid else { return try Grid(definition: .national2p26) }
    return try GridFile.read(path: grid).grid
  }
}
