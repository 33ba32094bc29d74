public import Evidence
public import Grids
public import Hotspots
public import Quantities
public import Ranking
public import Sampling

/// One field of a plan with what was found in it.
public struct PlanField: Sendable, Equatable {
  /// Such as `satellite` or `ground`.
  public let name: String
  /// Usually the day before the visits.
  public let period: Period
  /// As measured or mapped, such as µg/m³, whatever was taken off before testing.
  public let values: CellField
  /// Cells that were tested, by cell, or could not be, with the reason; values are the field's own.
  public let hotspots: [HotspotRow]

  public init(name: String, period: Period, values: CellField, hotspots: [HotspotRow]) {
    self.name = name
    self.period = period
    self.values = values
    self.hotspots = hotspots
  }
}

/// One line of a monthly list or of a city's top cells.
public struct PlanListEntry: Hashable, Sendable {
  /// Name of the list, such as `highest`, `worst-year-on-year`, `city-top:130100`.
  public let list: String
  /// From 1.
  public let rank: Int
  /// `nil` for a list of firms or of areas.
  public let cell: CellID?
  /// GB/T 2260 of the county; of the city where an entry of `unseen-sources` is about a whole city.
  public let countyCode: String?
  /// What a person reads first: a city, a target or a county, by list.
  public let name: String
  /// In the unit that `detail` tells; lists by change have the change as a share. `nil` where nothing can be said.
  public let value: Double?
  /// In plain words, with units.
  public let detail: String

  public init(
    list: String, rank: Int, cell: CellID?, countyCode: String?, name: String, value: Double?, detail: String
  ) {
    self.list = list
    self.rank = rank
    self.cell = cell
    self.countyCode = countyCode
    self.name = name
    self.value = value
    self.detail = detail
  }
}

/// What identifies a plan, without its rows.
public struct PlanHeader: Hashable, Sendable {
  /// The day the inspectors go out.
  public let date: LocalDay
  /// Public seed of the draw; empty while a sealed draw waits for its beacon.
  public let seed: String
  /// By the caller's clock, which `--now` sets.
  public let createdAt: Instant
  /// SHA-256 of the policy file, hexadecimal.
  public let policyHash: String
  /// Version of hotgrid that made the plan.
  public let codeVersion: String
  /// SHA-256 over the hashes of all inputs, hexadecimal: equal digests, equal plans.
  public let inputDigest: String
  /// What `plan` printed, as JSON.
  public let summaryJSON: String
  /// Rules of the draw, as ``DrawPlan/lines``; empty for plans made before there were any.
  public let drawRules: [String]
  /// The public commitment, as JSON; `nil` for a draw that was not sealed.
  public let sealJSON: String?
  /// The public record of the opening, as JSON; `nil` until a seal is opened.
  public let openingJSON: String?

  /// Whether the draw waits for its beacon: nobody knows the targets yet.
  public var isSealed: Bool { sealJSON != nil && openingJSON == nil }

  public init(
    date: LocalDay, seed: String, createdAt: Instant, policyHash: String, codeVersion: String, inputDigest: String,
    summaryJSON: String, drawRules: [String] = [], sealJSON: String? = nil, openingJSON: String? = nil
  ) {
    self.date = date
    self.seed = seed
    self.createdAt = createdAt
    self.policyHash = policyHash
    self.codeVersion = codeVersion
    self.inputDigest = inputDigest
    self.summaryJSON = summaryJSON
    self.drawRules = drawRules
    self.sealJSON = sealJSON
    self.openingJSON = openingJSON
  }
}

/// Everything one run of `plan` found and decided.
public struct PlanRecord: Sendable {
  /// What identifies the plan; its date is the key under which it is stored.
  public var header: PlanHeader
  /// In the order in which they were tested: satellite, swath, ground.
  public var fields: [PlanField]
  /// Of cells in the region, field by field.
  public var alarms: [Alarm]
  /// Every lead, those on no target too; the leads of `targets` may repeat them and are stored once.
  public var leads: [Lead]
  /// Monthly lists, highest cells of each city, estimates of unseen sources, firms visited enough; in this order.
  public var lists: [PlanListEntry]
  /// The frame in the order it was drawn from.
  public var targets: [RankedTarget]
  /// Stratum and floor per target, by id; may be empty when there are neither.
  public var frame: [FrameUnit]
  /// Probability, tickets and outcome per target, by id; in the same or another order than `targets`. Empty while sealed.
  public var drawn: [DrawOutcome]

  public init(
    header: PlanHeader, fields: [PlanField], alarms: [Alarm], leads: [Lead], lists: [PlanListEntry] = [],
    targets: [RankedTarget], frame: [FrameUnit] = [], drawn: [DrawOutcome]
  ) {
    self.header = header
    self.fields = fields
    self.alarms = alarms
    self.leads = leads
    self.lists = lists
    self.targets = targets
    self.frame = frame
    self.drawn = drawn
  }
}

/// A target as a plan keeps it: with the draw's outcome.
public struct PlannedTarget: Sendable, Hashable {
  /// With its score, the score's parts and its leads, as ranked before the draw.
  public let target: RankedTarget
  /// As it stands in the frame.
  public let unit: FrameUnit
  /// `nil` when the draw did not cover it, or is sealed and not yet opened.
  public let draw: DrawOutcome?

  public init(target: RankedTarget, unit: FrameUnit, draw: DrawOutcome?) {
    self.target = target
    self.unit = unit
    self.draw = draw
  }

  /// By either arm of the draw; `false` while sealed, and for reserves.
  public var isDrawn: Bool { draw?.isDrawn ?? false }
}
