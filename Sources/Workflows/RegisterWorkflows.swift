public import Diagnostics
internal import Enterprises
public import Evidence
internal import Export
internal import Geometry
public import Grids
public import Ingest

/// What `register check` was asked for.
public struct RegisterCheckRequest: Sendable {
  /// The register; rows that repeat a code are kept and told, not refused.
  public var enterprisesPath: String
  /// `nil` leaves the cross-checks with electricity out.
  public var metersPath: String?
  /// Load curves of these meters; `nil` checks places and codes of meters only.
  public var powerPath: String?
  /// Findings, one row each; `-` is standard output.
  public var outputPath: String
  /// Rows that cannot be used, one file for all inputs; `nil` writes none.
  public var rejectsPath: String?
  /// How alike two firms must be to be told as a pair.
  public var duplicates = NearDuplicates()
  /// Thresholds of the other checks.
  public var rules = RegisterRules()

  public init(enterprisesPath: String, outputPath: String) {
    self.enterprisesPath = enterprisesPath
    self.outputPath = outputPath
  }
}

/// What a check of the register found.
public struct RegisterCheckSummary: Sendable {
  /// Firms of the register that could be read, repeats among them.
  public let firms: Int
  /// Findings per kind, kinds in their order, none left out.
  public let findings: [(kind: RegisterFindingKind, count: Int)]
  /// Of all inputs together; lines are those of their own files.
  public let rejects: RejectLog
  /// What was not checked for lack of data, one sentence each.
  public let notes: [String]
  /// What the search for near-duplicates took.
  public let searching: Duration
}

/// Checks a register against itself and against meters, and writes one row per finding. Nothing is merged or corrected.
public func checkRegister(
  _ request: RegisterCheckRequest, grid: Grid, options: ReadOptions
) throws -> RegisterCheckSummary {
  let register = try PlacedRegister(path: request.enterprisesPath, grid: grid, options: options, repeats: .keep)
  let check = RegisterCheck(register.firms, places: register.places, rules: request.rules)
  var pairs: [DuplicatePair] = []
  let searching = ContinuousClock().measure {
    pairs = request.duplicates.pairs(register.firms, points: register.points, names: register.companyNames)
  }
  var findings = refusedCodes(register) + check.findings(pairs: pairs)
  var rejects = register.rejects
  var notes = register.notes
  if !register.firms.contains(where: { $0.permit != nil }) {
    notes.append("no firm of the register has a permit number")
  }
  if !register.firms.contains(where: { $0.grade != nil }) { notes.append("no firm of the register has a grade") }
  var meters: [Meter] = []
  if let path = request.metersPath {
    let read = try MetersFile.read(path: path, options: options)
    meters = read.value
    rejects.append(read.rejects)
    notes += read.notes
    var uses: [MeterUse]?
    if let power = request.powerPath {
      let loads = try PowerFile.read(path: power, options: options)
      rejects.append(loads.rejects)
      notes += loads.notes
      uses = joined(loads.value, meters)
    } else {
      notes.append("without --power only codes and places of meters are checked")
    }
    findings += check.findings(
      meters: meters, meterPoints: meters.map { $0.position.map(grid.projection.forward) }, uses: uses)
  }
  try write(findings, register, meters, to: request.outputPath)
  if let path = request.rejectsPath { try writeRejects(rejects, to: path) }
  return RegisterCheckSummary(
    firms: register.firms.count,
    findings: RegisterFindingKind.allCases.map { kind in (kind: kind, count: findings.count { $0.kind == kind }) },
    rejects: rejects, notes: notes, searching: searching)
}

/// Uses of the listed meters; curves of other meters are passed over.
private func joined(_ power: PowerReadings, _ meters: [Meter]) -> [MeterUse] {
  let uses = MeterUse.all(power.days, meterCount: power.meterIDs.count)
  var slots: [String: Int] = [:]
  for (slot, id) in power.meterIDs.enumerated() { slots[id] = slot }
  return meters.map { meter in
    slots[meter.id].map { uses[$0] } ?? MeterUse(days: 0, meanDailyKilowattHours: nil, loadFactor: nil)
  }
}

/// Rows refused for their code, with registered codes one edit away.
private func refusedCodes(_ register: PlacedRegister) -> [RegisterFinding] {
  let known = Set(register.firms.map(\.creditCode))
  return register.rejects.rows.compactMap { row in
    guard row.reason.contains("credit code") else { return nil }
    let fields = row.text.split(whereSeparator: { ",;\t\"".contains($0) })
    let near = fields.flatMap { CreditCode.registered(near: $0) { known.contains($0) } }
    let hint = near.isEmpty ? "" : "; one edit away: \(near.joined(separator: ", "))"
    return RegisterFinding(
      kind: .refusedCode, firm: nil, other: nil, meter: nil, value: Double(row.line), unit: "line",
      statement: "line \(row.line) was refused: \(row.reason)\(hint)",
      remedy: "compare the code with the licence; nothing was corrected")
  }
}

