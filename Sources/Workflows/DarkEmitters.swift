public import Diagnostics
internal import Enterprises
internal import Evaluation
public import Evidence
internal import Export
internal import Geometry
public import Grids
public import Ingest
internal import Inspections
internal import Quantities
internal import Readings

/// What `dark` was asked for. Each path may be left out, but not all of hot, flags, fires and complaints.
public struct DarkRequest: Sendable {
  /// A hot or alarm file; interpolated cells are no evidence. `nil` for none.
  public var hotPath: String?
  /// Flags of `power flags`, and the meters they are about.
  public var flagsPath: String?
  /// Needed with `flagsPath`: only meters without a firm count, and they need positions.
  public var metersPath: String?
  /// Fire detections; `nil` for none.
  public var firesPath: String?
  /// Complaints; those about air in the window before the file's last day count. `nil` for none.
  public var complaintsPath: String?
  /// The register, whose air-related firms explain signs in their cells; `nil` explains nothing.
  public var enterprisesPath: String?
  /// `cell,explained_share` of an attribution.
  public var explainedPath: String?
  /// Outcomes of visits, which confirm and refute cells and put the chances right.
  public var confirmedPath: String?
  /// The draw they belong to, which makes an interval of the number of sources; needs outcomes.
  public var drawnPath: String?
  /// Suspects and the cells about which the screen keeps silent.
  public var outputPath: String
  /// The estimates per county, city and region; `nil` writes none.
  public var estimatesPath: String?
  /// Thresholds and priors of the screen.
  public var rules = DarkRules()
  /// Window and repeats of complaints.
  public var complaintRules = ComplaintRules()

  public init(outputPath: String) { self.outputPath = outputPath }
}

/// What `dark` found.
public struct DarkSummary: Sendable {
  /// Cells with evidence of two kinds and a posterior from a half.
  public let suspects: Int
  /// Cells with evidence that are no suspects, per reason.
  public let silent: [(reason: DarkAbstention, cells: Int)]
  /// Cells with each sign, of the cells observed for it.
  public let signs: [(sign: DarkSign, there: Int, observed: Int, background: Double?)]
  /// Share of cells with an unregistered source as learned from the evidence, 0...1.
  public let prevalence: Double
  /// Counties with evidence by code, then their cities, then the region.
  public let estimates: [UnseenEstimate]
  /// Cells that visits confirmed and refuted, and what that did to the chances; `nil` without outcomes.
  public let visits: (confirmed: Int, refuted: Int, calibration: DarkCalibration, sensitivity: VisitSensitivity)?
  /// What could not be used, for the reject file; lines are those of their own files.
  public let rejects: RejectLog
  /// What was missing and how the screen went on without it, one sentence each.
  public let notes: [String]
}

/// Joins what may speak of unregistered sources, writes suspects with their evidence and estimates how many are unseen.
public func findDarkEmitters(_ request: DarkRequest, grid: Grid, options: ReadOptions) throws -> DarkSummary {
  var reading = DarkReading(grid: grid, options: options)
  let inputs = try reading.inputs(request)
  let cells = inputs.evidence(request.rules)
  let screen = DarkScreen(cells, rules: request.rules)
  let (visits, frame, pairs) = try reading.visits(request)
  let assessment = DarkAssessment(screen, visits: visits, frame: frame, pairs: pairs, region: inputs.region)
  let estimates = UnseenSources().estimates(assessment.units, region: inputs.region, design: assessment.design)
  try write(screen, assessment, inputs.region, to: request.outputPath)
  if let path = request.estimatesPath { try write(estimates, to: path) }
  if inputs.explained.isEmpty {
    reading.notes.append(
      "without --explained, each registered firm in a cell is given an assumed chance to cause its signs")
  }
  return DarkSummary(
    suspects: screen.suspects.count,
    silent: DarkAbstention.allCases.map { reason in
      (reason: reason, cells: screen.judgements.count { $0.abstention == reason })
    },
    signs: DarkSign.allCases.enumerated().map { place, sign in
      (
        sign: sign, there: cells.count { $0.signs[place] == true }, observed: cells.count { $0.signs[place] != nil },
        background: screen.background[place]
      )
    }, prevalence: screen.prevalence, estimates: estimates,
    visits: visits.isEmpty
      ? nil
      : (
        confirmed: assessment.confirmed.count, refuted: assessment.refuted.count, calibration: assessment.calibration,
        sensitivity: assessment.sensitivity
      ), rejects: reading.rejects, notes: reading.notes)
}

/// Reads the files of a request.
private struct DarkReading {
  let grid: Grid
  let options: ReadOptions
  var rejects = RejectLog()
  var notes: [String] = []

  init(grid: Grid, options: ReadOptions) {
    self.grid = grid
    self.options = options
  }

  private mutating func take<Value>(_ read: ReadResult<Value>) -> Value {
    rejects.append(read.rejects)
    notes += read.notes
    return read.value
  }

