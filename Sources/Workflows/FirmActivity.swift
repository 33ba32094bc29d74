internal import Diagnostics
internal import Enterprises
internal import Evidence
internal import Geometry
internal import Grids
internal import Ingest
internal import Quantities

/// Candidates of an attribution with what meters and orders say of their hours.
struct FirmActivity {
  private let firms: [Enterprise]
  private let points: [PlanePoint?]
  /// Of each firm; `nil` without a place.
  let cells: [CellID?]
  private let orders: [StopOrder]
  /// kWh by hour from `firstHour`, by firm with a meter.
  private var loads: [Int: [Double]] = [:]
  /// The same of meters without a registered firm, with their cells.
  private var unregistered: [(cell: CellID, loads: [Double])] = []
  private var firstHour: Int32 = 0
  private(set) var notes: [String] = []
  private(set) var rowsRejected = 0

  /// - Parameters:
  ///   - firms: The register; candidates count in it.
  ///   - orders: Those with a defect bind nobody.
  ///   - meters: By the positions of `loads`; `nil` for a meter nobody lists.
  ///   - loads: Days ascending; empty when nothing is metered.
  init(
    firms: [Enterprise], orders: [StopOrder], meters: [Meter?], loads: [DayLoads], grid: Grid, lattice: Lattice
  ) {
    self.firms = firms
    let points = firms.map { $0.position.map { grid.projection.forward($0) } }
    self.points = points
    cells = points.map { $0.flatMap(lattice.cell(at:)) }
    self.orders = orders.filter { $0.defect == nil }
    gather(loads, meters: meters, grid: grid, lattice: lattice)
  }

  /// The same from the files of `attribute`.
  init(_ request: AttributeRequest, firms: [Enterprise], grid: Grid, lattice: Lattice) throws {
    var notes: [String] = []
    var rejected = 0
    var orders: [StopOrder] = []
    if let path = request.ordersPath {
      let read = try OrdersFile.read(path: path, options: request.options)
      orders = read.value
      notes += read.notes
      rejected += read.rejects.count
    }
    var meters: [Meter?] = []
    var loads: [DayLoads] = []
    if let powerPath = request.powerPath, let metersPath = request.metersPath {
      let listed = try MetersFile.read(path: metersPath, options: request.options)
      let power = try PowerFile.read(path: powerPath, options: request.options)
      let known = Dictionary(listed.value.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      meters = power.value.meterIDs.map { known[$0] }
      loads = power.value.days
      notes += listed.notes + power.notes
      rejected += listed.rejects.count + power.rejects.count
    }
    self.init(firms: firms, orders: orders, meters: meters, loads: loads, grid: grid, lattice: lattice)
    self.notes = notes
    rowsRejected = rejected
  }

  /// Adds up the meters of each firm: production where it is metered, else the total.
  private mutating func gather(_ days: [DayLoads], meters: [Meter?], grid: Grid, lattice: Lattice) {
    guard let first = days.first?.day, let last = days.last?.day else { return }
    let hours = (first.days(until: last) + 1) * 24
    firstHour = LocalHour(day: first, hourOfDay: 0).ordinal
    var curves: [Int32: [Circuit: [Double]]] = [:]
    for block in days {
      let start = first.days(until: block.day) * 24
      for number in 0..<block.count {
        let load = block[number]
        guard load.circuit != .treatment else { continue }
        for hour in 0..<24 {
          let steps = load.energyKilowattHours[hour * 4..<hour * 4 + 4].filter { !$0.isNaN }
          guard !steps.isEmpty else { continue }
          let energy = Double(steps.reduce(0, +)) * 4 / Double(steps.count)
          curves[load.meter, default: [:]][load.circuit, default: [Double](repeating: .nan, count: hours)][
            start + hour] = energy
        }
      }
    }
    let byCode = Dictionary(
      firms.enumerated().map { ($0.element.creditCode, $0.offset) }, uniquingKeysWith: { first, _ in first })
    for number in meters.indices {
      guard let meter = meters[number], let own = curves[Int32(number)], let loads = own[.production] ?? own[.total]
      else { continue }
      if let code = meter.creditCode {
        guard let firm = byCode[code] else { continue }
        self.loads[firm] =
          self.loads[firm].map { zip($0, loads).map { $0.isNaN ? $1 : $1.isNaN ? $0 : $0 + $1 } } ?? loads
      } else if let cell = meter.position.flatMap({ lattice.cell(at: grid.projection.forward($0)) }) {
        unregistered.append((cell, loads))
      }
    }
  }

  /// A household's daily energy is below this, kWh; a meter above it without a firm counts as factory-like.
  ///
  /// `hotgrid power flags` decides with more care; here it only makes a slot likelier.
  static let factoryKilowattHours = 100.0

  /// Firms with a place, and cells with factory-like load of nobody, over some hours.
  func candidates(
    hours: Range<Int32>, rules: AttributionRules
  ) -> (candidates: [SourceCandidate], unregistered: [UnregisteredLoad]) {
    let metered = loads.compactMapValues { load($0, hours: hours) }
    let full = metered.values.map(\.fullLoad).sorted()
    let typical = full.isEmpty ? 1 : full[full.count / 2]
    let candidates = firms.indices.compactMap { number -> SourceCandidate? in
      guard let point = points[number] else { return nil }
      let load = metered[number]
      let isAirRelated = IndustryClass.standard.isAirRelated(firms[number].industryCode)
      return SourceCandidate(
        firm: number, point: point,
        profiles: load.map { [ActivityProfile(weight: 1, levels: $0.levels)] }
          ?? ActivityProfile.unknown(
            firstHour: hours.lowerBound, count: hours.count, allowed: allowed(firms[number], hours: hours)),
        prior: load != nil ? rules.meteredPrior : isAirRelated ? rules.firmPrior : rules.otherFirmPrior,
        relativeEmission: load.map { $0.fullLoad / typical } ?? 1)
    }
    let slots = unregistered.compactMap { entry -> UnregisteredLoad? in
      let known = entry.loads.filter { !$0.isNaN }
      guard !known.isEmpty, known.reduce(0, +) / Double(known.count) * 24 >= Self.factoryKilowattHours,
        let load = load(entry.loads, hours: hours)
      else { return nil }
      return UnregisteredLoad(cell: entry.cell, levels: load.levels)
    }.sorted { $0.cell < $1.cell }
    return (candidates, slots)
  }

  /// From 00:00 of the first day of loads or evidence to the end of the evidence.
  private func load(_ loads: [Double], hours: Range<Int32>) -> MeteredLoad? {
    let start = min(firstHour, hours.lowerBound)
    let all = (start..<hours.upperBound).map { hour -> Double in
      let slot = Int(hour - firstHour)
      return loads.indices.contains(slot) ? loads[slot] : .nan
    }
    // Without a single hour of the evidence the load says nothing about it.
    guard all.suffix(hours.count).contains(where: { !$0.isNaN }) else { return nil }
    return MeteredLoad(hourlyKilowattHours: all, evidenceHours: hours.count)
  }

  /// Share of production that orders leave; `nil` when none binds the firm.
  private func allowed(_ firm: Enterprise, hours: Range<Int32>) -> [Double]? {
    let binding = orders.filter { $0.binds(firm) }
    guard !binding.isEmpty else { return nil }
    return hours.map { hour in
      let time = LocalHour(ordinal: hour).start
      return binding.reduce(1.0) { least, order in
        order.start <= time && time < order.end ? min(least, 1 - order.limitPercent / 100) : least
      }
    }
  }
}
