import Enterprises
import Evidence
import Foundation
import Geometry
import Grids
import Quantities
import Testing

/// A made-up town of 13 by 13 cells with a monitor in each, a background, and one source; everything is made with
/// plumes of this file's own, which are not those of the method.
enum PlantedTown {
  static let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)
  static let hours = 96
  static let firstHour = LocalHour(day: LocalDay(ordinal: 17_471), hourOfDay: 0).ordinal

  static func cell(_ column: Int32, _ row: Int32) -> CellID { CellID(sizeMetres: 3000, column: column, row: row) }

  static func noise(_ a: Int, _ b: Int) -> Double {
    let x = sin(Double(a) * 12.9898 + Double(b) * 78.233) * 43758.5453
    return x - x.rounded(.down) - 0.5
  }

  /// Turns slowly through all directions, 1.5 to 3.5 m/s.
  static let wind: HourlyWind = {
    let angles = (0..<hours).map { Double($0) * 0.21 + 0.6 * sin(Double($0) * 1.3) }
    let speeds = (0..<hours).map { 2.5 + cos(Double($0) * 0.7) }
    return HourlyWind(
      firstHour: firstHour, east: zip(angles, speeds).map { $1 * cos($0) },
      north: zip(angles, speeds).map { $1 * sin($0) })
  }()

  /// - Parameter source: Where it is, and its share of full production by hour of the day.
  static func receptors(source: PlanePoint?, strength: Double = 40, works: (Int) -> Double = { _ in 1 })
    -> [AirReceptor]
  {
    (0..<13 * 13).map { number in
      let point = lattice.centre(of: cell(Int32(number % 13), Int32(number / 13)))
      let values = (0..<hours).map { hour -> Double in
        var value = 50 + 15 * sin(Double(hour) / 9)
        if let source {
          let speed = wind.speed(hour)
          let (e, n) = (wind.east[hour] / speed, wind.north[hour] / speed)
          let (dx, dy) = (point.x - source.x, point.y - source.y)
          let (along, across) = (dx * e + dy * n, dy * e - dx * n)
          let distance = (dx * dx + dy * dy).squareRoot()
          if distance < 1600 {
            value += strength * works(hour % 24) / speed
          } else if along > 0 {
            let width = 900 + 0.2 * along
            value +=
              strength * works(hour % 24) / speed * 0.6 * exp(-across * across / (2 * width * width) - along / 8000)
          }
        }
        return value * (1 + 0.06 * noise(number, hour))
      }
      return AirReceptor(point: point, hourErrorShare: 0.04, gainErrorShare: 0.02, values: values)
    }
  }

  static func firm(_ number: Int, _ point: PlanePoint, _ levels: [Float]? = nil) -> SourceCandidate {
    SourceCandidate(
      firm: number, point: point,
      profiles: levels.map { [ActivityProfile(weight: 1, levels: $0)] }
        ?? ActivityProfile.unknown(firstHour: firstHour, count: hours), prior: 0.4, relativeEmission: 1)
  }

  static var rules: AttributionRules {
    var rules = AttributionRules()
    rules.receptorMetres = 9000
    rules.ensemble = 3
    rules.sweeps = 150
    // The town is small: what lies three cells away is around it.
    rules.ringInnerMetres = 10_000
    return rules
  }

  static func posterior(
    _ receptors: [AirReceptor], _ candidates: [SourceCandidate], wind: HourlyWind = wind, seed: UInt64 = 7
  ) -> AttributionResult {
    Attribution(rules, sizeMetres: 3000, seed: seed).posterior(
      of: AirAnomaly(cells: [cell(6, 6)]),
      inputs: AttributionInputs(lattice: lattice, wind: wind, receptors: receptors, candidates: candidates))
  }
}

@Suite struct AttributionTests {
  private let source = PlantedTown.lattice.centre(of: PlantedTown.cell(5, 7))
  private let elsewhere = PlantedTown.lattice.centre(of: PlantedTown.cell(8, 5))

  @Test func `the firm at the source comes first and the firm elsewhere does not`() throws {
    let result = PlantedTown.posterior(
      PlantedTown.receptors(source: source), [PlantedTown.firm(0, elsewhere), PlantedTown.firm(1, source)])
    let first = try #require(result.shares.first)
    #expect(first.source == .firm(1) && first.rawHalfProbability > 0.8)
    #expect((result.shares.first { $0.source == .firm(0) }?.rawHalfProbability ?? 0) < 0.1)
    #expect(result.abstention == nil && result.hoursUsed > 80)
  }

  @Test func `a source that no register knows goes to its own cell and not to the next firm`() throws {
    let result = PlantedTown.posterior(PlantedTown.receptors(source: source), [PlantedTown.firm(0, elsewhere)])
    let first = try #require(result.shares.first)
    #expect(first.source == .unregistered(PlantedTown.cell(5, 7)))
    #expect((result.unexplainedShare ?? 0) > 0.7)
    #expect(result.unregisteredShares.contains { $0.cell == PlantedTown.cell(5, 7) && $0.share > 0.4 })
  }

  @Test func `of two firms in one place the one whose load keeps the source's hours comes first`() throws {
    let day = (0..<PlantedTown.hours).map { Float((7..<19).contains($0 % 24) ? 1 : 0.02) }
    let night = day.map { 1.02 - $0 }
    let receptors = PlantedTown.receptors(source: source) { (7..<19).contains($0) ? 1 : 0.02 }
    let result = PlantedTown.posterior(
      receptors, [PlantedTown.firm(0, source, night), PlantedTown.firm(1, source, day)])
    #expect(result.shares.first?.source == .firm(1))
  }

