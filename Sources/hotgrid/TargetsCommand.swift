internal import ArgumentParser
internal import Diagnostics
internal import GeoFormats
internal import Quantities
internal import Ranking
internal import Reports
internal import Store
internal import Workflows

struct TargetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets",
    abstract: "The drawn targets of a day: a table, CSV, GeoJSON, or one printable sheet each.",
    discussion: """
      Without --format prints a table. html writes a page per target and an index.html into the folder --out names;
      print them from a browser. The list is secret until the visits.

      Example: hotgrid targets --date 2017-11-22 --format html --out sheets --workspace winter
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions
  @Option(help: "Date of the plan; the latest when left out.") var date: String?
  @Option(help: "Only the targets of one city group: its code or name, such as 130100 or 石家庄市.") var team: String?
  @Option(help: "csv, geojson, html, gpkg, fgb, shp or kml.") var format: String?
  @Option(help: "File, or folder for html; - is standard output.") var out: String = "-"
  @Flag(help: "Begin CSV with a byte order mark, so that spreadsheets know it is UTF-8.") var bom = false

  func run() throws {
    try reporting {
      let workspace = try Workspace.open(at: workspaceOptions.workspace)
      let targets = try dayTargets(date: try optionalDayOption(date, "--date"), team: team, in: workspace)
      guard let format = format?.lowercased() else {
        let planned = try workspace.drawnTargets(date: targets.date)
        let shown = Set(targets.pages.sheets.map(\.target.id))
        print(
          common.json
            ? try jsonText(planned.filter { shown.contains($0.target.id) }.map(TargetReport.init))
            : targets.pages.table.text + "\nLeads, not verdicts.")
        return
      }
      if format == "html" {
        guard out != "-" else {
          throw Problem("sheets are many files", remedy: "name a folder with --out", exitStatus: .usage)
        }
        let count = try writeSheets(targets, to: out)
        common.say("\(count) pages written to \(out); open \(out)/index.html")
        return
      }
      let known = VectorFormat.allCases.map(\.rawValue) + ["html"]
      let vector = try word(format, VectorFormat.init(rawValue:), known, "--format")
      try writeTargets(targets, to: out, format: vector, hasByteOrderMark: bom, in: workspace)
      common.say("\(targets.exported.count) targets written\(out == "-" ? "" : " to \(out)")")
    }
  }
}
