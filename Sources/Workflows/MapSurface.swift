public import Diagnostics
internal import Export
internal import Foundation
public import Grids
internal import Ingest
internal import Quantities
public import Surfaces

/// What `surface` was asked for.
public struct SurfaceRequest: Sendable {
  /// Cells with readings.
  public var cellsPath: String
  /// Cells of a satellite, for fusion; its periods must be those of the readings, or none.
  public var satellitePath: String?
  /// Cells file to write, or `-`.
  public var outPath: String
  /// Where the leave-one-out report goes as JSON; `nil` for nowhere.
  public var reportPath: String?
  /// Method, neighbourhood and variogram.
  public var options: SurfaceOptions
  /// The background to write beside each value; `nil` for none.
  public var background: FieldBackground?
  /// Whether the value is the residual, the surface minus its background.
  public var writesResidual: Bool
  /// Which cells get an estimate.
  public var within: Within

  /// Which cells get an estimate.
  public enum Within: Sendable, Hashable {
    /// Those of the grid's region.
    case region
    /// Those of the smallest box of the lattice around all readings.
    case box
    /// Those of a cells file.
    case file(String)
  }

  /// A request for the surface itself, without background or report.
  public init(cellsPath: String, outPath: String, options: SurfaceOptions, within: Within) {
    self.cellsPath = cellsPath
    self.outPath = outPath
    self.options = options
    self.within = within
    writesResidual = false
  }
}

/// One period's surface, for messages and the report.
public struct SurfacePeriodSummary: Sendable, Codable {
  /// As in the cells file; empty where it has none.
  public var period: String
  /// Cells with an estimate.
  public var cells: Int
  /// Of those, cells with a reading.
  public var observed: Int
  /// Cells without a reading that the satellite saw.
  public var satellite: Int
  /// Cells with neither.
  public var interpolated: Int
  /// Cells whose ring knows too little for a background; they have no residual.
  public var withoutBackground: Int
  /// As `--variogram` reads it.
  public var variogram: String
  /// Whether the variogram was fitted to this period.
  public var isFitted: Bool
  /// Cells with readings that came in.
  public var readings: Int
  /// Readings without a variance of their own.
  public var assumedVariances: Int
  /// Readings that could be foretold by the others; the five figures below are about them, see ``LeaveOneOut``.
  public var leaveOneOutReadings: Int
  /// In the unit of the cells file.
  public var meanError: Double
  /// In the unit of the cells file.
  public var rootMeanSquareError: Double
  /// 1 where the variances are right.
  public var meanSquaredRatio: Double
  /// Share inside the 90 % interval.
  public var coverage90: Double
  /// Share of the readings' variance; `nil` when all are equal.
  public var explained: Double?
  /// Of the line from satellite to readings, in the readings' unit.
  public var satelliteIntercept: Double?
  /// Reading per satellite value.
  public var satelliteSlope: Double?
  /// Cells with both.
  public var satellitePairs: Int?
  /// Of the line.
  public var satelliteR2: Double?
  /// Cells with readings left out of a fusion because the satellite saw nothing there.
  public var withoutDrift: Int
}

