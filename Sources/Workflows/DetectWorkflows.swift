internal import Diagnostics
internal import Export
internal import Grids
public import Hotspots
internal import Ingest
public import Quantities

/// `detect gi-star`, `gi` and `moran`: cells in, a hot file out.
///
/// - Parameters:
///   - cellsPath: A cells file; every period in it is tested by itself.
///   - outPath: The hot file, or `-`.
///   - background: Test what lies above it instead of the values; the rows then hold the residual.
///   - messages: Told about rows that could not be used.
public func detectCells(
  _ statistic: LocalStatistic, cellsPath: String, outPath: String, options: HotspotOptions,
  background: FieldBackground? = nil, threads: Int = 1, messages: (String) -> Void
) throws -> DetectSummary {
  try detect(
    cellsPath: cellsPath, outPath: outPath, columns: HotFile.columns(statistic), background: background,
    threads: threads, messages: messages
  ) { part, summary in
    let cells = HotspotDetection.detect(
      statistic, field: part.field, period: part.period, options: options, threads: threads)
    if part.field.count < HotspotOptions.fewCells { summary.smallPeriods += 1 }
    if let global = cells.global { summary.add(global, of: statistic, period: part.period) }
    return { (file: inout OutputFile, summary: inout DetectSummary) throws(Problem) in
      try HotFile.write(cells, to: &file) { row in
        summary.count(classification: row.classification, reason: row.reason, isInterpolated: row.isInterpolated)
      }
    }
  }
}

/// `detect alarm`: cells in, every cell's contrast with its ring out.
///
/// - Parameter onlyAlarms: Leave out cells that raise none.
public func detectAlarm(
  cellsPath: String, outPath: String, rule: AlarmRule, pollutant: Pollutant, onlyAlarms: Bool,
  messages: (String) -> Void
) throws -> DetectSummary {
  if let defect = rule.defect {
    throw Problem(defect, remedy: "see hotgrid detect alarm --help", exitStatus: .usage)
  }
  return try detect(cellsPath: cellsPath, outPath: outPath, columns: HotFile.alarmColumns, messages: messages) {
    part, summary in
    let contrasts = LocalContrast.all(of: part.field, rule: rule, pollutant: pollutant)
    let interpolated = Set(
      part.field.cells.indices.filter { part.field.coverages[$0] == 0 }.map { part.field.cells[$0] })
    // Counted before the file is written, because alarms may be all that is.
    for contrast in contrasts {
      summary.count(
        classification: rule.isAlarm(contrast) ? "alarm" : "", reason: contrast.reason,
        isInterpolated: interpolated.contains(contrast.cell))
    }
    return { (file: inout OutputFile, _: inout DetectSummary) throws(Problem) in
      for contrast in contrasts where !onlyAlarms || rule.isAlarm(contrast) {
        var line = CSVLine()
        line.add(contrast.cell.description)
        line.add(part.period?.description ?? "")
        line.add(contrast.value)
        line.add(contrast.ringCells)
        line.add(contrast.rings)
        line.add(contrast.ringMedian)
        line.add(contrast.ringSpread)
        line.add(contrast.ratio)
        line.add(contrast.robustZ)
        line.add(rule.isAlarm(contrast) ? "alarm" : "")
        line.add(contrast.reason)
        line.add(interpolated.contains(contrast.cell) ? "interpolated" : "")
        try file.write(line.end())
      }
    }
  }
}

private typealias WriteRows = (inout OutputFile, inout DetectSummary) throws(Problem) -> Void

/// Reads, thinks about one period after the other, and writes what was thought.
private func detect(
  cellsPath: String, outPath: String, columns: String, background: FieldBackground? = nil, threads: Int = 1,
  messages: (String) -> Void,
  _ think: (CellsFile.Part, inout DetectSummary) -> WriteRows
) throws -> DetectSummary {
  var summary = DetectSummary()
  var readSeconds = 0.0
  var detectSeconds = 0.0
  var writeSeconds = 0.0
  var parts = try timed(&readSeconds) { try readCells(path: cellsPath, messages: messages) }
  if let background {
    parts = try parts.map { part in
      let (residual, _, note) = try timed(&detectSeconds) {
        try background.residual(of: part.field, period: part.period, threads: threads)
      }
      if let note { messages(note) }
      summary.withoutBackground += part.field.count - residual.count
      return CellsFile.Part(period: part.period, field: residual)
    }
  }
  var file = try OutputFile(path: outPath)
  try file.write(columns + "\n")
  for part in parts {
    let write = timed(&detectSeconds) { think(part, &summary) }
    try timed(&writeSeconds) { () throws(Problem) in try write(&file, &summary) }
  }
  try file.commit()
  summary.periods = parts.count
  summary.readSeconds = readSeconds
  summary.detectSeconds = detectSeconds
  summary.writeSeconds = writeSeconds
  return summary
}
