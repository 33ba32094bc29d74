internal import Diagnostics
internal import Export
internal import Grids
public import Hotspots
internal import Ingest
public import Quantities
internal import SpatialStatistics

/// `detect gi-star`, `gi`, `moran`, `geary` and `bivariate`: cells in, a hot file out.
///
/// - Parameters:
///   - cellsPath: A cells file; every period in it is tested by itself.
///   - otherPath: The cells file of the neighbours' values for bivariate Moran's I; cells and periods in both are tested.
///   - weightsPath: A GAL or GWT file in place of the options' neighbourhood.
///   - outPath: The hot file, or `-`.
///   - background: Test what lies above it instead of the values; the rows then hold the residual.
///   - messages: Told about rows that could not be used.
public func detectCells(
  _ statistic: LocalStatistic, cellsPath: String, otherPath: String? = nil, weightsPath: String? = nil,
  outPath: String, options: HotspotOptions, background: FieldBackground? = nil, threads: Int = 1,
  messages: (String) -> Void
) throws -> DetectSummary {
  let lists = try weightsPath.map { try readWeights(path: $0, messages: messages) }
  let others = try otherPath.map { try readCells(path: $0, messages: messages) }
  let statement = try MapStatement(
    verb: statistic.verb, method: statistic.words, page: "docs/methods/gi-star.md",
    settings: options.settings(weights: weightsPath, background: background),
    seed: options.permutations > 0 ? "\(options.seed)" : nil,
    inputPaths: [cellsPath] + [otherPath, weightsPath].compactMap(\.self))
  return try detect(
    cellsPath: cellsPath, outPath: outPath, columns: HotFile.columns(statistic), statement: statement,
    background: background, threads: threads, messages: messages
  ) { part, summary in
    var field = part.field
    var other: [Double]?
    if let others {
      let match = others.first { $0.period == part.period }
      (field, other) = field.common(with: match?.field)
      summary.withoutOther += part.field.count - field.count
    }
    if let lists {
      let rows = lists.rows(of: field.cells)
      summary.withoutRow += field.count - rows.found
      summary.rowsWithoutValue += rows.unused
    }
    let cells = HotspotDetection.detect(
      statistic, field: field, period: part.period, options: options, other: other, lists: lists, threads: threads)
    if field.count < HotspotOptions.fewCells { summary.smallPeriods += 1 }
    if let global = cells.global { summary.add(global, of: statistic, period: part.period) }
    return { (file: inout OutputFile, summary: inout DetectSummary) throws(Problem) in
      try HotFile.write(cells, other: other, to: &file) { row in
        summary.count(classification: row.classification, reason: row.reason, isInterpolated: row.isInterpolated)
      }
    }
  }
}

extension CellField {
  /// The cells that have a value in both fields, with the other field's values.
  fileprivate func common(with other: CellField?) -> (field: CellField, other: [Double]) {
    var (slots, values): ([Int], [Double]) = ([], [])
    var place = 0
    if let other {
      for slot in cells.indices {
        while place < other.count, other.cells[place] < cells[slot] { place += 1 }
        if place < other.count, other.cells[place] == cells[slot] {
          slots.append(slot)
          values.append(other.values[place])
        }
      }
    }
    let field = CellField(
      cells: slots.map { cells[$0] }, values: slots.map { self.values[$0] }, variances: slots.map { variances[$0] },
      counts: slots.map { counts[$0] }, coverages: slots.map { coverages[$0] })
    return (field, values)
  }
}

/// `detect alarm`: cells in, every cell's contrast with its ring out.
///
/// - Parameters:
///   - onlyAlarms: Leave out cells that raise none.
///   - persistence: Only contrasts that come back are alarms; two columns then say how often and of how many periods.
public func detectAlarm(
  cellsPath: String, outPath: String, rule: AlarmRule, pollutant: Pollutant, onlyAlarms: Bool,
  persistence: AlarmPersistence? = nil, threads: Int = 1, messages: (String) -> Void
) throws -> DetectSummary {
  if let defect = rule.defect {
    throw Problem(defect, remedy: "see hotgrid detect alarm --help", exitStatus: .usage)
  }
  let statement = try MapStatement(
    verb: "detect alarm", method: "local outlier alarm", page: "docs/methods/local-outlier-alarm.md",
    settings: [
      "rule": rule.words(for: pollutant), "pollutant": pollutant.rawValue,
      "persistence": persistence?.description ?? "none",
    ], inputPaths: [cellsPath])
  // Periods come in order of time, so that one memory serves all.
  var memory = persistence.map(AlarmPersistence.Memory.init)
  return try detect(
    cellsPath: cellsPath, outPath: outPath,
    columns: HotFile.alarmColumns + (persistence == nil ? "" : ",alarm_periods,periods_seen"), statement: statement,
    messages: messages
  ) { part, summary in
    let contrasts = LocalContrast.all(of: part.field, rule: rule, pollutant: pollutant, threads: threads)
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
  cellsPath: String, outPath: String, columns: String, statement: MapStatement, background: FieldBackground? = nil,
  threads: Int = 1, messages: (String) -> Void,
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
  summary.periods = parts.count
  let stated = summary.stated(statement)
  try file.commit()
  try stated.write(beside: outPath)
  summary.statement = stated
  summary.readSeconds = readSeconds
  summary.detectSeconds = detectSeconds
  summary.writeSeconds = writeSeconds
  return summary
}
