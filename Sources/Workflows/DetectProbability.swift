public import Diagnostics
public import Export
internal import Evidence
internal import Gridding
public import Grids
public import Hotspots
internal import Ingest
internal import Quantities
internal import SpatialStatistics
public import Surfaces
internal import Threads

/// What `detect probability` was asked for.
public struct ProbabilityRequest: Sendable {
  /// Where the uncertainty comes from.
  public enum Source: Sendable {
    /// The cells are readings: fields between them are simulated as the variogram says.
    case readings(SurfaceOptions, within: SurfaceRequest.Within)
    /// The cells are a field with variances, whose errors have this range, metres; 0 for independent errors.
    case errors(rangeMetres: Double)
  }

  /// Readings on cells, or a field with variances, as `source` says.
  public var cellsPath: String
  /// One row per cell and period; `-` is standard output.
  public var outPath: String
  /// Where the fields that could be true come from.
  public var source: Source
  /// How a simulated field is tested; permutations are not used.
  public var options: HotspotOptions
  /// What simulated values must stand above; `nil` tests them as they are.
  public var background: FieldBackground?
  /// Level after Benjamini-Hochberg from which a cell of a simulated field is hot: 1, 2, 3 for 10, 5, 1 %.
  public var minimumBin = 2
  /// Fields that are simulated per period; they come in pairs.
  public var simulations = 200
  /// At most; shares do not depend on the number.
  public var threads = 1

  /// A request with the defaults of the verb.
  public init(cellsPath: String, outPath: String, source: Source, options: HotspotOptions) {
    self.cellsPath = cellsPath
    self.outPath = outPath
    self.source = source
    self.options = options
  }
}

/// `detect probability`: in which share of the fields that could be true a cell is hot, written per cell.
///
/// Writes `cell,period,value,variance,p_hot,standard_error,bin,class,support`: `bin` is that of the estimate itself, `p_hot` the share
/// of simulated fields in which the cell passes, `standard_error` that of the share by the number of simulations.
///
/// - Returns: One entry per period, and what the file says of itself.
/// - Throws: `Problem` for input without values, or without variances where they are needed.
public func detectProbability(
  _ request: ProbabilityRequest, grid: Grid, progress: any ProgressSink, messages: (String) -> Void
) throws -> (periods: [ProbabilitySummary], statement: MapStatement) {
  let parts = try readCells(path: request.cellsPath, messages: messages)
  var file = try OutputFile(path: request.outPath)
  try file.write("cell,period,value,variance,p_hot,standard_error,bin,class,support\n")
  var summaries: [ProbabilitySummary] = []
  for part in parts {
    guard let size = part.field.cells.first?.sizeMetres else { continue }
    let lattice = try grid.lattice(sizeMetres: size)
    let label = part.period.map { "\($0)" } ?? "the field"
    let simulator: FieldSimulator
    do throws(Unsimulated) {
      simulator = try FieldSimulator(
        part.field, request, lattice: lattice, grid: grid, parts: parts, messages: messages)
    } catch {
      messages("\(label) was not simulated: \(error.reason)")
      continue
    }
    let upwind = try request.background?.upwind(of: simulator.estimate.cells, period: part.period)
    let test = HotTest(
      options: request.options, rule: request.background?.rule, upwind: upwind, minimumBin: request.minimumBin,
      estimate: simulator.estimate, threads: request.threads)
    let counts = test.counts(of: simulator.estimate, simulations: request.simulations, threads: request.threads) {
      simulator.pair(seed: request.options.seed, number: $0)
    } progress: {
      progress.report(task: "simulating \(label)", completed: $0, total: request.simulations, unit: "fields")
    }
    progress.finish(task: "simulating \(label)")
    summaries.append(
      try write(part.period, simulator, test, counts: counts, simulations: request.simulations, to: &file))
  }
  guard !summaries.isEmpty else {
    throw Problem(
      "no period could be simulated", at: SourcePlace(file: request.cellsPath),
      remedy: "give readings for a --variogram, or cells with variances and --errors RANGE")
  }
  var settings = request.options.settings(background: request.background)
  for name in ["permutations", "bin-by", "alternative"] { settings[name] = nil }
  settings["simulations"] = "\(request.simulations)"
  settings["min-bin"] = "\(request.minimumBin)"
  switch request.source {
  case .readings(let options, _):
    settings["from"] = "readings"
    settings["variogram"] = options.variogram.map { "\($0)" } ?? "fitted"
    settings["neighbours"] = "\(options.neighbours)"
  case .errors(let range):
    settings["from"] = "field"
    settings["error-range"] = "\(range)"
  }
  var statement = try MapStatement(
    verb: "detect probability", method: "share of simulated fields in which a cell is hot by Gi*",
    page: "docs/methods/false-hotspots.md", settings: settings, seed: "\(request.options.seed)",
    inputPaths: [request.cellsPath])
  statement.periods = summaries.count
  statement.cells = summaries.reduce(0) { $0 + $1.cells }
  statement.tested = summaries.reduce(0) { $0 + $1.tested }
  statement.interpolatedOnly = summaries.reduce(0) { $0 + $1.interpolated }
  if statement.tested < statement.cells {
    statement.untested = ["no score in the estimate": statement.cells - statement.tested]
  }
  try file.commit()
  try statement.write(beside: request.outPath)
  return (summaries, statement)
}

