internal import Diagnostics
internal import Geometry
public import Grids
internal import Ingest
internal import Quantities
public import Readings
public import Surfaces

/// The background that fields are judged against, with the wind of their days when there is any.
public struct FieldBackground: Sendable {
  /// Which ring gives the background; the wind narrows it to the cells upwind.
  public var rule: BackgroundRule
  private let grid: Grid?
  /// By time.
  private let winds: [WindObservation]

  /// Without wind: the whole ring.
  public init(rule: BackgroundRule) {
    self.rule = rule
    grid = nil
    winds = []
  }

  /// - Parameters:
  ///   - winds: In any order.
  public init(rule: BackgroundRule, winds: [WindObservation], grid: Grid) {
    self.rule = rule
    self.grid = grid
    self.winds = winds.sorted { $0.time.secondsSinceEpoch < $1.time.secondsSinceEpoch }
  }

  /// - Parameter windPath: A wind table or NetCDF grid, see ``WindFile``; `nil` for none.
  /// - Throws: `Problem` for a file that is no wind.
  public init(
    rule: BackgroundRule, windPath: String?, grid: Grid, messages: (String) -> Void
  ) throws {
    guard let windPath else {
      self.init(rule: rule)
      return
    }
    let read =
      WindGridFile.isGrid(path: windPath)
      ? try WindGridFile.read(path: windPath, time: nil, options: fileVerbOptions)
      : try WindFile.read(path: windPath, options: fileVerbOptions)
    if read.rejects.count > 0 { messages("\(windPath): \(read.rejects.count) rows of wind not used") }
    self.init(rule: rule, winds: read.value, grid: grid)
  }

  /// Where the air of each cell came from in a period. - Returns: `nil` when no wind was given.
  ///
  /// - Parameter lattice: Of the cells, where it is not the grid's own.
  func upwind(of cells: [CellID], period: Period?, lattice own: Lattice? = nil) throws(Problem) -> UpwindSectors? {
    guard let grid, let size = cells.first?.sizeMetres else { return nil }
    let lattice = if let own { own } else { try grid.lattice(sizeMetres: size) }
    let within = winds.filter { observation in
      switch period {
      case nil: true
      case .hour(let hour): observation.time.hour == hour
      case .day(let day): observation.time.hour.day == day
      case .month(let month): observation.time.hour.day.month == month
      }
    }
    return UpwindSectors(
      cells: cells.map { lattice.centre(of: $0) }, places: within.map { grid.projection.forward($0.position) },
      winds: within.map { ($0.eastward, $0.northward) })
  }

  /// The field minus its background, the background of each cell that has one, and a sentence on the wind.
  func residual(
    of field: CellField, period: Period?, lattice: Lattice? = nil, threads: Int
  ) throws(Problem) -> (field: CellField, backgrounds: [Double], note: String?) {
    let upwind = try upwind(of: field.cells, period: period, lattice: lattice)
    let made = rule.residual(of: field, upwind: upwind, threads: threads)
    return (made.field, made.backgrounds, upwind.map { Self.note($0, period) })
  }

  static func note(_ upwind: UpwindSectors, _ period: Period?) -> String {
    let all = upwind.known + upwind.withoutWind + upwind.variable
    let begin = period.map { "\($0): " } ?? ""
    return begin
      + "background upwind for \(upwind.known) of \(all) cells; the whole ring for \(upwind.withoutWind) without "
      + "wind within \(Int(UpwindSectors.reachMetres / 1000)) km and \(upwind.variable) whose wind kept no direction"
  }
}
