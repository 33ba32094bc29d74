public import Enterprises
public import Geometry
public import Grids
public import Quantities
public import Ranking

/// Everything one inspection sheet says about one target.
public struct TargetSheet: Sendable {
  /// With its parts and leads, which the sheet lists one by one.
  public var target: RankedTarget
  /// Day of the visit.
  public var date: LocalDay
  /// `nil` leaves a blank to fill in.
  public var team: String?
  /// Where the visit stands on the team's route; `nil` before the dispatch.
  public var visit: SheetVisit?
  /// `nil` where the target lies in no county of the region.
  public var county: County?
  /// Of the firm or meter, or the centre of the cell.
  public var position: LonLat?
  /// As the register has it.
  public var address: String?
  /// What the sheet says of the lot, to be checked by anybody.
  public var draw: SheetDraw
  /// `nil` leaves the map out.
  public var map: SheetMap?
  /// Load curves that belong to the power leads.
  public var loads: [SheetLoad]
  /// How the nearest monitor's values depend on the wind; `nil` without a monitor nearby or without wind.
  public var rose: SheetRose?
  /// Synthetic data are called so on every sheet.
  public var isSynthetic: Bool
  /// What the footer prints, such as `("hotgrid", "0.1.0")`, `("policy", "3f2a…")`, `("frame", "91bc…")`.
  public var provenance: [SheetFact]

  public init(
    target: RankedTarget, date: LocalDay, team: String?, visit: SheetVisit? = nil, county: County?, position: LonLat?,
    address: String? = nil,
    draw: SheetDraw, map: SheetMap?, loads: [SheetLoad], rose: SheetRose? = nil, isSynthetic: Bool,
    provenance: [SheetFact]
  ) {
    self.target = target
    self.date = date
    self.team = team
    self.visit = visit
    self.county = county
    self.position = position
    self.address = address
    self.draw = draw
    self.map = map
    self.loads = loads
    self.rose = rose
    self.isSynthetic = isSynthetic
    self.provenance = provenance
  }
}

/// Where a visit stands on its team's route.
public struct SheetVisit: Hashable, Sendable {
  /// From 1.
  public let order: Int
  /// As planned; `nil` where the route does not say.
  public let arrive: Instant?
  /// As planned; `nil` where the route does not say.
  public let leave: Instant?
  /// `random`, `lead` or `special-campaign`.
  public let origin: String

  public init(order: Int, arrive: Instant?, leave: Instant?, origin: String) {
    self.order = order
    self.arrive = arrive
    self.leave = leave
    self.origin = origin
  }

  /// Such as `3, 10:20-11:50`, Beijing time.
  var text: String {
    let times = [arrive, leave].compactMap { $0.map { String($0.iso8601.dropFirst(11).prefix(5)) } }
    return times.isEmpty ? "\(order)" : "\(order), \(times.joined(separator: "-"))"
  }
}

/// A name and what it is, as text.
public struct SheetFact: Hashable, Sendable {
  /// What the fact is called in the footer.
  public let name: String
  /// What it is, printed as given.
  public let text: String

  public init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}

/// How the target came out of the draw; enough for anybody to check it.
public struct SheetDraw: Hashable, Sendable {
  /// Public text; the ticket is a hash of it and the id.
  public var seed: String
  /// 0 < π ≤ 1.
  public var inclusionProbability: Double
  /// SHA-256 of `seed,id`, hexadecimal.
  public var ticket: String
  /// Targets drawn, and targets in the frame.
  public var drawnCount: Int
  /// Targets of the frame, drawn or not.
  public var frameCount: Int
  /// Command that repeats the draw.
  public var command: String
  /// `scored`, `random` or `both`: which arm drew the target; empty where there was one arm only.
  public var arm: String
  /// Root of the sealed frame, hexadecimal; `nil` for a draw that was not sealed.
  public var sealRoot: String?

  public init(
    seed: String, inclusionProbability: Double, ticket: String, drawnCount: Int, frameCount: Int, command: String,
    arm: String = "", sealRoot: String? = nil
  ) {
    self.seed = seed
    self.inclusionProbability = inclusionProbability
    self.ticket = ticket
    self.drawnCount = drawnCount
    self.frameCount = frameCount
    self.command = command
    self.arm = arm
    self.sealRoot = sealRoot
  }
}

/// The neighbourhood of a target in the plane of the grid.
public struct SheetMap: Sendable {
  /// One square of the map.
  public struct Cell: Hashable, Sendable {
    /// Of the map's lattice.
    public let cell: CellID
    /// In the unit that the caption names.
    public let value: Double
    /// -3...3; `nil` when the field was not tested.
    public let bin: Int?

    public init(cell: CellID, value: Double, bin: Int?) {
      self.cell = cell
      self.value = value
      self.bin = bin
    }
  }

  /// Gives the place and side of the cells.
  public var lattice: Lattice
  /// Middle of the map.
  public var centre: PlanePoint
  /// The target itself, when it is a point.
  public var target: PlanePoint?
  /// Outlined where it is of the map's level; `nil` when the target has no cell.
  public var targetCell: CellID?
  /// Cells with a value; squares without one are hatched.
  public var cells: [Cell]
  /// Other firms of the register.
  public var enterprises: [PlanePoint]
  /// Rings of county boundaries; drawn as lines, cut at the edge of the map.
  public var boundaries: [[PlanePoint]]
  /// Half the side of the map, metres.
  public var reachMetres: Double
  /// Where north is, degrees clockwise from the top: the meridians of an Albers map are not upright.
  public var northDegrees: Double
  /// What the cells show, such as `PM2.5, day 2017-11-21, µg/m³`.
  public var caption: String

  /// - Parameter projection: Of the lattice; gives the direction of north.
  public init(
    lattice: Lattice, projection: EqualAreaProjection, centre: PlanePoint, target: PlanePoint?, targetCell: CellID?,
    cells: [Cell], enterprises: [PlanePoint], boundaries: [[PlanePoint]] = [], reachMetres: Double = 15_000,
    caption: String
  ) {
    self.lattice = lattice
    self.centre = centre
    self.target = target
    self.targetCell = targetCell
    self.cells = cells
    self.enterprises = enterprises
    self.boundaries = boundaries
    self.reachMetres = reachMetres
    self.caption = caption
    northDegrees = Self.north(at: centre, projection)
  }

  private static func north(at centre: PlanePoint, _ projection: EqualAreaProjection) -> Double {
    let position = projection.inverse(centre)
    let north = projection.forward(LonLat(longitude: position.longitude, latitude: position.latitude + 0.1))
    return bearingDegrees(dx: north.x - centre.x, dy: north.y - centre.y)
  }
}

/// Load curves of one meter on one day.
public struct SheetLoad: Sendable {
  /// Such as `meter 1301080001, 2017-11-21`.
  public var caption: String
  /// One per circuit.
  public var curves: [LoadDay]
  /// Quarter hours 0...95 in which an order to stop or limit was in force.
  public var orderSteps: [Range<Int>]

  public init(caption: String, curves: [LoadDay], orderSteps: [Range<Int>] = []) {
    self.caption = caption
    self.curves = curves
    self.orderSteps = orderSteps
  }
}
