internal import Diagnostics
internal import Enterprises
internal import Ingest
internal import Quantities

/// The files that electricity is judged by, joined.
struct PowerInputs {
  var meters: [Meter] = []
  var enterprises: [Enterprise] = []
  var orders = OrderBook([])
  var blocks: [DayLoads] = []
  var rejects = RejectLog()
  var notes: [String] = []

  /// - Parameter enterprisesPath: `nil` knows firms only by the codes of their meters.
  init(
    powerPath: String, metersPath: String, ordersPath: String, enterprisesPath: String?, label: PowerLabel,
    options: ReadOptions
  ) throws {
    let meterRows = try MetersFile.read(path: metersPath, options: options)
    meters = meterRows.value
    add(meterRows.rejects, meterRows.notes, metersPath)
    try readOrders(ordersPath, options)
    try readEnterprises(enterprisesPath, options)
    let power = try PowerFile.read(path: powerPath, options: options, label: label)
    add(power.rejects, power.notes, powerPath)
    join(power.value, powerPath: powerPath)
  }

  /// Orders and firms alone.
  init(ordersPath: String, enterprisesPath: String, options: ReadOptions) throws {
    try readOrders(ordersPath, options)
    try readEnterprises(enterprisesPath, options)
  }

  private mutating func readOrders(_ path: String, _ options: ReadOptions) throws {
    let orderRows = try OrdersFile.read(path: path, options: options)
    orders = OrderBook(orderRows.value)
    add(orderRows.rejects, orderRows.notes, path)
    for refused in orders.refused {
      rejects.reject(line: Int(refused.order.line), reason: "orders: \(refused.reason)", text: refused.order.id)
    }
    if orders.amendedCount > 0 { notes.append("\(orders.amendedCount) orders were replaced by later rows of their id") }
  }

  private mutating func readEnterprises(_ path: String?, _ options: ReadOptions) throws {
    if let path {
      let rows = try EnterprisesFile.read(path: path, options: options)
      enterprises = rows.value
      add(rows.rejects, rows.notes, path)
    } else {
      enterprises = PowerInputs.firmsOfMeters(meters)
      if orders.orders.contains(where: { !$0.scope.isByCreditCode }) {
        notes.append("without --enterprises, orders by county or industry bind nobody")
      }
    }
  }

  private mutating func add(_ log: RejectLog, _ fileNotes: [String], _ path: String) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    for row in log.rows { rejects.reject(line: row.line, reason: "\(name): \(row.reason)", text: row.text) }
    notes += fileNotes.map { "\(name): \($0)" }
  }

  /// Firms known only by the codes of their meters: orders by credit code can still bind them.
  private static func firmsOfMeters(_ meters: [Meter]) -> [Enterprise] {
    var seen: Set<String> = []
    return meters.compactMap { meter in
      guard let code = meter.creditCode, seen.insert(code).inserted else { return nil }
      return Enterprise(
        creditCode: code, name: code, industryCode: "", position: nil, declared: nil, address: nil, countyCode: nil,
        permit: nil, grade: nil, status: nil, line: meter.line)
    }
  }

  /// Registers of known meters, by the positions of the meter list.
  private static func placed(_ registers: [DayRegister], _ map: [Int32]) -> [DayRegister] {
    registers.compactMap { register in
      guard map[Int(register.meter)] >= 0 else { return nil }
      var placed = register
      placed.meter = map[Int(register.meter)]
      return placed
    }.sorted { ($0.meter, $0.circuit.ordinal) < ($1.meter, $1.circuit.ordinal) }
  }

  /// Gives curves the positions of the meter list; curves of meters that are not in it are left out and counted.
  private mutating func join(_ power: PowerReadings, powerPath: String) {
    var slots: [String: Int32] = [:]
    for (slot, meter) in meters.enumerated() where slots[meter.id] == nil { slots[meter.id] = Int32(slot) }
    let map = power.meterIDs.map { slots[$0] ?? -1 }
    let unknown = power.meterIDs.indices.filter { map[$0] < 0 }.map { power.meterIDs[$0] }
    if let example = unknown.min() {
      notes.append("\(unknown.count) meters of \(powerPath), such as \(example), are not in the meters file: left out")
    }
    blocks = power.days
    for number in blocks.indices {
      let registers = Self.placed(blocks[number].registers, map)
      defer { blocks[number].registers = registers }
      if unknown.isEmpty {
        for curve in blocks[number].meters.indices {
          blocks[number].meters[curve] = map[Int(blocks[number].meters[curve])]
        }
        continue
      }
      var kept = DayLoads(day: blocks[number].day)
      for curve in 0..<blocks[number].count {
        let load = blocks[number][curve]
        let slot = map[Int(load.meter)]
        guard slot >= 0 else { continue }
        kept.append(
          LoadDay(
            meter: slot, circuit: load.circuit, day: load.day, energyKilowattHours: load.energyKilowattHours,
            isHourly: load.isHourly, firstLine: load.firstLine))
      }
      blocks[number] = kept
    }
  }
}

extension OrderScope {
  fileprivate var isByCreditCode: Bool { if case .creditCodes = self { true } else { false } }
}
