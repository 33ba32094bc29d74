internal import Readings
internal import Diagnostics
internal import Digests
internal import Export
internal import Foundation
internal import Ingest
internal import Quantities
public import Store

/// Reads one file and keeps what it holds, in one transaction: a killed ingest leaves the workspace as it was.
///
/// - Returns: What was kept; a file with the same bytes that was ingested before changes nothing.
/// - Throws: When the file cannot be read as its kind; single bad rows go to the reject file instead.
public func ingestFile(
  _ request: IngestRequest, into workspace: Workspace, region: WorkspaceRegion
) throws -> IngestSummary {
  let (sha256, byteCount) = try fileHash(request.path, progress: request.progress)
  if !request.isReplacing, let known = try workspace.inputFile(sha256: sha256, kind: request.kind) {
    var notes = ["the same content was ingested before as \(known.record.path): nothing to do"]
    if known.record.options != request.optionsText {
      notes.append(
        "it was read with \(known.record.options.isEmpty ? "no options" : known.record.options); "
          + "use --replace to read it again with \(request.optionsText.isEmpty ? "none" : request.optionsText)")
    }
    return IngestSummary(outcome: .alreadyKnown(known), rejectsPath: nil, rejectCounts: [], notes: notes)
  }
  if request.kind == .boundaries {
    return try ingestBoundaries(request, sha256: sha256, byteCount: byteCount, into: workspace, grid: region.grid)
  }
  let parts = try readParts(request, sha256: sha256, workspace: workspace, region: region)
  let record = InputFileRecord(
    kind: request.kind, path: request.path, name: request.fileName, sha256: sha256, byteCount: byteCount,
    encoding: parts.encoding, options: request.optionsText, rowsRead: Int64(parts.rowsRead),
    rowsKept: Int64(parts.rowsKept), rowsRejected: Int64(parts.rejects.count + parts.unlistedRejects),
    ingestedAt: request.now,
    hotgridVersion: request.version, note: ([request.note] + parts.notes).filter { !$0.isEmpty }.joined(separator: "; ")
  )
  let stem = "\(workspace.rejectsPath)/\(request.fileName).\(sha256.prefix(8))"
  let rejectsPath = parts.rejects.isEmpty ? nil : "\(stem).csv"
  let findingsPath = parts.findings.isEmpty ? nil : "\(stem).positions.csv"
  let outcome = try workspace.ingest(record, batch: parts.batch, replacing: request.isReplacing) {
    if let rejectsPath { try writeRejects(parts.rejects, to: rejectsPath) }
    if let findingsPath { try writeFindings(parts.findings, to: findingsPath) }
  }
  var notes = parts.notes
  if let findingsPath {
    notes.append(
      "\(parts.findings.count) stations stand elsewhere in another source; nothing was converted, see \(findingsPath)")
    // Those that a datum explains say most; within each group by station.
    let ordered =
      parts.findings.filter { $0.distanceIfConvertedMetres != nil }
      + parts.findings.filter { $0.distanceIfConvertedMetres == nil }
    notes += ordered.prefix(10).map { "  \($0.statement)" }
    if parts.findings.count > 10 { notes.append("  and \(parts.findings.count - 10) more") }
  }
  return IngestSummary(
    outcome: outcome, rejectsPath: rejectsPath, rejectCounts: parts.rejects.countsByReason, notes: notes)
}

/// SHA-256 of the bytes on disk, hexadecimal, and their number.
func fileHash(_ path: String, progress: any ProgressSink) throws -> (sha256: String, byteCount: Int64) {
  var status = stat()
  guard stat(path, &status) == 0 else {
    throw Problem("cannot read \(path): \(String(cString: strerror(errno)))", remedy: "check the name of the file")
  }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw Problem("\(path) is not a file", remedy: "name a file; a campaign folder goes in by its manifest.csv")
  }
  guard let handle = FileHandle(forReadingAtPath: path) else {
    throw Problem("cannot open \(path): \(String(cString: strerror(errno)))", remedy: "check the file's permissions")
  }
  defer { try? handle.close() }
  var hasher = SHA256Hasher()
  var done = 0
  let task = "checking \(path.split(separator: "/").last.map(String.init) ?? path)"
  while let part = try handle.read(upToCount: 4 << 20), !part.isEmpty {
    part.withUnsafeBytes { hasher.update($0) }
    done += part.count
    progress.report(task: task, completed: done, total: Int(status.st_size), unit: "B")
  }
  progress.finish(task: task)
  return (hasher.finish().hex, Int64(done))
}

/// `line,reason,text`, in line order; appears whole or not at all.
func writeRejects(_ log: RejectLog, to path: String) throws {
  var file = try OutputFile(path: path)
  try file.write("line,reason,text\n")
  for row in log.rows { try file.write("\(row.line),\(csvField(row.reason)),\(csvField(row.text))\n") }
  try file.commit()
}

/// A field as RFC 4180 wants it.
func csvField(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
  return "\"\(text.replacing("\"", with: "\"\""))\""
}
