public import Enterprises
public import Geometry
public import Grids
internal import Quantities

/// How a synthetic firm behaves; what the analysis should find out and never reads.
public enum SyntheticBehaviour: String, CaseIterable, Sendable {
  case honest
  case ignoresStopOrders = "ignores-stop-orders"
  case treatmentOff = "treatment-off"
  case nightShift = "night-shift"
  case selfGeneration = "self-generation"
  case plainShutdown = "plain-shutdown"
  /// Obeys stops and ignores limits.
  case exceedsLimit = "exceeds-limit"
  /// Treatment runs at two fifths of its usual power.
  case treatmentIdle = "treatment-idle"
  /// Work moves into the night without an order.
  case nightWork = "night-work"
  /// The production circuit shows nothing any more while the line runs on.
  case loadVanished = "load-vanished"
  /// The total meter shows half of what passes it.
  case tamperedReading = "tampered-reading"
  /// An honest firm whose meters stick, die or lose most values.
  case meterFault = "meter-fault"
  /// An honest firm that has always worked at night.
  case nightHabit = "night-habit"
}

/// A synthetic source of pollution: a registered firm or a workshop that no register knows.
public struct SyntheticSource: Sendable {
  /// Credit code of a firm; `SYN-W…` for a workshop.
  public let id: String
  /// Made up, and says so.
  public let name: String
  /// GB/T 4754; of a workshop what it would be registered as.
  public let industryCode: String
  /// WGS 84; where it truly is, which a register may say less exactly.
  public let position: LonLat
  /// The same place in the plane of the grid, metres.
  public let point: PlanePoint
  /// GB/T 2260 of the county that it stands in.
  public let countyCode: String
  /// As the register has it.
  public let grade: PerformanceGrade
  /// What is to be found out; no verb of the analysis reads it.
  public let behaviour: SyntheticBehaviour
  /// `false` for a workshop that no register knows.
  public let isRegistered: Bool
  /// Meter id; `nil` for firms without one.
  public let meter: String?
  /// kWh in a quarter hour at full production.
  public let loadKilowattHours: Double
  /// Works day and night; otherwise 07:00 to 19:00.
  public let isContinuous: Bool
  /// Stands still on Sundays; only firms that work by day.
  public let restsOnSundays: Bool
  /// Has a meter for everything and none for production and treatment.
  public let isTotalOnly: Bool
  /// PM2.5 increment of its own cell at full production without treatment and 3 m/s wind, µg/m³.
  public let strength: Double
  /// Day of the campaign from which a plain shutdown lasts or treatment is off, from 0.
  public let turningDay: Int

  /// The same source after an inspection that was followed.
  var rectified: SyntheticSource {
    SyntheticSource(
      id: id, name: name, industryCode: industryCode, position: position, point: point, countyCode: countyCode,
      grade: grade, behaviour: isRegistered ? .honest : behaviour, isRegistered: isRegistered, meter: meter,
      loadKilowattHours: isRegistered ? loadKilowattHours : 0, isContinuous: isContinuous,
      restsOnSundays: restsOnSundays, isTotalOnly: isTotalOnly, strength: isRegistered ? strength : 0,
      turningDay: turningDay)
  }
}

/// A synthetic monitor.
public struct SyntheticStation: Sendable {
  /// `SYN…A`, or `SYN-U…` for a micro-station.
  public let id: String
  /// Made up from the county's name, with 合成 in it.
  public let name: String
  /// WGS 84, inside `cell`.
  public let position: LonLat
  /// Of the region's lattice.
  public let cell: CellID
  /// Whether it is a micro-station: PM2.5 only, a larger gain error, and all the faults.
  public let isMicro: Bool
  /// Multiplies what it measures.
  public let gain: Double
  /// none, or one of ``SyntheticStation/faults``.
  public let fault: String

  /// Kinds of faults, dealt evenly to every fifth micro-station.
  static let faults = [
    "stuck", "spike", "missing", "outage", "drift", "flat-cut", "spray", "clock-shift", "copied", "gain",
  ]
}

/// A seeded campaign over the real counties and grid. Everything in it is synthetic.
///
/// Terrain-free: one wind for the region, a smooth background with episodes, and sources whose influence follows the
/// wind. See docs/methods/synthetic-campaign.md for what is simulated and what is not.
public struct SyntheticWorld: Sendable {
  /// What it was made from.
  public let options: SyntheticOptions
  /// The counties and cells it plays in.
  public let region: Region
  /// Projection and levels of `region`.
  public let grid: Grid
  /// Firms and workshops; findings and behaviours name them by position here.
  public private(set) var sources: [SyntheticSource]
  /// Positions in ``sources`` of those that were made to mend what was wrong.
  public private(set) var mended: Set<Int> = []
  /// Stations first, then micro-stations; vans have none.
  public let stations: [SyntheticStation]
  /// Peak-shift, red and orange orders of the campaign.
  public let orders: [StopOrder]
  /// Hourly, towards the east and north, m/s.
  let wind: [(u: Double, v: Double)]
  let orderBook: OrderBook

