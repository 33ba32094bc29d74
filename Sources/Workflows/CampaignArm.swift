internal import Geometry
internal import Grids
internal import SyntheticWorld

/// What an inspector can be sent to in a synthetic campaign.
enum CampaignUnit: Hashable {
  /// Position in the world's sources.
  case source(Int)
  /// A cell to be searched for workshops.
  case cell(CellID)
}

/// One visit of a day with what it brought to light.
struct CampaignVisit {
  let unit: CampaignUnit
  let findings: [SyntheticFinding]
}

/// A way of choosing, with a world of its own in which what was found is mended, so that arms do not help each other.
struct CampaignArm {
  let name: String
  private(set) var world: SyntheticWorld
  /// Day of the campaign of the last visit, by source; `nil` before the first.
  private(set) var lastVisit: [Int?]
  private(set) var lastSearch: [CellID: Int] = [:]
  private(set) var days: [CampaignDay] = []
  /// What a satellite gave on each day of the world, by slot of the region, µg/m³; empty where nobody looked.
  private(set) var satellite: [[Double]] = []
  /// Cells that were complained of on each day of the world.
  private(set) var complaints: [[CellID]] = []

  init(_ name: String, world: SyntheticWorld) {
    self.name = name
    self.world = world
    lastVisit = Array(repeating: nil, count: world.sources.count)
  }

  /// Visits units, keeps the day's account and mends four problems of five; the rest is a false claim of rectification
  /// (虚报整改) and is found again.
  mutating func visit(_ units: [CampaignUnit], day: Int) -> [CampaignVisit] {
    var visits: [CampaignVisit] = []
    for unit in units {
      let findings: [SyntheticFinding]
      switch unit {
      case .source(let number):
        findings = [world.finding(at: number, day: day)].compactMap(\.self)
        lastVisit[number] = day
      case .cell(let cell):
        findings = world.findings(inCell: cell, day: day)
        lastSearch[cell] = day
      }
      visits.append(CampaignVisit(unit: unit, findings: findings))
    }
    days.append(CampaignDay(day: day, visits: visits, world: world))
    for finding in visits.flatMap(\.findings) where world.followsOrder(finding.source, day: day) {
      world.rectify(finding.source)
    }
    return visits
  }

  /// Lets days pass up to one and keeps what an arm without the chain can know of them.
  mutating func observe(before day: Int, threads: Int) {
    for past in satellite.count..<max(satellite.count, day) {
      satellite.append(world.cellMeans(world.air(day: past, threads: threads)))
      complaints.append(world.complaints(day: past).compactMap { world.region.lattice.cell(at: $0.point) })
    }
  }

  /// What visits would find, without going.
  func preview(_ units: [CampaignUnit], day: Int) -> CampaignDay {
    let visits = units.map { unit -> CampaignVisit in
      switch unit {
      case .source(let number):
        CampaignVisit(unit: unit, findings: [world.finding(at: number, day: day)].compactMap(\.self))
      case .cell(let cell): CampaignVisit(unit: unit, findings: world.findings(inCell: cell, day: day))
      }
    }
    return CampaignDay(day: day, visits: visits, world: world)
  }
}

/// A day's account of one arm.
public struct CampaignDay: Sendable, Codable, Hashable {
  /// Of the synthetic world, from 0.
  public let day: Int
  /// Units visited: firms, workshops and cells.
  public let visits: Int
  /// Visits that found something.
  public let hits: Int
  /// Sum of the severities of what was found, each source once.
  public let severity: Double
  /// Found workshops that no register knows.
  public let offList: Int
  /// Sources at which something was found, ascending.
  public let found: [Int]

  init(day: Int, visits: [CampaignVisit], world: SyntheticWorld) {
    self.day = day
    self.visits = visits.count
    hits = visits.count { !$0.findings.isEmpty }
    var severities: [Int: Double] = [:]
    for finding in visits.flatMap(\.findings) { severities[finding.source] = finding.severity }
    found = severities.keys.sorted()
    severity = found.reduce(0) { $0 + (severities[$1] ?? 0) }
    offList = found.count { !world.sources[$0].isRegistered }
  }
}