  mutating func inputs(_ request: DarkRequest) throws -> DarkInputs {
    let region = try RegionSource.region(grid: grid, sizeMetres: grid.coarsestMetres).region
    let grid = grid
    var inputs = DarkInputs(region: region)
    if let path = request.hotPath {
      let rules = request.rules
      inputs.hot = take(try HotCellsFile.read(path: path, options: options)).compactMap { row in
        if row.support == "interpolated" { return nil }
        let isHot =
          if let bin = row.bin { bin >= rules.hotBin } else if let z = row.z { z >= rules.hotZ } else {
            row.classification == "alarm"
          }
        return (cell: row.cell, isHot: isHot, z: row.z)
      }
    }
    if let path = request.flagsPath {
      guard let metersPath = request.metersPath else {
        throw Problem(
          "--flags needs --meters, which says where the meters are", remedy: "add --meters meters.csv",
          exitStatus: .usage)
      }
      let flags = take(try FlagsFile.read(path: path, options: options)).filter {
        $0.rule == PowerRule.unregisteredLoad.rawValue
      }
      let flagged = Set(flags.map(\.meterID))
      let meters = take(try MetersFile.read(path: metersPath, options: options)).filter { $0.creditCode == nil }
      inputs.meters = meters.compactMap { meter in
        meter.position.map { (point: grid.projection.forward($0), isFlagged: flagged.contains(meter.id)) }
      }
      let placed = Set(meters.filter { $0.position != nil }.map(\.id))
      let lost = flagged.filter { !placed.contains($0) }.count
      if lost > 0 { notes.append("\(lost) flagged meters without a firm have no position: they are in no cell") }
    }
    if let path = request.firesPath {
      let fires = take(try FiresFile.read(path: path, options: options))
      inputs.fires = (fires, fires.map { grid.projection.forward($0.position) })
    }
    if let path = request.complaintsPath {
      let complaints = take(try ComplaintsFile.read(path: path, options: options))
      if let last = complaints.map(\.time.day).max() {
        inputs.complaints = ComplaintScreen.ranking(
          complaints, points: complaints.map { $0.position.map(grid.projection.forward) }, region: region,
          rules: request.complaintRules, lastDay: last)
      }
    }
    if let path = request.enterprisesPath {
      let register = try PlacedRegister(path: path, grid: grid, options: options)
      rejects.append(register.rejects)
      notes += register.notes
      (inputs.firms, inputs.otherFirms) = workingFirms(register.firms, register.places)
    } else {
      notes.append("without --enterprises nothing is explained by registered firms")
    }
    if let path = request.explainedPath {
      inputs.explained = take(try CellSharesFile.read(path: path, options: options))
    }
    guard inputs.hot != nil || inputs.meters != nil || inputs.fires != nil || inputs.complaints != nil else {
      throw Problem(
        "there is no evidence", remedy: "give --hot, --flags with --meters, --fires or --complaints",
        exitStatus: .usage)
    }
    return inputs
  }
}

extension DarkReading {
  /// What visits found in cells, the cells that could be drawn, and how often two teams agreed.
  ///
  /// Targets are `C-<cell>`, and `M-<meter>` where the meters are given. Several draws of one cell count as one visit with the
  /// chance that any of them took it.
  fileprivate mutating func visits(
    _ request: DarkRequest
  ) throws -> (visits: [DarkVisit], frame: Set<CellID>?, pairs: (both: Int, one: Int)) {
    guard let path = request.confirmedPath else {
      guard request.drawnPath == nil else {
        throw Problem(
          "--drawn needs --confirmed, which says what was found", remedy: "add --confirmed outcomes.csv",
          exitStatus: .usage)
      }
      return ([], nil, (0, 0))
    }
    let outcomes = take(try OutcomesFile.read(path: path, options: options))
    var cellOfMeter: [String: CellID] = [:]
    if let metersPath = request.metersPath {
      let lattice = try grid.lattice(sizeMetres: grid.coarsestMetres)
      for meter in try MetersFile.read(path: metersPath, options: options).value {
        cellOfMeter[meter.id] = meter.position.flatMap { lattice.cell(at: grid.projection.forward($0)) }
      }
    }
    func cell(_ id: String) -> CellID? {
      if id.hasPrefix("C-") { return CellID(String(id.dropFirst(2))) }
      return id.hasPrefix("M-") ? cellOfMeter[String(id.dropFirst(2))] : nil
    }
    let places = outcomes.filter { cell($0.targetID) != nil }
    if places.count < outcomes.count {
      notes.append(
        "\(outcomes.count - places.count) outcomes are of firms or of unknown meters: they say nothing of cells")
    }
    guard let drawnPath = request.drawnPath else {
      let visits = places.compactMap { row in cell(row.targetID).map { DarkVisit(cell: $0, isFind: row.problems > 0) } }
      return (visits, nil, (0, 0))
    }
    let drawn = take(try EvaluationDrawnFile.read(path: drawnPath, options: options)).filter { cell($0.id) != nil }
    let frame = drawn.map { FrameRecord(id: $0.id, score: 0, day: $0.day) }
    let joined = try EvaluatedDraws.joined(frame: frame, drawn: drawn, outcomes: places)
    var missed: [CellID: Double] = [:]
    for row in drawn { if let cell = cell(row.id) { missed[cell, default: 1] *= 1 - row.inclusionProbability } }
    var found: [CellID: Bool] = [:]
    for unit in joined.visited {
      guard let cell = cell(unit.frame.id), let outcome = unit.outcome else { continue }
      found[cell] = (found[cell] ?? false) || outcome.isOffList
    }
    if joined.unvisited > 0 {
      notes.append(
        "\(joined.unvisited) drawn targets have no outcome: the interval takes them for cells like the visited ones")
    }
    let visits = found.sorted { $0.key < $1.key }.map { cell, isFind in
      DarkVisit(cell: cell, isFind: isFind, probability: min(1, max(1e-9, 1 - (missed[cell] ?? 0))))
    }
    let pairs = joined.blindPairs
    return (visits, Set(missed.keys), (pairs.both, pairs.one))
  }
}