  public init(options: SyntheticOptions, region: Region, grid: Grid) {
    self.options = options
    self.region = region
    self.grid = grid
    wind = Self.makeWind(options)
    let clusters = (0..<60).map { Self.somewhere(region, SyntheticStream(options.seed, 1, $0)) }
    sources = Self.makeSources(options, region, grid, clusters)
    stations = Self.makeStations(options, region, grid, clusters)
    orders = Self.makeOrders(options, region, sources)
    orderBook = OrderBook(orders)
  }

  /// A uniform point in a random cell of the region, projected metres.
  private static func somewhere(_ region: Region, _ stream: SyntheticStream) -> PlanePoint {
    var stream = stream
    let box = region.lattice.box(of: region.cells[stream.below(region.cells.count)])
    return PlanePoint(
      x: box.minX + stream.unit() * (box.maxX - box.minX), y: box.minY + stream.unit() * (box.maxY - box.minY))
  }

  /// Near a cluster for most, anywhere for the rest; always inside the region.
  private static func place(
    _ region: Region, _ clusters: [PlanePoint], _ stream: inout SyntheticStream
  ) -> (point: PlanePoint, slot: Int) {
    for _ in 0..<50 {
      var point = clusters[stream.below(clusters.count)]
      if stream.unit() < 0.6 {
        point.x += 5000 * stream.normal()
        point.y += 5000 * stream.normal()
      } else {
        let box = region.lattice.box(of: region.cells[stream.below(region.cells.count)])
        point = PlanePoint(
          x: box.minX + stream.unit() * (box.maxX - box.minX), y: box.minY + stream.unit() * (box.maxY - box.minY))
      }
      if let cell = region.lattice.cell(at: point), let slot = region.slot(of: cell) { return (point, slot) }
    }
    let slot = stream.below(region.cells.count)
    return (region.lattice.centre(of: region.cells[slot]), slot)
  }

  private static func makeWind(_ options: SyntheticOptions) -> [(u: Double, v: Double)] {
    var stream = SyntheticStream(options.seed, 2, 0)
    var (u, v) = (1.0, -1.5)
    return (0..<options.days * 24).map { hour in
      // First-order autoregression around a north-westerly mean that turns with passing fronts.
      let phase = Double(hour) / (24 * 6.5) * 2 * Double.pi
      u = 0.9 * u + 0.1 * (1.2 + 1.8 * wave(phase)) + 0.45 * stream.normal()
      v = 0.9 * v + 0.1 * (-1.5 + 2.2 * wave(phase + 1.1)) + 0.45 * stream.normal()
      return (u, v)
    }
  }

  private static let industries = [
    "2521", "3011", "3031", "3110", "3120", "3130", "3391", "3041", "2614", "2641", "2110", "3360", "4430", "2021",
    "2911", "3091", "5211", "6110", "8390",
  ]

  private static func makeSources(
    _ options: SyntheticOptions, _ region: Region, _ grid: Grid, _ clusters: [PlanePoint]
  ) -> [SyntheticSource] {
    (0..<options.firms + options.unregistered).map { k in
      var stream = SyntheticStream(options.seed, 3, k)
      let isRegistered = k < options.firms
      let (point, slot) = place(region, clusters, &stream)
      let county = region.counties[region.homeCounty(slot: slot)]
      let isMetered = !isRegistered || k < options.metered
      let industry = isRegistered ? industries[stream.below(isMetered ? 16 : industries.count)] : "2110"
      let isDirty = stream.unit() < 0.35 || isMetered
      let draw = stream.unit()
      let behaviour: SyntheticBehaviour
      switch draw {
      case _ where !isRegistered: behaviour = .ignoresStopOrders
      case ..<0.12 where isMetered: behaviour = .ignoresStopOrders
      case ..<0.22 where isMetered: behaviour = .treatmentOff
      case ..<0.28 where isMetered: behaviour = .nightShift
      case ..<0.33 where isMetered: behaviour = .selfGeneration
      case ..<0.38 where isMetered: behaviour = .plainShutdown
      case ..<0.42 where isMetered: behaviour = .exceedsLimit
      case ..<0.46 where isMetered: behaviour = .treatmentIdle
      case ..<0.50 where isMetered: behaviour = .nightWork
      case ..<0.54 where isMetered: behaviour = .loadVanished
      case ..<0.58 where isMetered: behaviour = .tamperedReading
      case ..<0.62 where isMetered: behaviour = .meterFault
      case ..<0.66 where isMetered: behaviour = .nightHabit
      // Without a meter only the air and the neighbours can tell.
      case ..<0.15 where isDirty && !isMetered: behaviour = .treatmentOff
      default: behaviour = .honest
      }
      // Firms of the best grade are exempt from most orders: cheats among them would be no cheats.
      let grade =
        behaviour == .honest
        ? PerformanceGrade.allCases[stream.below(4)] : PerformanceGrade.allCases[1 + stream.below(3)]
      let scale = expOf(0.8 * stream.normal())
      let id =
        isRegistered ? CreditCode.make(areaCode: county.code, number: 10_000_000 + k).text : "SYN-W\(k - options.firms)"
      // A draw less or more would move everything that is drawn after it: these two go by the number.
      let needsCircuits = ![.honest, .ignoresStopOrders, .nightShift, .plainShutdown].contains(behaviour)
      let isContinuous = isRegistered && stream.unit() < 0.6
      return SyntheticSource(
        id: id, name: isRegistered ? "\(county.name)合成企业\(k)号 (synthetic)" : "无照作坊\(k - options.firms)号 (synthetic)",
        industryCode: industry, position: grid.projection.inverse(point), point: point, countyCode: county.code,
        grade: grade, behaviour: behaviour, isRegistered: isRegistered,
        meter: isMetered ? "SYN-M\(k)" : nil, loadKilowattHours: isRegistered ? 60 * scale : 12 + 10 * stream.unit(),
        isContinuous: isContinuous, restsOnSundays: isRegistered && !isContinuous && k % 3 == 0,
        isTotalOnly: isRegistered && !needsCircuits && k % 6 == 5, strength: isDirty ? 14 * scale : 0,
        turningDay: options.days / 2 + stream.below(max(1, options.days / 3)))
    }
  }

