public import Enterprises
public import Gridding
public import Grids
public import Inspections
public import Quantities
public import Readings

/// A value with the cell and the county it lies in, worked out by the caller from the workspace's grid.
public struct Located<Value: Sendable>: Sendable {
  /// As the file has it, but for positions, which are WGS 84.
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
  /// Its position is WGS 84 as far as the file or the user declared a coordinate system.
  public let station: Station
  /// From 1, the header counted.
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
  /// Beijing day to which all values of the field belong.
  public let day: LocalDay
  /// At the grid's coarsest level, in the unit of the file.
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
  /// Declared in a `stations` file, or met with a position in readings.
  public var stations: [Located<StationRow>] = []
  /// What the station positions of `stationHours` stand for.
  public var stationIDs: [String] = []
  /// One entry per pollutant, of fixed stations only.
  public var stationHours: [StationHours] = []
  /// One entry per pollutant, of moving monitors, which are stored by cell.
  public var mobileHours: [MobileCellHours] = []
  /// Kept under the file's kind: `raster` or `swath`.
  public var fields: [DayField] = []
  /// Every accepted row, in file order.
  public var fires: [Located<FireDetection>] = []
  /// Of one file a firm occurs once, by credit code.
  public var enterprises: [Located<Enterprise>] = []
  /// With or without a firm; one without a position has neither cell nor county.
  public var meters: [Located<Meter>] = []
  /// What the meter positions of `loads` stand for.
  public var meterIDs: [String] = []
  /// One entry per Beijing day, days ascending.
  public var loads: [DayLoads] = []
  /// In file order, in which a later row with the same id amends an earlier one.
  public var orders: [StopOrder] = []
  /// With names, numbers and addresses of people already taken out of the text.
  public var complaints: [Located<Complaint>] = []
  /// Forecasts may lie after the clock.
  public var wind: [WindObservation] = []
  /// Visits with what was found, in file order.
  public var outcomes: [Outcome] = []
  /// Reports of continuous emission monitors; `nil` for other files.
  public var emissions: EmissionHours?
  /// Months of collectors; those without a position may still name their county.
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

  /// With its number, whether it was stored now or before.
  public var file: InputFile {
    switch self {
    case .stored(let file), .alreadyKnown(let file): file
    }
  }
}
