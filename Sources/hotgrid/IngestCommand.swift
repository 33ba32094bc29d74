internal import ArgumentParser
internal import Diagnostics
internal import Foundation
internal import Ingest
internal import Quantities
internal import Store
internal import Workflows

struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Take files into a workspace.",
    discussion: """
      Reads files of one KIND: \(InputKind.allCases.map(\.rawValue).joined(separator: ", ")); or `manifest`, the list of \
      a campaign folder (kind,file). Text is UTF-8 or GBK, plain or gzip, with commas, tabs or semicolons; columns in \
      any order. Writes the workspace, and rejects/NAME.HASH.csv with every row that could not be used, its line and \
      the reason. The raw files stay where they are. A file with the same content is taken in once; each file is taken \
      in whole or not at all.

      orders: scope is county:130108;130109 or industry:2521;30 or uscc:91130200699229617X;... An end without a time \
      of day includes that day.
      power: --label end for files that stamp an interval by its end; end-same-date where the midnight that ends a day \
      carries that day's own date.

      Examples:
        hotgrid ingest stations stations.csv --crs gcj02 --workspace ws
        hotgrid ingest power power-2017-11.csv.gz --label end --workspace ws
        hotgrid ingest raster pm25-20171121.tif --time 2017-11-21 --variable 1 --workspace ws
        hotgrid ingest manifest campaign/manifest.csv --workspace ws
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions

  @Argument(help: ArgumentHelp("What the files hold, or `manifest`.", valueName: "kind"))
  var kind: String

  @Argument(help: ArgumentHelp("One or more files.", valueName: "file"))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "Coordinate system of positions that name none: wgs84, cgcs2000, gcj02, bd09, EPSG:n or a PROJ string.",
      valueName: "crs"))
  var crs: String?

  @Option(help: ArgumentHelp("utf-8 or gb18030; detected when left out.", valueName: "name"))
  var encoding: String?

  @Option(
    help: ArgumentHelp("Day or hour of a raster or swath whose file and name do not tell.", valueName: "2017-11-21"))
  var time: String?

  @Option(help: ArgumentHelp("Band, variable or quantity of a raster or swath.", valueName: "name"))
  var variable: String?

  @Option(help: ArgumentHelp("Swath pixels below this quality are left out.", valueName: "0...1"))
  var minQuality: Double?

  @Option(
    help: ArgumentHelp("Share of the error variance that the pixels of a swath have in common.", valueName: "0...1"))
  var correlation: Double = 0

  @Flag(help: "Derive the corners of swath pixels from their centres where the file has none.")
  var assumeRegular = false

  @Option(help: "What the times of a power file stand for: begin, end or end-same-date.")
  var label: String = PowerLabel.begin.rawValue

  @Option(help: ArgumentHelp("Order of dates such as 8/1/2019 in a fire file: mdy or dmy.", valueName: "order"))
  var dateOrder: String?

  @Option(help: ArgumentHelp("Rows later than this are rejected; the clock when left out.", valueName: "time"))
  var now: String?

  @Flag(help: "Take a file in again that was ingested before, such as with another --crs.")
  var replace = false

  @Flag(help: "End with status 3 when rows were rejected; the good rows are kept all the same.")
  var strict = false

  func run() throws {
    try reporting {
      let workspace = try Workspace.open(at: workspaceOptions.workspace)
      let region = try workspaceRegion(workspace)
      var rejected: Int64 = 0
      var summaries: [IngestedLine] = []
      for request in try requests() {
        let summary = try ingestFile(request, into: workspace, region: region)
        tell(summary)
        rejected += summary.outcome.file.record.rowsRejected
        summaries.append(IngestedLine(summary))
      }
      if common.json { try printJSON(summaries) }
      if strict && rejected > 0 { throw ExitCode(ExitStatus.rejectedRows.rawValue) }
    }
  }

  private func requests() throws -> [IngestRequest] {
    let base = try options()
    guard kind == "manifest" else {
      guard let kind = InputKind(rawValue: kind) else {
        throw Problem(
          "\(kind) is not a kind of file",
          remedy: "use \(InputKind.allCases.map(\.rawValue).joined(separator: ", ")) or manifest", exitStatus: .usage)
      }
      return files.map { path in
        var request = base
        request.kind = kind
        request.path = path
        return request
      }
    }
    return try files.flatMap { try readManifest(path: $0, options: ReadOptions(now: base.now)) }.map { entry in
      var request = base
      request.kind = entry.kind
      request.path = entry.path
      if let crs = entry.crs { request.reference = try coordinateReference(crs) }
      if let time = entry.time { request.period = try period(time) }
      if let variable = entry.variable { request.variable = variable }
      request.note = entry.note
      return request
    }
  }

  /// The options as a request without kind and path.
  private func options() throws -> IngestRequest {
    var request = IngestRequest(kind: .stations, path: "", now: try clock(), version: Hotgrid.configuration.version)
    request.reference = try crs.map { try coordinateReference($0) }
    request.encoding = encoding
    request.period = try time.map(period)
    request.variable = variable
    request.minimumQuality = minQuality
    request.correlation = try correlationOption(correlation)
    request.assumesRegular = assumeRegular
    guard let label = PowerLabel(rawValue: label) else {
      throw Problem(
        "\(label) is not a label", remedy: "use --label begin, end or end-same-date", exitStatus: .usage)
    }
    request.label = label
    request.dateOrder = try dateOrder.map { text in
      guard let order = DateOrder(rawValue: text) else {
        throw Problem("\(text) is not an order", remedy: "use --date-order mdy or dmy", exitStatus: .usage)
      }
      return order
    }
    request.isReplacing = replace
    request.threads = common.threads
    request.progress = common.progress
    return request
  }

  private func period(_ text: String) throws -> Period {
    guard let period = Period(text) else {
      throw Problem("\(text) is not a day or hour", remedy: "write --time 2017-11-21", exitStatus: .usage)
    }
    return period
  }

  private func clock() throws -> Instant {
    guard let now else { return Instant(secondsSinceEpoch: Int64(Date().timeIntervalSince1970)) }
    guard let instant = readInstant(now) else {
      throw Problem("\(now) is not a time", remedy: "write --now 2017-11-22T18:00:00+08:00", exitStatus: .usage)
    }
    return instant
  }

  private func tell(_ summary: IngestSummary) {
    let record = summary.outcome.file.record
    if case .stored = summary.outcome {
      common.say("\(record.name): \(record.kind.rawValue), \(record.rowsRead) rows, \(record.rowsKept) kept")
    } else {
      common.say("\(record.name):")
    }
    for note in summary.notes { common.say("  \(note)") }
    if let path = summary.rejectsPath {
      common.say("  \(record.rowsRejected) rows rejected, see \(path):")
      for (reason, count) in summary.rejectCounts.prefix(8) { common.say("    \(count)  \(reason)") }
    }
  }
}

/// One ingested file as `--json` prints it.
private struct IngestedLine: Encodable {
  let file, kind, sha256, outcome: String
  let rows_read, rows_kept, rows_rejected: Int64
  let rejects: String?
  let notes: [String]

  init(_ summary: IngestSummary) {
    let record = summary.outcome.file.record
    file = record.path
    kind = record.kind.rawValue
    sha256 = record.sha256
    if case .stored = summary.outcome { outcome = "stored" } else { outcome = "already-known" }
    rows_read = record.rowsRead
    rows_kept = record.rowsKept
    rows_rejected = record.rowsRejected
    rejects = summary.rejectsPath
    notes = summary.notes
  }
}