private func write(
  _ findings: [RegisterFinding], _ register: PlacedRegister, _ meters: [Meter], to path: String
) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write("kind,uscc,name,line,other_uscc,other_name,other_line,meter_id,value,unit,statement,remedy\n")
  for finding in findings {
    var line = CSVLine()
    line.add(finding.kind.rawValue)
    for slot in [finding.firm, finding.other] {
      let firm = slot.map { register.firms[$0] }
      line.add(firm?.creditCode ?? "")
      line.add(firm?.name ?? "")
      line.add(firm?.line)
    }
    line.add(finding.meter.map { meters[$0].id } ?? "")
    line.add(finding.value)
    line.add(finding.unit)
    line.add(finding.statement)
    line.add(finding.remedy)
    try file.write(line.end())
  }
  try file.commit()
}

/// What `register near` was asked for.
public struct RegisterNearRequest: Sendable {
  /// The register; firms without a position are near nothing.
  public var enterprisesPath: String
  /// Cells to look around.
  public var cells: [CellID]
  /// One row per hotspot of touching cells and firm, instead of per cell and firm.
  public var perHotspot = false
  /// From the nearest edge, metres.
  public var withinMetres = 3000.0
  /// Firms near the places, one row each; `-` is standard output.
  public var outputPath: String

  public init(enterprisesPath: String, cells: [CellID], outputPath: String) {
    self.enterprisesPath = enterprisesPath
    self.cells = cells
    self.outputPath = outputPath
  }
}

/// What `register near` found.
public struct RegisterNearSummary: Sendable {
  /// Cells that were asked for, or hotspots of touching ones.
  public let places: Int
  /// Rows written; a firm near several places has several.
  public let rows: Int
  /// Firms without a position, which stand near nothing.
  public let unplaced: Int
  /// What could not be used of the register, for the reject file.
  public let rejects: RejectLog
}

/// The cells of a table that are hot: those of a bin at least, where the table has bins; else all of them.
public func hotCells(path: String, minimumBin: Int, options: ReadOptions) throws -> [CellID] {
  let read = try HotCellsFile.read(path: path, options: options)
  let rows = read.value
  let hasBins = rows.contains { $0.bin != nil }
  return Array(Set(rows.filter { !hasBins || $0.bin ?? 0 >= minimumBin }.map(\.cell))).sorted()
}

/// Firms near cells or hotspots with distance, true bearing and the chance to be inside, one row each.
public func firmsNear(_ request: RegisterNearRequest, grid: Grid, options: ReadOptions) throws -> RegisterNearSummary {
  let register = try PlacedRegister(path: request.enterprisesPath, grid: grid, options: options)
  if let other = request.cells.first(where: { $0.sizeMetres != grid.coarsestMetres }) {
    throw Problem(
      "cell \(other) is not of \(grid.coarsestMetres) m", remedy: "name cells of the grid's coarsest level",
      exitStatus: .usage)
  }
  let finder = FirmFinder(register.places, projection: grid.projection)
  let shapes = HotspotShape.connected(request.cells)
  let industries = RegisterRules().industries
  var file = try OutputFile(path: request.outputPath)
  try file.write(
    "\(request.perHotspot ? "hotspot,cells" : "cell,hotspot"),uscc,name,distance_m,bearing_deg,probability_inside,"
      + "uncertainty_m,position,industry_code,air_related,grade,status,line\n")
  var rows = 0
  func add(_ head: [String], _ near: NearbyFirm) throws {
    let firm = register.firms[near.firm]
    let uncertainty = register.places.places[near.firm].uncertainty
    var line = CSVLine()
    for text in head { line.add(text) }
    line.add(firm.creditCode)
    line.add(firm.name)
    line.add((near.distanceMetres * 10).rounded() / 10)
    line.add((near.bearingDegrees * 100).rounded() / 100)
    line.add((near.probability * 1e4).rounded() / 1e4)
    line.add(uncertainty.map { $0.radiusMetres.rounded() })
    line.add(uncertainty?.origin.rawValue ?? "")
    line.add(firm.industryCode)
    line.add(industries.isAirRelated(firm.industryCode) ? 1 : 0)
    line.add(firm.grade?.rawValue ?? "")
    line.add(firm.status ?? "")
    line.add(firm.line)
    try file.write(line.end())
    rows += 1
  }
  for shape in shapes {
    if request.perHotspot {
      for near in finder.firms(within: request.withinMetres, of: shape) {
        try add([shape.id.description, "\(shape.cells.count)"], near)
      }
    } else {
      for cell in shape.cells {
        for near in finder.firms(within: request.withinMetres, of: cell) {
          try add([cell.description, shape.id.description], near)
        }
      }
    }
  }
  try file.commit()
  return RegisterNearSummary(
    places: request.perHotspot ? shapes.count : request.cells.count, rows: rows,
    unplaced: register.points.count { $0 == nil }, rejects: register.rejects)
}
