internal import ArgumentParser
internal import Diagnostics
internal import Evidence
internal import Grids
internal import Ingest
internal import Ranking
internal import Workflows

struct RegisterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Check the register of firms, and find firms near cells.",
    subcommands: [Check.self, Near.self])

  /// What both have in common.
  struct Input: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @OptionGroup var gridOptions: GridOptions
    @Option(help: ArgumentHelp("The register.", valueName: "file.csv")) var enterprises: String
    @Option(help: "Coordinate system where a row does not say: wgs84, cgcs2000, gcj02, bd09, EPSG:n.") var crs: String?
    @Option(help: ArgumentHelp("utf-8 or gb18030; detected when left out.", valueName: "name")) var encoding: String?
    @Option(help: ArgumentHelp("Where the rows go; - is standard output.", valueName: "file.csv")) var out: String = "-"
    @Flag(help: "Exit with 3 when rows were rejected.") var strict = false

    func options() throws -> ReadOptions {
      ReadOptions(
        reference: try crs.map { try coordinateReference($0) }, encoding: encoding, now: currentInstant(),
        threads: common.threads, progress: common.progress)
    }

    func tell(_ rejects: RejectLog) throws {
      for (reason, count) in rejects.countsByReason { common.say("  \(count) rows rejected: \(reason)") }
      if strict, !rejects.isEmpty { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List what is doubtful in a register: codes, positions, permits, near-duplicates, meters.",
      discussion: """
        Reads the register (optional columns position_uncertainty in metres and geocoded = 1, 0 or centroid), and meters and
        load curves when given. Writes one row per finding: \
        kind,uscc,name,line,other_uscc,other_name,other_line,meter_id,value,unit,statement,remedy. Nothing is merged or
        corrected. Needs the county boundaries that tools/setup derived. Rows that cannot be read go to --rejects.

        Example: hotgrid register check --enterprises E.csv --meters M.csv --power P.csv --out findings.csv
        """)

    @OptionGroup var input: Input
    @Option(help: ArgumentHelp("Meters, for cross-checks.", valueName: "file.csv")) var meters: String?
    @Option(help: ArgumentHelp("Load curves of the meters.", valueName: "file.csv")) var power: String?
    @Option(help: "Metres up to which equal names and addresses count as near.") var duplicatesWithin: Double = 2000
    @Option(help: "Metres between a firm and its meter, at most; the policy's when left out.") var meterDistance:
      Double?
    @Option(help: ArgumentHelp("Policy file with the thresholds; built in when left out.", valueName: "file.yml"))
    var policy: String?
    @Option(help: ArgumentHelp("Where rows that cannot be used go.", valueName: "file.csv")) var rejects: String?

    func validate() throws {
      guard duplicatesWithin >= 0, meterDistance ?? 0 >= 0 else { throw ValidationError("distances are from 0 metres") }
      guard power == nil || meters != nil else { throw ValidationError("--power needs --meters") }
    }

    func run() throws {
      try reporting {
        var request = RegisterCheckRequest(enterprisesPath: input.enterprises, outputPath: input.out)
        request.metersPath = meters
        request.powerPath = power
        request.rejectsPath = rejects
        request.duplicates.withinMetres = duplicatesWithin
        if let policy {
          let read = try PolicyFile.read(path: policy).policy
          request.rules = read.register
          request.rules.industries = read.industries.classes
        }
        if let meterDistance { request.rules.meterDistanceMetres = meterDistance }
        let summary = try checkRegister(
          request, grid: try input.gridOptions.load(), options: try input.options())
        let seconds = summary.searching.components
        input.common.say(
          "checked \(summary.firms) firms; near-duplicates took "
            + "\(seconds.seconds * 1000 + seconds.attoseconds / 1_000_000_000_000_000) ms")
        for (kind, count) in summary.findings where count > 0 { input.common.say("  \(count)  \(kind.rawValue)") }
        if summary.findings.allSatisfy({ $0.count == 0 }) { input.common.say("  no findings") }
        for note in summary.notes { input.common.say("note: \(note)") }
        if input.common.json, input.out != "-" {
          print(
            try jsonText(Dictionary(uniqueKeysWithValues: summary.findings.map { ($0.kind.rawValue, $0.count) })))
        }
        try input.tell(summary.rejects)
      }
    }
  }

  struct Near: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List firms in and around cells or hotspots with distance, true bearing and the chance to be inside.",
      discussion: """
        Reads the register and cells: --cell ID, or --cells with a hot file, of which cells of bin 2 and more count. Touching
        cells are one hotspot, named after its first cell. Distance is from the nearest edge, 0 inside; the bearing is from
        the middle, clockwise from TRUE north; the chance follows from the uncertainty of the firm's position. Writes
        cell,hotspot,uscc,name,distance_m,bearing_deg,probability_inside,uncertainty_m,position,industry_code,
        air_related,grade,status,line.

        Example: hotgrid register near --enterprises E.csv --cells hot.csv --within 3000 --out near.csv
        """)

    @OptionGroup var input: Input
    @Option(help: "A cell, such as 3000-1274-1305; may be repeated.") var cell: [String] = []
    @Option(help: ArgumentHelp("Hot file or any table with cells.", valueName: "file.csv")) var cells: String?
    @Option(help: "Bin from which a cell of --cells counts.") var minBin: Int = 2
    @Option(help: "Metres from the nearest edge, at most.") var within: Double = 3000
    @Flag(help: "One row per hotspot and firm instead of per cell and firm.") var perHotspot = false

    func validate() throws {
      guard cell.isEmpty != (cells == nil) else { throw ValidationError("name one of --cell and --cells") }
      guard (0...200_000).contains(within) else { throw ValidationError("--within is 0...200000 metres") }
    }

    func run() throws {
      try reporting {
        let options = try input.options()
        let chosen: [CellID]
        if let cells {
          chosen = try hotCells(path: cells, minimumBin: minBin, options: options)
        } else {
          chosen = try cell.map { text throws(Problem) in try word(text, { CellID($0) }, ["3000-1274-1305"], "--cell") }
        }
        var request = RegisterNearRequest(enterprisesPath: input.enterprises, cells: chosen, outputPath: input.out)
        request.perHotspot = perHotspot
        request.withinMetres = within
        let summary = try firmsNear(request, grid: try input.gridOptions.load(), options: options)
        input.common.say("\(summary.rows) rows around \(summary.places) \(perHotspot ? "hotspots" : "cells")")
        if summary.unplaced > 0 {
          input.common.say("\(summary.unplaced) firms have no position and stand near nothing")
        }
        try input.tell(summary.rejects)
      }
    }
  }
}