/// How the arms choose that see one thing alone, from what was known the evening before.
enum CampaignRanking: String, CaseIterable {
  case random
  case pollution = "PM2.5 only"
  case complaints = "complaints only"
  case lastVisit = "last visit"

  /// Mean of the last week's satellite days, or complaints of the last 30, or the register; filled up at random where there is
  /// not enough to rank.
  func units(_ arm: CampaignArm, day: Int, count: Int) -> [CampaignUnit] {
    var units: [CampaignUnit] =
      switch self {
      case .random: []
      case .pollution: Self.byCell(Self.pollution(arm, before: day), arm, day: day, limit: count)
      case .complaints: Self.byCell(Self.complaints(arm, before: day), arm, day: day, limit: count)
      case .lastVisit: Self.longestUnvisited(arm, day: day)
      }
    if units.count < count {
      let chosen = Set(units)
      units += Self.random(arm, day: day).filter { !chosen.contains($0) }
    }
    return Array(units.prefix(count))
  }

  /// Clouds leave gaps in a week's days. - Returns: NaN where there was no day.
  private static func pollution(_ arm: CampaignArm, before day: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: arm.world.region.cells.count)
    var counts = [Double](repeating: 0, count: sums.count)
    for past in arm.satellite[max(0, day - 7)..<day] {
      for (slot, value) in past.enumerated() where !value.isNaN {
        sums[slot] += value
        counts[slot] += 1
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan }
  }

  /// - Returns: NaN for cells without complaints: they rank nowhere.
  private static func complaints(_ arm: CampaignArm, before day: Int) -> [Double] {
    let region = arm.world.region
    var counts = [Double](repeating: .nan, count: region.cells.count)
    for cell in arm.complaints[max(0, day - 30)..<day].joined() {
      guard let slot = region.slot(of: cell) else { continue }
      counts[slot] = counts[slot].isNaN ? 1 : counts[slot] + 1
    }
    return counts
  }

  /// Registered firms in a random order that belongs to the day.
  private static func random(_ arm: CampaignArm, day: Int) -> [CampaignUnit] {
    arm.world.randomOrder(day: day).map { .source($0) }
  }

  /// Firms by the days since their last visit, the never visited first, ties at random.
  private static func longestUnvisited(_ arm: CampaignArm, day: Int) -> [CampaignUnit] {
    let order = arm.world.randomOrder(day: day)
    return order.enumerated().sorted {
      let (a, b) = (arm.lastVisit[$0.element] ?? -1, arm.lastVisit[$1.element] ?? -1)
      return a != b ? a < b : $0.offset < $1.offset
    }.map { .source($0.element) }
  }

  /// Places in the order of a number of their cell; in a cell the firms, or the cell itself where there is none.
  ///
  /// Firms and cells seen in the last 14 days are passed over: no planner sends a team to the same firm every day.
  /// - Parameter value: By slot of the region; NaN ranks nowhere.
  private static func byCell(_ value: [Double], _ arm: CampaignArm, day: Int, limit: Int) -> [CampaignUnit] {
    let region = arm.world.region
    var firms: [CellID: [Int]] = [:]
    for number in arm.world.randomOrder(day: day) {
      if let cell = region.lattice.cell(at: arm.world.sources[number].point) { firms[cell, default: []].append(number) }
    }
    var units: [CampaignUnit] = []
    let order = region.cells.indices.filter { !value[$0].isNaN }.sorted {
      value[$0] != value[$1] ? value[$0] > value[$1] : $0 < $1
    }
    for slot in order where units.count < limit {
      let cell = region.cells[slot]
      if let inCell = firms[cell] {
        units += inCell.filter { number in arm.lastVisit[number].map { day - $0 > 14 } ?? true }.map { .source($0) }
      } else if arm.lastSearch[cell].map({ day - $0 > 14 }) ?? true {
        units.append(.cell(cell))
      }
    }
    return units
  }
}
