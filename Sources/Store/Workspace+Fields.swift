internal import Diagnostics
internal import Foundation
internal import GRDB
public import Grids
public import Quantities
public import Readings
internal import Geometry

extension Workspace {
  /// One day of a raster or swath variable on cells, merged across files.
  ///
  /// Where several files saw a cell on one day, the value is the mean weighted by area and quality (by coverage where a
  /// file was taken in without weights, by count where there is no coverage), variances are combined as for independent
  /// errors, and counts add up. Coverage adds up to at most 1 for rasters, which adjoin; of swaths, which overlap, the
  /// best counts: a lower bound.
  /// - Returns: `nil` when no file has that day.
  public func cellField(kind: InputKind, variable: String, day: LocalDay) throws -> CellField? {
    let blocks = try read { db in
      try Data.fetchAll(
        db, sql: "SELECT block FROM field WHERE kind = ? AND variable = ? AND day = ? ORDER BY file",
        arguments: [kind.rawValue, variable, day.ordinal])
    }
    let fields = try blocks.map { try Self.decodeWeightedField($0) }
    guard let first = fields.first else { return nil }
    return fields.count == 1 ? first.field : Self.merge(fields, overlapping: kind == .swath)
  }

  /// Files behind one day of a variable, in the order of their ingestion.
  public func fieldFiles(kind: InputKind, variable: String, day: LocalDay) throws -> [InputFile] {
    let ids = try read { db in
      try Int64.fetchAll(
        db, sql: "SELECT file FROM field WHERE kind = ? AND variable = ? AND day = ? ORDER BY file",
        arguments: [kind.rawValue, variable, day.ordinal])
    }
    return try ids.compactMap { try inputFile(id: $0) }
  }

  /// Variables of a kind (`raster` or `swath`) that have any day, ascending.
  public func variables(kind: InputKind) throws -> [String] {
    try read { db in
      try String.fetchAll(
        db, sql: "SELECT DISTINCT variable FROM field WHERE kind = ? ORDER BY variable", arguments: [kind.rawValue])
    }
  }

  /// Wind of the days, by time, then longitude, then latitude.
  public func wind(days: ClosedRange<LocalDay>) throws -> [WindObservation] {
    let blocks = try read { db in
      try Data.fetchAll(
        db, sql: "SELECT block FROM wind WHERE day BETWEEN ? AND ? ORDER BY day, file",
        arguments: [days.lowerBound.ordinal, days.upperBound.ordinal])
    }
    return try parallelMap(blocks.count) { try Self.decodeWind(blocks[$0]) }.flatMap(\.self).sorted {
      ($0.time, $0.position.longitude, $0.position.latitude) < ($1.time, $1.position.longitude, $1.position.latitude)
    }
  }

  // MARK: Blocks

  static func insertFields(_ db: Database, _ batch: IngestBatch, file: InputFile) throws {
    let insert = try db.cachedStatement(
      sql: "INSERT INTO field(file, kind, variable, day, cell_metres, row_count, block) VALUES(?,?,?,?,?,?,?)")
    for day in batch.fields {
      try insert.execute(arguments: [
        file.id, file.record.kind.rawValue, day.variable, day.day.ordinal, day.field.cells.first?.sizeMetres ?? 0,
        day.field.count, Self.encode(day.field, weights: day.weights),
      ])
    }
    let insertWind = try db.cachedStatement(sql: "INSERT INTO wind(file, day, row_count, block) VALUES(?,?,?,?)")
    for (day, rows) in Self.rowsByDay(batch.wind.map(\.time.hour.ordinal)) {
      var block = ColumnBlockWriter()
      block.append(rows.map { batch.wind[$0].time.secondsSinceEpoch })
      block.append(rows.map { batch.wind[$0].position.longitude })
      block.append(rows.map { batch.wind[$0].position.latitude })
      block.append(rows.map { batch.wind[$0].eastward })
      block.append(rows.map { batch.wind[$0].northward })
      try insertWind.execute(arguments: [file.id, day, rows.count, block.finish()])
    }
  }