/// Firms in operation, expected per cell: those of air-related industries, and the others.
func workingFirms(_ firms: [Enterprise], _ places: FirmPlaces) -> (air: [Double], others: [Double]) {
  let industries = IndustryClass.standard
  func counts(_ isAir: Bool) -> [Double] {
    places.expectedCounts {
      !RegisterStatus.isClosed(firms[$0].status) && industries.isAirRelated(firms[$0].industryCode) == isAir
    }
  }
  return (counts(true), counts(false))
}

private func write(
  _ screen: DarkScreen, _ assessment: DarkAssessment, _ region: Region, to path: String
) throws(Problem) {
  var file = try OutputFile(path: path)
  let names = DarkSign.allCases.map(\.rawValue)
  try file.write(
    "cell,county_code,status,posterior,chance,visited,signs,\(names.map { "log_ratio_\($0)" }.joined(separator: ",")),registered_firms,"
      + "explained_share,reason\n")
  func chance(_ judgement: DarkJudgement) -> Double {
    assessment.chances[judgement.evidence.cell] ?? judgement.posterior
  }
  func isSuspect(_ judgement: DarkJudgement) -> Bool {
    chance(judgement) >= screen.rules.minimumPosterior
      && judgement.evidence.history.nonzeroBitCount >= screen.rules.minimumSigns
  }
  let ranked = screen.judgements.sorted {
    (isSuspect($0) ? 0 : 1, -chance($0), $0.evidence.cell) < (isSuspect($1) ? 0 : 1, -chance($1), $1.evidence.cell)
  }
  for judgement in ranked {
    let evidence = judgement.evidence
    var line = CSVLine()
    line.add(evidence.cell.description)
    line.add(region.slot(of: evidence.cell).map { region.counties[region.homeCounty(slot: $0)].code } ?? "")
    let isConfirmed = assessment.confirmed.contains(evidence.cell)
    let isRefuted = assessment.refuted.contains(evidence.cell)
    line.add(isConfirmed ? "confirmed" : isSuspect(judgement) ? "suspect" : "silent")
    line.add(rounded(judgement.posterior, 1e4))
    line.add(rounded(chance(judgement), 1e4))
    line.add(isConfirmed ? "found" : isRefuted ? "nothing" : "")
    line.add(names.indices.filter { evidence.signs[$0] == true }.map { names[$0] }.joined(separator: "+"))
    for (place, ratio) in judgement.logRatios.enumerated() {
      line.add(evidence.signs[place] == nil ? nil : rounded(ratio, 1e3))
    }
    line.add(rounded(evidence.firms, 1e3))
    line.add(evidence.explainedShare)
    let reason = judgement.abstention?.rawValue ?? "visits make it unlikely"
    line.add(isConfirmed || isSuspect(judgement) ? "" : isRefuted ? "a visit found nothing" : reason)
    try file.write(line.end())
  }
  try file.commit()
}

private func write(_ estimates: [UnseenEstimate], to path: String) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write("level,code,name,observed,at_least,total,lower,upper,basis\n")
  for row in estimates {
    var line = CSVLine()
    line.add(row.level.rawValue)
    line.add(row.code)
    line.add(row.name)
    for value in [row.observed, row.atLeast, row.total, row.lower, row.upper] {
      line.add(value.map { rounded($0, 10) })
    }
    line.add(row.basis)
    try file.write(line.end())
  }
  try file.commit()
}

private func rounded(_ value: Double, _ scale: Double) -> Double { (value * scale).rounded() / scale }
