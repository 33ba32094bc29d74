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
/// - Parameters:
///   - onlyAlarms: Leave out cells that raise none.
///   - persistence: Only contrasts that come back are alarms; two columns then say how often and of how many periods.
public func detectAlarm(
  cellsPath: String, outPath: String, rule: AlarmRule, pollutant: Pollutant, onlyAlarms: Bool,
  persistence: AlarmPersistence? = nil, messages: (String) -> Void
) throws -> DetectSummary {
  if let defect = rule.defect {
    throw Problem(defect, remedy: "see hotgrid detect alarm --help", exitStatus: .usage)
  }
  // Periods come in order of time, so that one memory serves all.
  var memory = persistence.map(AlarmPersistence.Memory.init)
  return try detect(
    cellsPath: cellsPath, outPath: outPath,
    columns: HotFile.alarmColumns + (persistence == nil ? "" : ",alarm_periods,periods_seen"), messages: messages
  ) { part, summary in
    let contrasts = LocalContrast.all(of: part.field, rule: rule, pollutant: pollutant)
    let interpolated = Set(
      part.field.cells.indices.filter { part.field.coverages[$0] == 0 }.map { part.field.cells[$0] })
    let raised = contrasts.map { rule.isAlarm($0) }
    var seen: [(alarms: Int, periods: Int, persists: Bool)] = []
    if memory != nil {
      for (contrast, isAlarm) in zip(contrasts, raised) {
        // A cell whose ring is not known has no data for the rule.
        seen.append(
          contrast.robustZ == nil ? (0, 0, false) : memory?.take(contrast.cell, isAlarm: isAlarm) ?? (0, 0, false))
      }
    }
    let alarms = seen.isEmpty ? raised : seen.map(\.persists)
    let histories = seen
    // Counted before the file is written, because alarms may be all that is.
    for (contrast, isAlarm) in zip(contrasts, alarms) {
      summary.count(
        classification: isAlarm ? "alarm" : "", reason: contrast.reason,
        isInterpolated: interpolated.contains(contrast.cell))
    }
    return { (file: inout OutputFile, _: inout DetectSummary) throws(Problem) in
      for (slot, contrast) in contrasts.enumerated() where !onlyAlarms || alarms[slot] {
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
        line.add(alarms[slot] ? "alarm" : "")
        line.add(contrast.reason)
        line.add(interpolated.contains(contrast.cell) ? "interpolated" : "")
        if !histories.isEmpty {
          line.add(histories[slot].alarms)
          line.add(histories[slot].periods)
        }
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