  static func encode(_ field: CellField, weights: [Double] = []) -> Data {
    var block = ColumnBlockWriter()
    block.append(field.cells.map(\.sizeMetres))
    block.append(field.cells.map(\.column))
    block.append(field.cells.map(\.row))
    block.append(field.values)
    block.append(field.variances)
    block.append(field.counts)
    block.append(field.coverages)
    if !weights.isEmpty { block.append(weights) }
    return block.finish()
  }

  static func decodeField(_ block: Data) throws -> CellField { try decodeWeightedField(block).field }

  /// A field with its weights; blocks of before weights were kept weigh by coverage, or by count.
  static func decodeWeightedField(_ block: Data) throws -> (field: CellField, weights: [Double]) {
    var reader = try ColumnBlockReader(block, name: "field")
    let cells = try decodeCells(&reader)
    let values = try reader.doubles()
    let variances = try reader.doubles()
    let counts = try reader.int32s()
    let coverages = try reader.doubles()
    let weights =
      reader.isAtEnd
      ? coverages.indices.map { coverages[$0].isNaN ? Double(max(1, counts[$0])) : coverages[$0] }
      : try reader.doubles()
    return (
      CellField(cells: cells, values: values, variances: variances, counts: counts, coverages: coverages), weights
    )
  }

  static func decodeCells(_ reader: inout ColumnBlockReader) throws -> [CellID] {
    let sizes = try reader.int32s()
    let columns = try reader.int32s()
    let rows = try reader.int32s()
    return sizes.indices.map { CellID(sizeMetres: sizes[$0], column: columns[$0], row: rows[$0]) }
  }

  private static func decodeWind(_ block: Data) throws -> [WindObservation] {
    var reader = try ColumnBlockReader(block, name: "wind")
    let times = try reader.int64s()
    let longitudes = try reader.doubles()
    let latitudes = try reader.doubles()
    let eastward = try reader.doubles()
    let northward = try reader.doubles()
    return times.indices.map {
      WindObservation(
        time: Instant(secondsSinceEpoch: times[$0]),
        position: LonLat(longitude: longitudes[$0], latitude: latitudes[$0]), eastward: eastward[$0],
        northward: northward[$0])
    }
  }

  /// Fields of one day from several files as one; see ``cellField(kind:variable:day:)``.
  static func merge(_ fields: [(field: CellField, weights: [Double])], overlapping: Bool) -> CellField {
    var rows: [(cell: CellID, field: Int, slot: Int)] = []
    for (number, part) in fields.enumerated() {
      rows += part.field.cells.enumerated().map { ($0.element, number, $0.offset) }
    }
    rows.sort { ($0.cell, $0.field) < ($1.cell, $1.field) }
    var cells: [CellID] = []
    var values: [Double] = []
    var variances: [Double] = []
    var counts: [Int32] = []
    var coverages: [Double] = []
    var start = 0
    while start < rows.count {
      var end = start
      var weightSum = 0.0
      var sum = 0.0
      var variance = 0.0
      var count: Int32 = 0
      var coverage = 0.0
      while end < rows.count, rows[end].cell == rows[start].cell {
        let (field, weights) = fields[rows[end].field]
        let slot = rows[end].slot
        let weight = weights[slot]
        weightSum += weight
        sum += weight * field.values[slot]
        variance += weight * weight * field.variances[slot]
        count += field.counts[slot]
        coverage = overlapping ? max(coverage, field.coverages[slot]) : coverage + field.coverages[slot]
        end += 1
      }
      if weightSum > 0 {
        cells.append(rows[start].cell)
        values.append(sum / weightSum)
        variances.append(variance / (weightSum * weightSum))
        counts.append(count)
        coverages.append(coverage.isNaN ? .nan : min(1, coverage))
      }
      start = end
    }
    return CellField(cells: cells, values: values, variances: variances, counts: counts, coverages: coverages)
  }
}