/// `surface`: cells with values in, cells everywhere out, each with its variance and the share of it that was observed.
///
/// - Returns: One entry per period that has a surface; the others are told to `messages` with the reason.
/// - Throws: `Problem` when no period has one.
public func mapSurface(
  _ request: SurfaceRequest, grid: Grid, progress: any ProgressSink, messages: (String) -> Void
) throws -> [SurfacePeriodSummary] {
  let parts = try readCells(path: request.cellsPath, messages: messages)
  let satellites = try request.satellitePath.map { try readCells(path: $0, messages: messages) } ?? []
  guard let size = parts.first?.field.cells.first?.sizeMetres else {
    throw Problem(
      "no cell has a value", at: SourcePlace(file: request.cellsPath), remedy: "make cells with hotgrid map")
  }
  let targets = try surfaceTargets(request.within, parts: parts, grid: grid, sizeMetres: size, messages: messages)
  let lattice = try grid.lattice(sizeMetres: size)
  var summaries: [SurfacePeriodSummary] = []
  var fields: [(period: Period?, field: CellField)] = []
  var kinds: [[Surface.Kind]] = []
  var backgrounds: [[Double]] = []
  for (number, part) in parts.enumerated() {
    let label = part.period?.description ?? ""
    let satellite = satellites.first { $0.period == part.period } ?? satellites.first { $0.period == nil }
    defer { progress.report(task: "surface", completed: number + 1, total: parts.count, unit: "periods") }
    let (surface, report): (Surface, SurfaceReport)
    do throws(SurfaceFailure) {
      (surface, report) = try SurfaceEstimation.surface(
        readings: part.field, satellite: satellite?.field, targets: targets, lattice: lattice, options: request.options)
    } catch {
      messages("\(label.isEmpty ? "the field" : label) has no surface: \(error.reason)")
      continue
    }
    var summary = SurfacePeriodSummary(label, surface, report, readings: part.field.count)
    var written = surface
    var own: [Double] = []
    if let rule = request.background {
      let upwind = try rule.upwind(of: surface.field.cells, period: part.period)
      if let upwind { messages(FieldBackground.note(upwind, part.period)) }
      let found = rule.rule.residual(
        of: surface, upwind: upwind, correlationMetres: report.model.rangeMetres, threads: request.options.threads)
      summary.withoutBackground = surface.field.count - found.surface.field.count
      if request.writesResidual {
        written = found.surface
        own = found.backgrounds
      } else {
        var next = 0
        own = surface.field.cells.map { cell in
          guard next < found.surface.field.count, found.surface.field.cells[next] == cell else { return .nan }
          next += 1
          return found.backgrounds[next - 1]
        }
      }
    }
    fields.append((part.period, written.field))
    kinds.append(written.kinds)
    backgrounds.append(own)
    summaries.append(summary)
  }
  progress.finish(task: "surface")
  guard !fields.isEmpty else {
    throw Problem(
      "no period has a surface", at: SourcePlace(file: request.cellsPath),
      remedy: "give more readings, name a --variogram, or ask for another --method")
  }
  let (allKinds, allBackgrounds) = (kinds, backgrounds)
  var columns = [CellsWriter.Column("kind") { allKinds[$0][$1].rawValue }]
  if request.background != nil {
    columns.append(
      CellsWriter.Column("background") { field, slot in
        let value = allBackgrounds[field][slot]
        return value.isNaN ? "" : value.description
      })
  }
  try CellsWriter.write(fields, to: request.outPath, columns: columns, threads: request.options.threads)
  if let path = request.reportPath {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    var file = try OutputFile(path: path)
    try file.write(Array(try encoder.encode(summaries)) + [0x0A])
    try file.commit()
  }
  return summaries
}

func surfaceTargets(
  _ within: SurfaceRequest.Within, parts: [CellsFile.Part], grid: Grid, sizeMetres: Int32, messages: (String) -> Void
) throws -> [CellID] {
  switch within {
  case .region: return try RegionSource.region(grid: grid, sizeMetres: sizeMetres).region.cells
  case .file(let path):
    let cells = Set(try readCells(path: path, messages: messages).flatMap(\.field.cells)).sorted()
    guard cells.first?.sizeMetres == sizeMetres else {
      throw Problem(
        "\(path) has cells of \(cells.first?.sizeMetres ?? 0) m, the readings of \(sizeMetres) m",
        remedy: "map both at the same --level")
    }
    return cells
  case .box:
    let cells = parts.flatMap(\.field.cells)
    guard let west = cells.map(\.column).min(), let east = cells.map(\.column).max(),
      let south = cells.map(\.row).min(), let north = cells.map(\.row).max()
    else { return [] }
    let size = (Int(east) - Int(west) + 1) * (Int(north) - Int(south) + 1)
    guard size <= 4_000_000 else {
      throw Problem(
        "the box around the readings has \(size) cells", remedy: "name the cells with --within FILE or region")
    }
    return (south...north).flatMap { row in
      (west...east).map { CellID(sizeMetres: sizeMetres, column: $0, row: row) }
    }
  }
}

extension SurfacePeriodSummary {
  init(_ period: String, _ surface: Surface, _ report: SurfaceReport, readings: Int) {
    self.period = period
    cells = surface.field.count
    observed = surface.count(.observed)
    satellite = surface.count(.satellite)
    interpolated = surface.count(.interpolated)
    withoutBackground = 0
    variogram = report.model.description
    isFitted = report.isFitted
    self.readings = readings
    assumedVariances = report.assumedVariances
    leaveOneOutReadings = report.leaveOneOut.count
    meanError = report.leaveOneOut.meanError
    rootMeanSquareError = report.leaveOneOut.rootMeanSquare
    meanSquaredRatio = report.leaveOneOut.meanSquaredRatio
    coverage90 = report.leaveOneOut.coverage90
    // JSON has no NaN: readings that are all equal leave nothing to explain.
    explained = report.leaveOneOut.explained.isFinite ? report.leaveOneOut.explained : nil
    satelliteIntercept = report.satellite?.intercept
    satelliteSlope = report.satellite?.slope
    satellitePairs = report.satellite?.pairs
    satelliteR2 = report.satellite?.r2
    withoutDrift = report.withoutDrift
  }

  /// One line for people.
  public var line: String {
    func short(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    return
      "\(period.isEmpty ? "surface" : period): \(cells) cells, \(observed) observed, \(satellite) seen by satellite only, "
      + "\(interpolated) interpolated; \(isFitted ? "fitted" : "given") \(variogram); left out one by one: RMSE "
      + "\(short(rootMeanSquareError)), 90 % intervals hold \(short(coverage90 * 100)) % of \(leaveOneOutReadings)"
  }
}
