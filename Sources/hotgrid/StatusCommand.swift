internal import ArgumentParser
internal import Foundation
internal import Quantities
internal import Store
internal import Workflows

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what a workspace holds.",
    discussion: """
      Reads the workspace: its files with their rows and rejects, the days with data of each kind, and the last plan.

      Example: hotgrid status --workspace ws --json
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var workspaceOptions: WorkspaceOptions

  func run() throws {
    try reporting {
      let status = try workspaceStatus(Workspace.open(at: workspaceOptions.workspace))
      if common.json { try printJSON(StatusReport(status)) } else { print(text(status)) }
    }
  }

  private func text(_ status: WorkspaceStatus) -> String {
    var lines = ["workspace \(status.path), grid \(status.gridName)", ""]
    lines.append("files     \(status.files.count)")
    for kind in InputKind.allCases {
      let files = status.files.filter { $0.record.kind == kind }
      guard !files.isEmpty else { continue }
      let read = files.reduce(0) { $0 + $1.record.rowsRead }
      let rejected = files.reduce(0) { $0 + $1.record.rowsRejected }
      var line = "  \(padded(kind.rawValue)) \(files.count) files, \(read) rows, \(rejected) rejected"
      if let days = status.days.first(where: { $0.kind == kind })?.days, let first = days.first, let last = days.last {
        line += ", \(days.count) days \(first) to \(last)"
      }
      lines.append(line)
    }
    lines += ["", "kept"]
    lines += status.rowCounts.filter { $0.count > 0 }.map { "  \($0.count) \($0.name)" }
    if !status.undeclaredStations.isEmpty {
      lines.append("  \(named(status.undeclaredStations)) have readings but no position: ingest a stations file")
    }
    if !status.undeclaredMeters.isEmpty {
      lines.append("  \(named(status.undeclaredMeters)) have load curves but are in no meters file")
    }
    lines.append("")
    lines.append(status.lastPlan.map { "last plan \($0.date), seed \($0.seed)" } ?? "no plan yet")
    return lines.joined(separator: "\n")
  }

  private func named(_ ids: [String]) -> String {
    "\(ids.count) ids (\(ids.prefix(3).joined(separator: ", "))\(ids.count > 3 ? ", ..." : ""))"
  }

  private func padded(_ text: String) -> String { text + String(repeating: " ", count: max(0, 12 - text.count)) }
}

/// The status as `--json` prints it.
private struct StatusReport: Encodable {
  struct File: Encodable {
    let id: Int64
    let kind, name, path, sha256, encoding, options, ingested_at, note: String
    let rows_read, rows_kept, rows_rejected: Int64
  }
  struct Days: Encodable {
    let kind, first, last: String
    let count: Int
  }
  let workspace, grid: String
  let files: [File]
  let kept: [String: Int]
  let days: [Days]
  let undeclared_stations, undeclared_meters: [String]
  let last_plan: String?

  init(_ status: WorkspaceStatus) {
    workspace = status.path
    grid = status.gridName
    files = status.files.map { file in
      let record = file.record
      return File(
        id: file.id, kind: record.kind.rawValue, name: record.name, path: record.path, sha256: record.sha256,
        encoding: record.encoding, options: record.options, ingested_at: record.ingestedAt.iso8601, note: record.note,
        rows_read: record.rowsRead, rows_kept: record.rowsKept, rows_rejected: record.rowsRejected)
    }
    kept = Dictionary(
      status.rowCounts.map { ($0.name.replacing(" ", with: "_"), $0.count) }, uniquingKeysWith: { $1 })
    days = status.days.map { kind, days in
      Days(
        kind: kind.rawValue, first: days.first?.description ?? "", last: days.last?.description ?? "",
        count: days.count)
    }
    undeclared_stations = status.undeclaredStations
    undeclared_meters = status.undeclaredMeters
    last_plan = status.lastPlan?.date.description
  }
}

/// Prints a value as JSON with sorted keys, one document.
func printJSON<Value: Encodable>(_ value: Value) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
