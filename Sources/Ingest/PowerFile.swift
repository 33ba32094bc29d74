internal import Diagnostics
internal import Dispatch
public import Enterprises
internal import Quantities

/// Load curves of one power file, with the meter ids their positions stand for.
public struct PowerReadings: Sendable {
  /// In order of first appearance.
  public var meterIDs: [String]
  /// Days ascending.
  public var days: [DayLoads]
  /// Rows whose kWh is a code for no value: read, but neither kept nor rejected.
  public var missingRows: Int
}

/// Reads `power` files: `meter_id,circuit,time,kwh[,register_kwh]`, quarter-hourly or hourly.
///
/// `register_kwh` is the cumulative register (电能表示数) at the time of the row: at the beginning of its interval where
/// times label the beginning, else at the end.
///
/// Blocks of lines are parsed on all cores and put into dense curves in file order, so that the result does not
/// depend on the number of threads.
public enum PowerFile {
  static let columns = [
    TableColumn("meter_id", aliases: ["meter", "meterid", "户号", "表号", "电表编号"]),
    TableColumn("circuit", isRequired: false, aliases: ["回路", "类型"]),
    TableColumn("time", aliases: ["datetime", "timestamp", "date", "时间"]),
    TableColumn("kwh", aliases: ["energy", "energy_kwh", "usage_kwh", "用电量", "电量"]),
    TableColumn("register_kwh", isRequired: false, aliases: ["register", "cumulative_kwh", "示数", "表底数", "止码"]),
  ]

  /// - Parameter label: What a row's time stands for; see ``PowerLabel``.
  public static func read(
    path: String, options: ReadOptions, label: PowerLabel = .begin
  ) throws -> ReadResult<PowerReadings> {
    var blocks = try TextBlocks(path: path, encoding: options.encoding, blockBytes: options.blockBytes)
    let task = path.split(separator: "/").last.map(String.init) ?? path
    guard var first = try blocks.next() else { throw Problem("\(path) is empty", remedy: "take the file again") }
    let layout = try takeHeader(&first, path: path, label: label, now: options.now)
    var gatherer = PowerGatherer(label: label)
    var wave = [first]
    while !wave.isEmpty {
      while wave.count < max(1, options.threads), let block = try blocks.next() { wave.append(block) }
      let texts = wave
      let parsed = try parallelParse(texts, layout: layout)
      for (text, block) in zip(texts, parsed) { gatherer.add(block, text: text) }
      options.progress.report(task: task, completed: blocks.bytesDone, total: blocks.byteCount, unit: "B")
      wave = []
      if let block = try blocks.next() { wave.append(block) }
    }
    options.progress.finish(task: task)
    return gatherer.result(encoding: blocks.encoding)
  }

  /// Cuts the header off the first block and finds the columns.
  private static func takeHeader(
    _ block: inout [UInt8], path: String, label: PowerLabel, now: Instant
  ) throws -> PowerLayout {
    let end = block.firstIndex(of: 0x0A) ?? block.count
    var header: [String] = []
    let separator = delimiter(of: block)
    var splitter = RecordSplitter(delimiter: separator)
    splitter.feed(Array(block[..<end])) { header = $0.fields }
    let places = try columnPlaces(header, columns: columns, path: path)
    guard let meter = places[0], let time = places[2], let energy = places[3] else {
      throw Problem("\(path) lacks a column", remedy: "give meter_id, circuit, time, kwh")
    }
    block.removeFirst(min(block.count, end + 1))
    let lastQuarter = Int32(
      truncatingIfNeeded: (now.secondsSinceEpoch + BeijingTime.offsetSeconds).flooredQuotient(by: 900))
    return PowerLayout(
      delimiter: separator, meter: meter, circuit: places[1], time: time, energy: energy, register: places[4],
      label: label, lastQuarter: lastQuarter)
  }

  private static func parallelParse(_ texts: [[UInt8]], layout: PowerLayout) throws -> [PowerBlock] {
    var blocks = [PowerBlock?](repeating: nil, count: texts.count)
    blocks.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      DispatchQueue.concurrentPerform(iterations: texts.count) { k in
        out[k] = texts[k].withUnsafeBufferPointer { PowerBlock($0, layout: layout) }
      }
    }
    return blocks.compactMap(\.self)
  }
}

/// Puts parsed blocks together in file order.
private struct PowerGatherer {
  private var collector: LoadCollector
  private var meterIDs: [String] = []
  private var numbers: [String: Int32] = [:]
  private var rejects = RejectLog()
  private var rowsRead = 0
  private var rowsKept = 0
  private var missingRows = 0
  /// Line of the next block's first row; the header is line 1.
  private var line: Int32 = 2

  init(label: PowerLabel) { collector = LoadCollector(hourlyPhase: label == .begin ? 0 : 3) }

  mutating func add(_ block: PowerBlock, text: [UInt8]) {
    let meters = block.meterIDs.map { id in
      if let number = numbers[id] { return number }
      let number = Int32(meterIDs.count)
      numbers[id] = number
      meterIDs.append(id)
      return number
    }
    var defects = block.defects
    for row in block.meters.indices {
      let outcome = collector.add(
        meter: meters[Int(block.meters[row])], circuit: block.circuits[row], quarter: block.quarters[row],
        kilowattHours: block.energies[row], line: line + block.lines[row])
      switch outcome {
      case .kept:
        rowsKept += 1
        if !block.registers.isEmpty, !block.registers[row].isNaN {
          collector.addRegister(
            meter: meters[Int(block.meters[row])], circuit: block.circuits[row], quarter: block.quarters[row],
            kilowattHours: block.registers[row])
        }
      case .repeated: defects.append(defect(row, block, text, "row repeats an earlier one"))
      case .contradicts:
        defects.append(defect(row, block, text, "second, different value for the same meter, circuit and time"))
      }
    }
    for defect in defects.sorted(by: { $0.line < $1.line }) {
      rejects.reject(line: Int(line + defect.line), reason: defect.reason, text: defect.text)
    }
    rowsRead += block.rowCount
    missingRows += block.missingCount
    line += block.lineCount
  }

  private func defect(_ row: Int, _ block: PowerBlock, _ text: [UInt8], _ reason: String) -> PowerBlock.Defect {
    let bytes = text[Int(block.starts[row])...].prefix { $0 != 0x0A && $0 != 0x0D }
    return PowerBlock.Defect(line: block.lines[row], reason: reason, text: String(decoding: bytes, as: UTF8.self))
  }

  consuming func result(encoding: String) -> ReadResult<PowerReadings> {
    let (ids, rejects, read, kept, missing) = (meterIDs, rejects, rowsRead, rowsKept, missingRows)
    let days = collector.finish()
    var notes: [String] = []
    if missing > 0 { notes.append("\(missing) rows have no value for kwh") }
    return ReadResult(
      value: PowerReadings(meterIDs: ids, days: days, missingRows: missing), rejects: rejects, rowsRead: read,
      rowsKept: kept, rowsPassedOver: missing, encoding: encoding, notes: notes)
  }
}
