internal import ArgumentParser
internal import Diagnostics
internal import Export
internal import GeoFormats
internal import Quantities
internal import Workflows

/// `export`: cells as files that QGIS, ArcGIS, Google Earth and spreadsheets open.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write cells as a map file: GeoPackage, GeoJSON, FlatGeobuf, Shapefile, CSV, KML or GeoTIFF.",
    discussion: """
      Reads a cells, hot or alarm file, and the county boundaries that tools/setup derived when they are there.
      Writes squares with all columns (CSV: centres; GeoTIFF: bands value, z, bin of one period). A GeoPackage of a
      hot file opens in QGIS with the colours of its confidence bins.

      Example: hotgrid export --cells hot.csv --format gpkg --out hot.gpkg
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions

  @Option(help: ArgumentHelp("Cells, hot or alarm file; - is standard input.", valueName: "hot.csv"))
  var cells: String

  @Option(help: "gpkg, geojson, fgb, shp, csv, kml or tif; taken from the ending of --out when left out.")
  var format: String?

  @Option(help: ArgumentHelp("Where the file goes; - is standard output.", valueName: "file"))
  var out: String = "-"

  @Option(
    help: "grid, wgs84 or cgcs2000; wgs84 for geojson, kml and csv and grid for the rest when left out.",
    transform: reading("grid, wgs84 or cgcs2000", exportReference))
  var crs: ExportReference = .usual

  @Option(
    help: "Keep this period only, such as 2017-11-21; a GeoTIFF holds one.",
    transform: reading("a period such as 2017-11-21T08, 2017-11-21 or 2017-11") { Period($0) })
  var period: Period?

  @Flag(help: "Begin CSV with a byte order mark, so that spreadsheets know it is UTF-8.")
  var bom = false

  @Flag(help: "Exit with status 3 when rows of the cells file could not be used.")
  var strict = false

  func run() throws {
    try reporting {
      let ending = out.split(separator: ".").last.map { $0.lowercased() } ?? ""
      let name = format?.lowercased() ?? (out.contains(".") ? ending : "")
      let vectorFormat = VectorFormat(rawValue: name)
      guard vectorFormat != nil || name == "tif" || name == "tiff" else {
        throw Problem(
          name.isEmpty ? "no format is named" : "unknown format \(name)",
          remedy: "use --format gpkg, geojson, fgb, shp, csv, kml or tif", exitStatus: .usage)
      }
      guard !bom || vectorFormat == .csv else {
        throw Problem("--bom is for csv only", remedy: "leave it out", exitStatus: .usage)
      }
      let outcome = try exportCells(
        CellExportRequest(
          cellsPath: cells, outPath: out, format: vectorFormat, reference: crs, hasByteOrderMark: bom, period: period),
        grid: try gridOptions.load(), messages: common.say)
      if common.json, out != "-" {
        print(
          JSONValue.object([
            ("out", .string(out)), ("format", .string(name)), ("rows", .whole(outcome.rowsWritten)),
            ("rejected", .whole(outcome.rejects.count)),
          ]).text)
      }
      common.say("\(outcome.rowsWritten) cells written\(out == "-" ? "" : " to \(out)")")
      if strict, !outcome.rejects.isEmpty { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }
}

@Sendable private func exportReference(_ text: String) -> ExportReference? {
  switch text.lowercased() {
  case "grid": .grid
  case "wgs84", "epsg:4326": .wgs84
  case "cgcs2000", "epsg:4490": .cgcs2000
  default: nil
  }
}
