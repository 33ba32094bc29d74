public import Geometry
public import Grids
public import Readings

/// A monitor as attribution sees it.
public struct AirReceptor: Sendable {
  /// Projected metres.
  public let point: PlanePoint
  /// Standard deviation of one hour's value, as a share of it: 0.04 for a reference monitor, 0.12 for a micro-station.
  public let hourErrorShare: Double
  /// Standard deviation of the factor by which all its values may be wrong, as a share.
  public let gainErrorShare: Double
  /// One per hour of the evidence, in the pollutant's unit; NaN where there is none or quality control excludes it.
  public let values: [Double]

  public init(point: PlanePoint, hourErrorShare: Double, gainErrorShare: Double, values: [Double]) {
    self.point = point
    self.hourErrorShare = hourErrorShare
    self.gainErrorShare = gainErrorShare
    self.values = values
  }
}

/// One way a source may have worked through the evidence.
public struct ActivityProfile: Hashable, Sendable {
  /// How likely this way is against the others of the source; they add up to 1.
  public let weight: Double
  /// Share of full production, 0...1, one per hour of the evidence.
  public let levels: [Float]

  public init(weight: Double, levels: [Float]) {
    self.weight = weight
    self.levels = levels
  }
}

/// A registered firm that may be the source.
public struct SourceCandidate: Sendable {
  /// Position in the caller's register.
  public let firm: Int
  /// Projected metres.
  public let point: PlanePoint
  /// One when the load is known, else every way that nothing excludes.
  public let profiles: [ActivityProfile]
  /// Chance that it emits anything worth seeing, before any air was looked at.
  public let prior: Double
  /// Its expected emission against the typical firm's: from its load or its permit, 1 where nothing is known.
  public let relativeEmission: Double

  public init(
    firm: Int, point: PlanePoint, profiles: [ActivityProfile], prior: Double, relativeEmission: Double
  ) {
    self.firm = firm
    self.point = point
    self.profiles = profiles
    self.prior = prior
    self.relativeEmission = relativeEmission
  }
}

/// Factory-like load at a meter without a registered firm: it makes the slot of its cell likelier and tells its hours.
public struct UnregisteredLoad: Sendable {
  /// The cell of the meter, whose slot gets the higher prior.
  public let cell: CellID
  /// Share of its full load, 0...1, one per hour of the evidence.
  public let levels: [Float]

  public init(cell: CellID, levels: [Float]) {
    self.cell = cell
    self.levels = levels
  }
}

/// What is to be explained: one alarm cell, or the cells of a hotspot that touch.
public struct AirAnomaly: Hashable, Sendable {
  /// Ascending, not empty.
  public let cells: [CellID]

  /// - Precondition: at least one cell.
  public init(cells: [CellID]) {
    precondition(!cells.isEmpty, "an anomaly has a cell")
    self.cells = cells.sorted()
  }

  /// Cells that touch, corners too, as one anomaly each; in the order of their first cells.
  ///
  /// - Parameter most: Groups are not grown beyond so many cells, so that a town does not become one anomaly.
  public static func groups(of cells: [CellID], most: Int = 9) -> [AirAnomaly] {
    var free = Set(cells)
    return free.sorted().compactMap { seed in
      guard free.remove(seed) != nil else { return nil }
      var group = [seed]
      var next = 0
      while next < group.count, group.count < most {
        for neighbour in group[next].ring(1) where group.count < most && free.remove(neighbour) != nil {
          group.append(neighbour)
        }
        next += 1
      }
      return AirAnomaly(cells: group)
    }
  }
}

extension AirReceptor {
  /// A monitor with the errors usual for its kind: reference monitors 4 % an hour and 2 % for good, those of counties
  /// 6 and 5 %, micro-stations after calibration 12 and 12 %. Our choices; docs/methods/calibration.md measures its own.
  public init(point: PlanePoint, kind: StationKind, values: [Double]) {
    let errors =
      switch kind {
      case .national, .provincial: (hour: 0.04, gain: 0.02)
      case .county: (hour: 0.06, gain: 0.05)
      case .micro, .mobile: (hour: 0.12, gain: 0.12)
      }
    self.init(point: point, hourErrorShare: errors.hour, gainErrorShare: errors.gain, values: values)
  }
}
