internal import ArgumentParser
internal import Diagnostics
internal import Export
internal import GeoFormats
internal import Quantities
internal import Store
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
      With --what a part of the workspace is written instead of a file.
      Example: hotgrid export --what hotspots --date 2017-11-22 --format gpkg --out hot.gpkg --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var gridOptions: GridOptions

  @OptionGroup var workspaceOptions: WorkspaceOptions

  @Option(help: ArgumentHelp("Cells, hot or alarm file; - is standard input.", valueName: "hot.csv"))
  var cells: String?

  @Option(help: "Part of the workspace instead of a file: hotspots, cells, enterprises, targets or counties.")
  var what: String?

  @Option(help: "Date of the plan for --what; the latest when left out.")
  var date: String?

  @Option(help: "Field of the plan for --what hotspots or cells, such as satellite or ground.")
  var field: String?

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
      guard let cells else { return try exportPart(vectorFormat) }
      let outcome = try exportCells(
        CellExportRequest(
          cellsPath: cells, outPath: out, format: vectorFormat, reference: crs, hasByteOrderMark: bom, period: period),
        grid: try gridOptions.load(), messages: common.say)
      if common.json, out != "-" {
        print(
          JSONValue.object([
            ("out", .string(out)), ("format", .string(name)), ("rows", .whole(outcome.rowsWritten)),
            ("rejected", .whole(outcome.rejects.count)), ("statement", outcome.statement.jsonValue),
          ]).text)
      }
      common.say("\(outcome.rowsWritten) cells written\(out == "-" ? "" : " to \(out)")")
      if strict, !outcome.rejects.isEmpty { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }
}

extension ExportCommand {
  /// `--what`: a part of the workspace.
  private func exportPart(_ format: VectorFormat?) throws {
    guard let what else {
      throw Problem(
        "nothing to export", remedy: "name a file with --cells, or a part of the workspace with --what",
        exitStatus: .usage)
    }
    let thing = try word(what, ExportedThing.init(rawValue:), ExportedThing.allCases.map(\.rawValue), "--what")
    let rows = try exportWorkspace(
      thing, date: try optionalDayOption(date, "--date"), field: field, to: out, format: format, reference: crs,
      hasByteOrderMark: bom, in: try Workspace.open(at: workspaceOptions.workspace))
    if common.json, out != "-" {
      print(JSONValue.object([("out", .string(out)), ("what", .string(what)), ("rows", .whole(rows))]).text)
    }
    common.say("\(rows) \(what) written\(out == "-" ? "" : " to \(out)")")
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
