public import Enterprises
public import Gridding
public import Grids
public import Inspections
public import Quantities
public import Readings

/// A value with the cell and the county it lies in, worked out by the caller from the workspace's grid.
public struct Located<Value: Sendable>: Sendable {
  public let value: Value
  /// The coarsest cell; `nil` without a position.
  public let cell: CellID?
  /// GB/T 2260 code used by county queries; `nil` outside the region.
  public let countyCode: String?

  public init(_ value: Value, cell: CellID? = nil, countyCode: String? = nil) {
    self.value = value
    self.cell = cell
    self.countyCode = countyCode
  }
}

/// A station with the line that declared it.
public struct StationRow: Sendable {
  public let station: Station
  public let line: Int32

  public init(station: Station, line: Int32) {
    self.station = station
    self.line = line
  }
}

/// One quantity on cells for one Beijing day, as read from a raster or a swath.
public struct DayField: Sendable {
  /// As the file or `--variable` names it, such as `pm25` or `no2`.
  public let variable: String
  public let day: LocalDay
  public let field: CellField
  /// Σ area x quality behind each value, in cells: what the file weighs where several saw a cell. Empty when not known.
  public let weights: [Double]

  public init(variable: String, day: LocalDay, field: CellField, weights: [Double] = []) {
    precondition(weights.isEmpty || weights.count == field.count, "one weight per cell")
    self.variable = variable
    self.day = day
    self.field = field
    self.weights = weights
  }
}

/// Everything one input file gave; stored in one transaction.
public struct IngestBatch: Sendable {
  public var stations: [Located<StationRow>] = []
  /// What the station positions of `stationHours` stand for.
  public var stationIDs: [String] = []
  public var stationHours: [StationHours] = []
  public var mobileHours: [MobileCellHours] = []
  /// Kept under the file's kind: `raster` or `swath`.
  public var fields: [DayField] = []
  public var fires: [Located<FireDetection>] = []
  public var enterprises: [Located<Enterprise>] = []
  public var meters: [Located<Meter>] = []
  /// What the meter positions of `loads` stand for.
  public var meterIDs: [String] = []
  public var loads: [DayLoads] = []
  public var orders: [StopOrder] = []
  public var complaints: [Located<Complaint>] = []
  public var wind: [WindObservation] = []
  public var outcomes: [Outcome] = []
  /// Reports of continuous emission monitors; `nil` for other files.
  public var emissions: EmissionHours?
  public var dustFall: [Located<DustFallSample>] = []
  /// Texts to be set in the same transaction, by name.
  public var settings: [(name: String, value: String)] = []

  public init() {}
}

/// What became of a file.
public enum IngestOutcome: Sendable, Equatable {
  case stored(InputFile)
  /// The same bytes were ingested as the same kind before; nothing changed.
  case alreadyKnown(InputFile)

  public var file: InputFile {
    switch self {
    case .stored(let file), .alreadyKnown(let file): file
    }
  }
}