/// One period, for messages.
public struct ProbabilitySummary: Sendable, Codable {
  /// As in the cells file; empty where it has none.
  public var period: String
  /// Cells of the estimate, each a row.
  public var cells: Int
  /// Cells whose estimate has a score.
  public var tested: Int
  /// Cells in which nothing was observed.
  public var interpolated: Int
  /// Cells that are hot in the estimate.
  public var hot: Int
  /// Cells that are hot in at least half of the simulations.
  public var likely: Int
  /// Of those, hot in at least nine of ten.
  public var sure: Int
  /// Mean number of hot cells in a simulated field.
  public var expected: Double
  /// Fields that were simulated.
  public var simulations: Int
  /// Share of the variance that the simulation on a torus loses.
  public var lostShare: Double

  /// One line for people.
  public var line: String {
    "\(period.isEmpty ? "field" : period): \(cells) cells, \(interpolated) interpolated; hot in the estimate \(hot), in at least "
      + "half of \(simulations) simulations \(likely), in nine of ten \(sure); a simulated field has "
      + "\((expected * 10).rounded() / 10) hot cells"
  }
}

private struct Unsimulated: Error { let reason: String }

/// The estimate of one period and how to draw fields about it.
private struct FieldSimulator: Sendable {
  private enum Kind: Sendable {
    case conditional(ConditionalSimulation)
    case errors(ErrorSimulation)
  }

  private let kind: Kind
  let estimate: CellField
  var lostShare: Double {
    switch kind {
    case .conditional(let simulation): simulation.lostShare
    case .errors: 0
    }
  }

  init(
    _ field: CellField, _ request: ProbabilityRequest, lattice: Lattice, grid: Grid, parts: [CellsFile.Part],
    messages: (String) -> Void
  ) throws(Unsimulated) {
    switch request.source {
    case .errors(let range):
      guard field.variances.contains(where: { $0.isFinite && $0 > 0 }) else {
        throw Unsimulated(reason: "no cell has a variance")
      }
      guard let errors = ErrorSimulation(field, rangeMetres: range) else {
        throw Unsimulated(reason: "its cells lie too far apart")
      }
      kind = .errors(errors)
      estimate = field
    case .readings(let options, let within):
      let made: (surface: Surface, report: SurfaceReport)
      let targets: [CellID]
      do {
        targets = try surfaceTargets(
          within, parts: parts, grid: grid, sizeMetres: lattice.sizeMetres, messages: messages)
        made = try SurfaceEstimation.surface(readings: field, targets: targets, lattice: lattice, options: options)
      } catch let failure as SurfaceFailure {
        throw Unsimulated(reason: failure.reason)
      } catch let problem as Problem {
        throw Unsimulated(reason: problem.problem)
      } catch {
        throw Unsimulated(reason: "\(error)")
      }
      let (errors, _) = SurfaceEstimation.errorVariances(of: field)
      let kriging = Kriging(
        Observations(
          places: field.cells.map { lattice.centre(of: $0) }, values: field.values, errorVariances: errors),
        model: made.report.model, neighbours: options.neighbours)
      do throws(ConditionalSimulation.Failure) {
        kind = .conditional(
          try ConditionalSimulation(
            kriging, targets: made.surface.field.cells, lattice: lattice, threads: options.threads))
      } catch {
        throw Unsimulated(reason: error == .tooLarge ? "its range or extent is too large" : "a cell has no estimate")
      }
      estimate = made.surface.field
    }
  }

  func pair(seed: UInt64, number: Int) -> (first: [Double], second: [Double]) {
    switch kind {
    case .conditional(let simulation): simulation.pair(seed: seed, number: number)
    case .errors(let simulation): simulation.pair(seed: seed, number: number)
    }
  }
}

private func write(
  _ period: Period?, _ simulator: FieldSimulator, _ test: HotTest, counts: [Int32], simulations: Int,
  to file: inout OutputFile
) throws(Problem) -> ProbabilitySummary {
  let field = simulator.estimate
  let (bins, tested) = test.bins(field)
  let n = Double(simulations)
  for slot in field.cells.indices {
    let hot = HotProbability(hot: Int(counts[slot]), of: simulations)
    let share = hot.share
    var line = CSVLine()
    line.add(field.cells[slot].description)
    line.add(period?.description ?? "")
    line.add(field.values[slot])
    line.add(field.variances[slot].isNaN ? nil : field.variances[slot])
    line.add(share)
    line.add(hot.standardError)
    line.add(bins[slot])
    line.add(share >= 0.9 ? "hot" : share >= 0.5 ? "likely hot" : "")
    line.add(field.coverages[slot] == 0 ? "interpolated" : "")
    try file.write(line.end())
  }
  return ProbabilitySummary(
    period: period?.description ?? "", cells: field.count, tested: tested,
    interpolated: field.coverages.count { $0 == 0 },
    hot: bins.count { $0 >= test.minimumBin }, likely: counts.count { Double($0) >= 0.5 * n },
    sure: counts.count { Double($0) >= 0.9 * n }, expected: Double(counts.reduce(0) { $0 + Int($1) }) / n,
    simulations: simulations, lostShare: simulator.lostShare)
}

extension CellField {
  /// The same cells with other values.
  func replacing(values: [Double]) -> CellField {
    CellField(cells: cells, values: values, variances: variances, counts: counts, coverages: coverages)
  }
}
