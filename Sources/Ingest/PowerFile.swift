internal import Diagnostics
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
/// Blocks of lines are parsed on all cores while one of them puts finished ones into dense curves in file order, so that the
/// result does not depend on the number of threads.
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
    let source = try LineSource(path: path, encoding: options.encoding, blockBytes: options.blockBytes)
    let layout = try layout(of: source, label: label, now: options.now)
    let (sink, _) = try parseBlocks(of: source, options: options, into: PowerSink(label: label)) { reader in
      PowerWorker(reader: reader, layout: layout)
    }
    return sink.result(encoding: source.encoding.rawValue)
  }

  /// Takes the header and finds the columns.
  private static func layout(of source: LineSource, label: PowerLabel, now: Instant) throws -> PowerLayout {
    let line = try source.header()
    let separator = delimiter(of: line)
    var header: [String] = []
    var splitter = RecordSplitter(delimiter: separator)
    splitter.feed(line) { header = $0.fields }
    splitter.feed([0x0A]) { header = $0.fields }
    let places = try columnPlaces(header, columns: columns, path: source.path)
    guard let meter = places[0], let time = places[2], let energy = places[3] else {
      throw Problem("\(source.path) lacks a column", remedy: "give meter_id, circuit, time, kwh")
    }
    let lastQuarter = Int32(
      truncatingIfNeeded: (now.secondsSinceEpoch + BeijingTime.offsetSeconds).flooredQuotient(by: 900))
    return PowerLayout(
      delimiter: separator, meter: meter, circuit: places[1], time: time, energy: energy, register: places[4],
      label: label, lastQuarter: lastQuarter)
  }
}

/// Puts parsed blocks together in file order.
private struct PowerSink: PartSink {
  private var collector: LoadCollector
  private var meterIDs: [String] = []
  private var numbers: [String: Int32] = [:]
  /// By worker: names of its meters, and their numbers in the file, -1 before they occur.
  private var readers: [(names: [String], numbers: [Int32])] = []
  private var rejects = RejectLog()
  private var rowsRead = 0
  private var rowsKept = 0
  private var missingRows = 0
  /// Line of the next block's first row; the header is line 1.
  private var line: Int32 = 2

  init(label: PowerLabel) { collector = LoadCollector(hourlyPhase: label == .begin ? 0 : 3) }

  mutating func add(_ part: PowerPart) {
    let reader = part.reader
    while readers.count <= reader { readers.append(([], [])) }
    readers[reader].names += part.newNames
    readers[reader].numbers += repeatElement(-1, count: part.newNames.count)
    var faults = part.faults
    // Found when a row of the block is refused.
    var lineStarts: [Int] = []
    for (position, run) in part.runs.enumerated() {
      var meter = readers[reader].numbers[Int(run.meter)]
      if meter < 0 { meter = number(run.meter, reader) }
      let start = Int(run.start)
      let end = position + 1 < part.runs.count ? Int(part.runs[position + 1].start) : part.energies.count
      rowsKept += end - start
      var refused: [(offset: Int, outcome: LoadCollector.Outcome)] = []
      collector.add(
        meter: meter, circuit: run.circuit, quarter: run.quarter, kilowattHours: part.energies[start..<end],
        line: line + run.line
      ) { refused.append(($0, $1)) }
      if !refused.isEmpty {
        rowsKept -= refused.count
        if lineStarts.isEmpty { lineStarts = [0] + part.text.indices.filter { part.text[$0] == 0x0A }.map { $0 + 1 } }
        faults += refused.map { fault(run.line + Int32($0.offset), $0.outcome, part.text, lineStarts) }
      }
      guard !part.registers.isEmpty else { continue }
      for offset in 0..<end - start where !part.registers[start + offset].isNaN {
        guard !refused.contains(where: { $0.offset == offset }) else { continue }
        collector.addRegister(
          meter: meter, circuit: run.circuit, quarter: run.quarter + Int32(offset),
          kilowattHours: part.registers[start + offset])
      }
    }
    for fault in faults.sorted(by: { $0.line < $1.line }) {
      rejects.reject(line: Int(line + fault.line), reason: fault.reason, text: fault.text)
    }
    rowsRead += part.rowCount
    missingRows += part.missingCount
    line += part.lineCount
  }

  /// The file's number of a worker's meter that occurs for the first time.
  private mutating func number(_ meter: Int32, _ reader: Int) -> Int32 {
    let name = readers[reader].names[Int(meter)]
    let number = numbers[name] ?? Int32(meterIDs.count)
    if Int(number) == meterIDs.count {
      numbers[name] = number
      meterIDs.append(name)
    }
    readers[reader].numbers[Int(meter)] = number
    return number
  }

  /// A row that another one came before.
  private func fault(
    _ row: Int32, _ outcome: LoadCollector.Outcome, _ text: [UInt8], _ lineStarts: [Int]
  ) -> RowFault {
    let bytes = text[lineStarts[Int(row)]...].prefix { $0 != 0x0A && $0 != 0x0D }
    return RowFault(
      line: row,
      reason: outcome == .repeated
        ? "row repeats an earlier one" : "second, different value for the same meter, circuit and time",
      text: String(decoding: bytes, as: UTF8.self))
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