  private static func makeStations(
    _ options: SyntheticOptions, _ region: Region, _ grid: Grid, _ clusters: [PlanePoint]
  ) -> [SyntheticStation] {
    (0..<options.stations + options.micro).map { k in
      var stream = SyntheticStream(options.seed, 4, k)
      let isMicro = k >= options.stations
      let (point, slot) = place(region, clusters, &stream)
      let county = region.counties[region.homeCounty(slot: slot)]
      let draw = stream.unit()
      let fault = !isMicro || draw >= 0.2 ? "none" : SyntheticStation.faults[Int(draw * 50)]
      return SyntheticStation(
        id: isMicro ? "SYN-U\(k - options.stations)" : "SYN\(1000 + k)A", name: "\(county.name)合成站\(k)",
        position: grid.projection.inverse(point), cell: region.cells[slot], isMicro: isMicro,
        gain: isMicro ? 1 + 0.12 * stream.normal() : 1 + 0.02 * stream.normal(), fault: fault)
    }
  }

  private static func makeOrders(
    _ options: SyntheticOptions, _ region: Region, _ sources: [SyntheticSource]
  ) -> [StopOrder] {
    var orders: [StopOrder] = []
    func add(_ id: String, _ kind: OrderKind, _ first: Int, _ days: Int, _ scope: OrderScope, _ limit: Double) {
      let start = LocalHour(day: options.start.advanced(by: first), hourOfDay: 0).start
      let end = LocalHour(day: options.start.advanced(by: first + days), hourOfDay: 0).start
      orders.append(StopOrder(id: id, kind: kind, start: start, end: end, scope: scope, limitPercent: limit, line: 0))
    }
    let firms = sources.filter { $0.isRegistered && $0.meter != nil }.map(\.id)
    // Kilns stop for the heating season, which begins two thirds into the demo; red alerts bind listed firms.
    add("SYN-PEAK-1", .peakShift, options.days * 2 / 3, 120, .industries(["3031", "3011"]), 100)
    var number = 0
    var day = options.days * 2 / 3
    while day < options.days {
      number += 1
      let listed = firms.enumerated().filter { ($0.offset + number) % 3 != 0 }.map(\.element)
      if !listed.isEmpty { add("SYN-RED-\(number)", .red, day, 5, .creditCodes(listed), 100) }
      let counties = region.counties.enumerated().filter { $0.offset % 5 == number % 5 }.map(\.element.code)
      add("SYN-ORANGE-\(number)", .orange, day + 1, 3, .counties(counties), 50)
      day += 9
    }
    return orders
  }

  /// Makes a source do what it should from now on: a workshop is closed (关停取缔), a firm keeps its orders and its treatment.
  ///
  /// Only days that are made after the call know of it.
  /// - Parameter source: Position in ``sources``.
  public mutating func rectify(_ source: Int) {
    sources[source] = sources[source].rectified
    mended.insert(source)
  }
}

/// exp(x) by repeated squaring of a short series: pure and exact enough for scales.
func expOf(_ x: Double) -> Double {
  let y = x / 1024
  var value = 1 + y + y * y / 2 + y * y * y / 6
  for _ in 0..<10 { value *= value }
  return value
}

/// A sine by its series on the reduced argument.
func wave(_ x: Double) -> Double {
  let turn = x / (2 * Double.pi)
  let r = (turn - turn.rounded()) * 2 * Double.pi
  let s = r * r
  return r * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156))))))
}