  @Test func `shares add up to one and lie within their intervals' order`() {
    let result = PlantedTown.posterior(
      PlantedTown.receptors(source: source), [PlantedTown.firm(0, elsewhere), PlantedTown.firm(1, source)])
    #expect(abs(result.shares.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    #expect(abs(result.shares.reduce(0) { $0 + $1.rawMainProbability } - 1) < 1e-9)
    for share in result.shares {
      #expect(share.lowest <= share.highest && (0...1).contains(share.share))
      #expect((0...1).contains(share.halfProbability) && (0...1).contains(share.mainProbability))
    }
  }

  @Test func `without a source the background is first`() {
    let result = PlantedTown.posterior(PlantedTown.receptors(source: nil), [PlantedTown.firm(0, source)])
    #expect(result.shares.first?.source == .background)
    #expect((result.excess ?? 9) < 1.5)
  }

  @Test func `without wind nothing is guessed`() {
    let none = [Double](repeating: .nan, count: PlantedTown.hours)
    let result = PlantedTown.posterior(
      PlantedTown.receptors(source: source), [PlantedTown.firm(1, source)],
      wind: HourlyWind(firstHour: PlantedTown.firstHour, east: none, north: none))
    #expect(result.abstention == .noWind && result.shares.isEmpty && result.unexplainedShare == nil)
    #expect(result.hoursWithoutWind == PlantedTown.hours)
  }

  @Test func `calms and hours without wind are counted and left out`() {
    var (east, north) = (PlantedTown.wind.east, PlantedTown.wind.north)
    for hour in 0..<10 { east[hour] = .nan }
    for hour in 10..<14 { (east[hour], north[hour]) = (0.1, 0.1) }
    let result = PlantedTown.posterior(
      PlantedTown.receptors(source: source), [PlantedTown.firm(1, source)],
      wind: HourlyWind(firstHour: PlantedTown.firstHour, east: east, north: north))
    #expect(result.hoursWithoutWind == 10 && result.calmHours == 4)
    #expect(result.hoursUsed == PlantedTown.hours - 14)
  }

  @Test func `without monitors nearby it abstains`() {
    let far = PlantedTown.receptors(source: source).filter { $0.point.x < 6000 && $0.point.y < 6000 }
    #expect(PlantedTown.posterior(far, [PlantedTown.firm(1, source)]).abstention == .noReceptors)
  }

  @Test func `the posterior is the same on any number of threads and differs with the seed`() {
    let inputs = AttributionInputs(
      lattice: PlantedTown.lattice, wind: PlantedTown.wind, receptors: PlantedTown.receptors(source: source),
      candidates: [PlantedTown.firm(0, elsewhere), PlantedTown.firm(1, source)])
    let anomalies = [AirAnomaly(cells: [PlantedTown.cell(6, 6)]), AirAnomaly(cells: [PlantedTown.cell(5, 7)])]
    let attribution = Attribution(PlantedTown.rules, sizeMetres: 3000, seed: 7)
    let one = attribution.posteriors(of: anomalies, inputs: inputs, threads: 1)
    let two = attribution.posteriors(of: anomalies, inputs: inputs, threads: 2)
    #expect(one.map(\.shares) == two.map(\.shares))
    let other = Attribution(PlantedTown.rules, sizeMetres: 3000, seed: 8).posteriors(of: anomalies, inputs: inputs)
    #expect(one.map(\.shares) != other.map(\.shares))
  }

  @Test func `cells that touch at a corner are one anomaly and a town is cut`() {
    let groups = AirAnomaly.groups(of: [(1, 1), (2, 2), (5, 5)].map { PlantedTown.cell($0.0, $0.1) })
    #expect(groups.map(\.cells.count) == [2, 1])
    let town = (0..<100).map { PlantedTown.cell(Int32($0 % 10), Int32($0 / 10)) }
    let parts = AirAnomaly.groups(of: town, most: 9)
    #expect(parts.allSatisfy { $0.cells.count <= 9 } && parts.reduce(0) { $0 + $1.cells.count } == 100)
  }

  @Test func `a likely firm becomes a lead with its numbers and what would disprove it`() throws {
    let result = PlantedTown.posterior(
      PlantedTown.receptors(source: source), [PlantedTown.firm(0, elsewhere), PlantedTown.firm(1, source)])
    let firms = (0..<2).map {
      Enterprise(
        creditCode: "C\($0)", name: "合成企业\($0)", industryCode: "3011", position: nil, declared: nil, address: nil,
        countyCode: nil, permit: nil, grade: nil, status: nil, line: 1)
    }
    let day = LocalDay(ordinal: 17_474)
    let origin = AttributionOrigin(firstDay: day, lastDay: day, quantity: "PM2.5", unit: "µg/m³", sources: [])
    var rules = PlantedTown.rules
    rules.leadProbability = 0.3
    let leads = result.leads(
      firms: firms, cells: [PlantedTown.cell(8, 5), PlantedTown.cell(5, 7)], origin: origin, rules: rules)
    let lead = try #require(leads.first)
    #expect(leads.count == 1 && lead.kind == .likelySource && lead.creditCode == "C1")
    #expect(lead.statement.contains("合成企业1 may explain") && !lead.disproof.isEmpty)
    #expect(!lead.statement.contains("violat"))
    rules.leadProbability = 1.1
    #expect(result.leads(firms: firms, cells: [nil, nil], origin: origin, rules: rules).isEmpty)
  }
}
