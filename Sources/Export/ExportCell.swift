public import Grids
public import Quantities

/// One row of a cells or hot file on its way to a map; what the file does not say is `nil` or empty.
public struct ExportCell: Hashable, Sendable {
  /// Of a level the grid has.
  public var cell: CellID
  /// `nil` where the file gives none.
  public var period: Period?
  /// In the unit of the file, which the file does not name.
  public var value: Double
  /// Neighbours with a value; `nil` for a cells file.
  public var neighbours: Int32?
  /// Standard deviate of the statistic; `nil` in cells files and where there is a `reason`.
  public var z: Double?
  /// Uncorrected; `nil` where there is no z, or no null distribution for it.
  public var p: Double?
  /// Uncorrected, by permutation; `nil` when not asked for.
  public var permutationP: Double?
  /// -3...3; `nil` for a cells file, which has not been tested.
  public var bin: Int?
  /// `hot`, `cold`, `alarm` or empty.
  public var classification: String
  /// Why there is no z.
  public var reason: String
  /// What stands behind the value: `observed`, `satellite`, `interpolated`, or empty where it is not known.
  public var support: String
  /// Name of the home county; empty when it is not known.
  public var county: String
  /// Name of its city.
  public var city: String

  public init(
    cell: CellID, period: Period?, value: Double, neighbours: Int32? = nil, z: Double? = nil, p: Double? = nil,
    permutationP: Double? = nil, bin: Int? = nil, classification: String = "", reason: String = "",
    support: String = "",
    county: String = "", city: String = ""
  ) {
    self.cell = cell
    self.period = period
    self.value = value
    self.neighbours = neighbours
    self.z = z
    self.p = p
    self.permutationP = permutationP
    self.bin = bin
    self.classification = classification
    self.reason = reason
    self.support = support
    self.county = county
    self.city = city
  }
}

/// In which coordinates a map file is written.
public enum ExportReference: Hashable, Sendable {
  /// WGS 84 longitude and latitude for GeoJSON, KML and CSV, the grid's own plane for the rest.
  case usual
  /// The grid's equal-area plane, metres.
  case grid
  /// EPSG:4326.
  case wgs84
  /// EPSG:4490, numerically the same degrees.
  case cgcs2000
}
