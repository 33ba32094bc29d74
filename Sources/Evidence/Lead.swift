public import Grids
public import Quantities

/// What kind of reason to look a lead is. The raw value is what files and policies use.
public enum LeadKind: String, CaseIterable, Hashable, Sendable, Codable {
  /// The cell stands out from its ring.
  case localOutlier = "local-outlier"
  /// The cell belongs to a Gi* cluster.
  case hotspot
  /// The cell is among the highest of its city.
  case cityTop = "city-top"
  /// The cell is on a monthly list.
  case monthlyList = "monthly-list"
  /// Load during an order to stop or limit.
  case stopOrderLoad = "stop-order-load"
  /// Production circuit on while the treatment circuit is off.
  case treatmentOff = "treatment-off"
  /// Factory-like load at a meter without a registered firm.
  case unregisteredLoad = "unregistered-load"
  /// 12369 complaints nearby.
  case complaints
  /// Satellite fire detections in the cell.
  case fires
  /// The firm may explain an alarm or hotspot upwind of it: a posterior share, not a cause.
  case likelySource = "likely-source"
  /// Hot, loaded or complained of, and no registered firm explains it.
  case darkEmitter = "dark-emitter"
  /// Production moved into the night.
  case nightShift = "night-shift"
  /// Load disappeared without an order or a shutdown that would explain it.
  case loadVanished = "load-vanished"
  /// A meter whose register does not agree with its own load curve.
  case meterReading = "meter-reading"
  /// A continuous emission monitor whose series looks made.
  case emissionMonitor = "emission-monitor"
  /// An air-quality station that seems to be gamed.
  case stationIntegrity = "station-integrity"
  /// An evening signature of loose coal burned in the cell.
  case looseCoal = "loose-coal"
  /// Dust-fall above the limit.
  case dustFall = "dust-fall"
  /// A space-time class of the cell, such as new or intensifying.
  case emergingHotspot = "emerging-hotspot"
  /// The cell lies in a cluster of the scan statistic.
  case scanCluster = "scan-cluster"
  /// Alerts running or within a year, as the strike rule counts them.
  case strike
}

/// Where a number came from: enough for `why` to lead back to the input.
public struct LeadSource: Hashable, Sendable, Codable {
  /// Name of the input file as ingested, or of the derived field.
  public let file: String
  /// First 16 hexadecimal digits of the file's SHA-256, or empty for a derived field.
  public let fileHash: String
  /// Line, feature or record; 0 when the whole file is meant.
  public let line: Int32

  public init(file: String, fileHash: String, line: Int32) {
    self.file = file
    self.fileHash = fileHash
    self.line = line
  }
}

/// One number of a lead, with its name and unit.
public struct LeadNumber: Hashable, Sendable, Codable {
  /// What it measures, in words.
  public let name: String
  /// In `unit`; the one the statement prints rounded.
  public let value: Double
  /// Empty for a pure number.
  public let unit: String

  public init(_ name: String, _ value: Double, _ unit: String = "") {
    self.name = name
    self.value = value
    self.unit = unit
  }
}

/// A reason to look: never a verdict. It carries its numbers, its sources and what would disprove it.
public struct Lead: Hashable, Sendable {
  /// Decides which part of the score it counts for.
  public let kind: LeadKind
  /// Where to look; `nil` when no place is known.
  public let cell: CellID?
  /// 18 characters; `nil` for leads on cells and on meters without a firm.
  public let creditCode: String?
  /// As in the meter file; `nil` where no meter is behind the lead.
  public let meterID: String?
  /// First and last day of the evidence.
  public let firstDay: LocalDay
  /// A clean visit on this day or later answers the lead in part.
  public let lastDay: LocalDay
  /// How strong, 0...1; the policy turns it into points.
  public let strength: Double
  /// One sentence a person can read, in the indicative, with the numbers in it.
  public let statement: String
  /// What an innocent explanation would look like, for the inspection team.
  public let disproof: String
  /// In the order in which a sheet prints them.
  public let numbers: [LeadNumber]
  /// Input files and lines behind the numbers; not every line, where there are many.
  public let sources: [LeadSource]

  public init(
    kind: LeadKind, cell: CellID?, creditCode: String?, meterID: String?, firstDay: LocalDay, lastDay: LocalDay,
    strength: Double, statement: String, disproof: String, numbers: [LeadNumber], sources: [LeadSource]
  ) {
    self.kind = kind
    self.cell = cell
    self.creditCode = creditCode
    self.meterID = meterID
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.strength = strength
    self.statement = statement
    self.disproof = disproof
    self.numbers = numbers
    self.sources = sources
  }
}
