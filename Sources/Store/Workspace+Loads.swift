internal import Diagnostics
public import Enterprises
internal import Foundation
internal import GRDB
public import Quantities

extension Workspace {
  /// Load curves of declared meters, one element per day that has any, days ascending.
  ///
  /// Meters are positions in the list that ``meters()`` gives; curves are sorted by (meter, circuit). Where two files
  /// have a curve for one meter, circuit and day, the quarter hours of the later ingested file win, one by one.
  /// Blocks are unpacked on every core.
  /// - Returns: The curves, and for each the ``InputFile/id`` it came from (of the later file where two were joined).
  public func loadDays(days: ClosedRange<LocalDay>) throws -> [(loads: DayLoads, files: [Int64])] {
    let (blocks, numbers) = try read { db in
      (
        try Row.fetchAll(
          db, sql: "SELECT file, day, block FROM load_day WHERE day BETWEEN ? AND ? ORDER BY day, file",
          arguments: [days.lowerBound.ordinal, days.upperBound.ordinal]
        ).map { FileBlock(file: $0[0], day: $0[1], block: $0[2]) },
        try Int.fetchAll(
          db,
          sql: """
            SELECT DISTINCT n.number FROM meter m JOIN meter_name n ON n.number = m.meter ORDER BY n.meter_id
            """)
      )
    }
    var slots = [Int32](repeating: -1, count: (numbers.max() ?? 0) + 1)
    for (slot, number) in numbers.enumerated() { slots[number] = Int32(slot) }
    let slotOfNumber = slots
    var groups: [Range<Int>] = []
    for k in blocks.indices {
      if let last = groups.last, blocks[last.lowerBound].day == blocks[k].day {
        groups[groups.count - 1] = last.lowerBound..<k + 1
      } else {
        groups.append(k..<k + 1)
      }
    }
    let ranges = groups
    return try parallelMap(ranges.count) { try Self.decodeLoads(blocks[ranges[$0]], slotOfNumber: slotOfNumber) }
  }

  static func insertLoads(_ db: Database, _ batch: IngestBatch, file: Int64) throws {
    guard !batch.loads.isEmpty else { return }
    let numbers = try intern(db, batch.meterIDs, table: "meter_name", column: "meter_id")
    let insert = try db.cachedStatement(sql: "INSERT INTO load_day(file, day, row_count, block) VALUES(?,?,?,?)")
    // A few days at a time: all blocks of a large file at once would double its memory.
    for start in stride(from: 0, to: batch.loads.count, by: 8) {
      let part = batch.loads[start..<min(start + 8, batch.loads.count)]
      let blocks = try parallelMap(part.count) { Self.encode(part[start + $0], numbers: numbers) }
      for (loads, block) in zip(part, blocks) {
        try insert.execute(arguments: [file, loads.day.ordinal, loads.count, block])
      }
    }
  }

  private static func encode(_ loads: DayLoads, numbers: [Int32]) -> Data {
    var block = ColumnBlockWriter()
    block.append(loads.meters.map { numbers[Int($0)] })
    block.append(loads.circuits)
    block.append(loads.hourly)
    block.append(loads.firstLines)
    block.append(loads.energyKilowattHours)
    return block.finish()
  }

  /// One day's blocks, in the order of their files, as one table.
  private static func decodeLoads(
    _ blocks: ArraySlice<FileBlock>, slotOfNumber: [Int32]
  ) throws -> (loads: DayLoads, files: [Int64]) {
    guard let day = blocks.first?.day else { preconditionFailure("a day has at least one block") }
    var parts: [DayLoads] = []
    var keys: [(key: Int64, part: Int, row: Int)] = []
    for (part, block) in blocks.enumerated() {
      var reader = try ColumnBlockReader(block.block, name: "power of \(LocalDay(ordinal: day))")
      var loads = DayLoads(day: LocalDay(ordinal: day))
      loads.meters = try reader.int32s()
      loads.circuits = try reader.uint8s()
      loads.hourly = try reader.uint8s()
      loads.firstLines = try reader.int32s()
      loads.energyKilowattHours = try reader.floats()
      for row in loads.meters.indices {
        let number = Int(loads.meters[row])
        let slot = number < slotOfNumber.count ? slotOfNumber[number] : -1
        if slot >= 0 { keys.append((Int64(slot) << 8 | Int64(loads.circuits[row]), part, row)) }
      }
      parts.append(loads)
    }
    keys.sort { ($0.key, $0.part, $0.row) < ($1.key, $1.part, $1.row) }
    return join(parts, keys, day: LocalDay(ordinal: day), files: blocks.map(\.file))
  }

  private static func join(
    _ parts: [DayLoads], _ keys: [(key: Int64, part: Int, row: Int)], day: LocalDay, files: [Int64]
  ) -> (loads: DayLoads, files: [Int64]) {
    var merged = DayLoads(day: day)
    merged.energyKilowattHours.reserveCapacity(keys.count * 96)
    var sources: [Int64] = []
    var previous: Int64 = -1
    for (key, part, row) in keys {
      let from = parts[part]
      let curve = from.energyKilowattHours[row * 96..<row * 96 + 96]
      if key == previous {
        let start = merged.energyKilowattHours.count - 96
        for (step, value) in curve.enumerated() where !value.isNaN { merged.energyKilowattHours[start + step] = value }
        merged.hourly[merged.count - 1] &= from.hourly[row]
        merged.firstLines[merged.count - 1] = from.firstLines[row]
        sources[sources.count - 1] = files[part]
        continue
      }
      previous = key
      merged.meters.append(Int32(key >> 8))
      merged.circuits.append(from.circuits[row])
      merged.hourly.append(from.hourly[row])
      merged.firstLines.append(from.firstLines[row])
      merged.energyKilowattHours += curve
      sources.append(files[part])
    }
    return (merged, sources)
  }
}
