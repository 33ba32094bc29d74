internal import Digests

extension Frame {
  /// Draws by a plan: the scored arm, the random arm and the reserve in one value.
  ///
  /// A pure function of frame, plan and seed. A plain plan takes the units that ``draw(size:seed:floor:)`` takes, with the
  /// same tickets and probabilities.
  public func draw(plan: DrawPlan, seed: String) throws(DrawProblem) -> DrawResult {
    try PreparedDraw(frame: self, plan: plan).result(seed: seed)
  }

  /// What every unit's chance is before the seed is known, and in which pool it is drawn.
  public func probabilities(
    plan: DrawPlan
  ) throws(DrawProblem) -> [(inclusionProbability: Double, pool: String)] {
    let prepared = try PreparedDraw(frame: self, plan: plan)
    return zip(prepared.probabilities, prepared.poolNames).map { (inclusionProbability: $0, pool: $1) }
  }
}

/// All of a draw that does not depend on the seed.
struct PreparedDraw: Sendable {
  struct Pool: Sendable {
    /// Empty for the rest.
    let name: String
    let members: [Int]
    let size: Int
  }

  let frame: Frame
  let plan: DrawPlan
  let size: Int
  let probabilities: [Double]
  /// Of a Pareto draw: groups with exact quotas, then the rest.
  let pools: [Pool]
  let poolNames: [String]
  /// Of a pivotal draw: sets of units that are settled in turn, before all.
  let stages: [[Int]]
  let reserveGroups: [String]

  init(frame: Frame, plan: DrawPlan) throws(DrawProblem) {
    let count = frame.units.count
    guard (0...count).contains(plan.randomUnits) else { throw .randomSize(plan.randomUnits, units: count) }
    guard plan.reserve >= 0 else { throw .reserveSize(plan.reserve) }
    if plan.method == .lpm, !frame.units.contains(where: { $0.position != nil }) { throw .noPositions }
    let columns = try frame.bounds(plan.quotas, inspectors: plan.inspectors)
    let exact = columns.flatMap { $0.filter(\.isExact) }
    if plan.method == .poisson, !exact.isEmpty { throw .exactInPoisson }
    let size: Int
    if let given = plan.size { size = given } else { size = try PreparedDraw.sizeOfMinima(columns, units: count) }
    let probabilities = try frame.inclusionProbabilities(
      size: size, floor: plan.floor, cap: plan.cap, columns: columns)
    pools =
      plan.method == .pareto
      ? try PreparedDraw.pools(exact, probabilities: probabilities, size: size) : []
    var names = [String](repeating: "", count: count)
    for pool in pools { for slot in pool.members { names[slot] = pool.name } }
    poolNames = names
    stages =
      plan.method == .pivotal || plan.method == .lpm
      ? try PreparedDraw.stages(frame, columns: FrameColumn.allCases.filter { c in exact.contains { $0.column == c } })
      : []
    reserveGroups = frame.units.map { unit in plan.reserveColumn.map { unit.group(in: $0) } ?? "" }
    self.frame = frame
    self.plan = plan
    self.size = size
    self.probabilities = probabilities
  }

  private static func sizeOfMinima(_ columns: [[GroupBounds]], units: Int) throws(DrawProblem) -> Int {
    for bounds in columns {
      var (covered, sum) = (0, 0.0)
      for bound in bounds {
        guard bound.minimum > 0 else { break }
        covered += bound.members.count
        sum += bound.minimum
      }
      if covered == units { return Int((sum - 1e-9).rounded(.up)) }
    }
    throw .noSize
  }

  /// Groups with exact quotas are drawn by themselves; the others together, so that the size comes out.
  private static func pools(
    _ exact: [GroupBounds], probabilities: [Double], size: Int
  ) throws(DrawProblem) -> [Pool] {
    if let first = exact.first, let other = exact.first(where: { $0.column != first.column }) {
      throw .exactColumns(first.column.rawValue, other.column.rawValue)
    }
    var isTaken = [Bool](repeating: false, count: probabilities.count)
    var pools: [Pool] = []
    for bound in exact {
      var expected = 0.0
      for slot in bound.members {
        expected += probabilities[slot]
        isTaken[slot] = true
      }
      let whole = expected.rounded()
      guard abs(expected - whole) <= QuotaSolver.tolerance * max(1, whole) else {
        throw .exactNeedsPivotal(group: bound.name, expected: expected)
      }
      pools.append(Pool(name: bound.name, members: bound.members, size: Int(whole)))
    }
    let rest = probabilities.indices.filter { !isTaken[$0] }
    if !rest.isEmpty {
      pools.append(Pool(name: "", members: rest, size: size - pools.reduce(0) { $0 + $1.size }))
    }
    return pools
  }

  /// The groups of the columns with exact quotas, finest column first: each finer one must divide the coarser.
  private static func stages(_ frame: Frame, columns: [FrameColumn]) throws(DrawProblem) -> [[Int]] {
    let divisions = columns.map { (column: $0, groups: frame.groups(of: $0)) }
      .sorted { $0.groups.count > $1.groups.count }
    for (finer, coarser) in zip(divisions, divisions.dropFirst()) {
      for group in finer.groups {
        guard let first = group.members.first else { continue }
        let name = frame.units[first].group(in: coarser.column)
        guard group.members.allSatisfy({ frame.units[$0].group(in: coarser.column) == name }) else {
          throw .exactColumns(finer.column.rawValue, coarser.column.rawValue)
        }
      }
    }
    return divisions.flatMap { $0.groups.map(\.members) }
  }

  /// The scored draw alone, for what only counts.
  func isScored(seed: String, tickets: [SHA256Digest]) -> [Bool] {
    switch plan.method {
    case .pareto:
      var drawn = [Bool](repeating: false, count: tickets.count)
      for selection in selections(tickets) { for slot in selection.drawn { drawn[slot] = true } }
      return drawn
    case .poisson: return tickets.indices.map { tickets[$0].isBelow(probability: probabilities[$0]) }
    case .pivotal, .lpm:
      let positions = plan.method == .lpm ? frame.units.map(\.position) : nil
      var draw = PivotalDraw(probabilities: probabilities, seed: seed)
      for members in stages + [Array(tickets.indices)] {
        if let positions { draw.settle(members, positions: positions) }
        draw.settle(members)
      }
      draw.finish()
      return draw.isDrawn
    }
  }

  private func selections(_ tickets: [SHA256Digest]) -> [ParetoSelection] {
    pools.map {
      ParetoSelection(tickets: tickets, probabilities: probabilities, members: $0.members, size: $0.size)
    }
  }

  func randomTickets(seed: String) -> [SHA256Digest] {
    plan.randomUnits > 0 ? frame.tickets(seed: "\(seed),random") : []
  }

  /// The slots with the smallest random tickets, those of the arm first, then one more.
  func randomOrder(_ tickets: [SHA256Digest]) -> [Int] {
    Array(tickets.indices.sorted { tickets[$0] < tickets[$1] || (tickets[$0] == tickets[$1] && $0 < $1) })
  }

  func result(seed: String) throws(DrawProblem) -> DrawResult {
    guard !seed.isEmpty else { throw .emptySeed }
    let tickets = frame.tickets(seed: seed)
    let isScored = isScored(seed: seed, tickets: tickets)
    let randomTickets = randomTickets(seed: seed)
    var isRandom = [Bool](repeating: false, count: tickets.count)
    var randomCut: SHA256Digest?
    if plan.randomUnits > 0 {
      let order = randomOrder(randomTickets)
      for slot in order.prefix(plan.randomUnits) { isRandom[slot] = true }
      let last = randomTickets[order[plan.randomUnits - 1]]
      randomCut =
        plan.randomUnits < order.count
        ? SHA256Digest.halfway(last, randomTickets[order[plan.randomUnits]])
        : SHA256Digest(bytes: [UInt8](repeating: 255, count: 32))
    }
    let share = Double(plan.randomUnits) / Double(tickets.count)
    let places = reservePlaces(tickets, isDrawn: tickets.indices.map { isScored[$0] || isRandom[$0] })
    let units = tickets.indices.map { slot in
      DrawOutcome(
        id: frame.units[slot].id, inclusionProbability: probabilities[slot], ticket: tickets[slot],
        isScored: isScored[slot], randomTicket: plan.randomUnits > 0 ? randomTickets[slot] : nil,
        isRandom: isRandom[slot],
        combinedProbability: share > 0 ? 1 - (1 - share) * (1 - probabilities[slot]) : probabilities[slot],
        pool: poolNames[slot], reservePlace: places[slot])
    }
    return DrawResult(
      plan: plan, seed: seed, size: size, units: units, randomProbability: share,
      cuts: plan.method == .pareto
        ? zip(pools, selections(tickets)).map { PoolCut(pool: $0.name, rank: $1.cut) } : [],
      randomCut: randomCut,
      balance: SpatialBalance.voronoiIndex(
        positions: frame.units.map(\.position), probabilities: probabilities, isDrawn: isScored),
      reserveGroups: reserveGroups)
  }

  /// Units that neither arm drew, by Pareto rank, group by group: the first `reserve` of each.
  private func reservePlaces(_ tickets: [SHA256Digest], isDrawn: [Bool]) -> [Int?] {
    var places = [Int?](repeating: nil, count: tickets.count)
    guard plan.reserve > 0 else { return places }
    // A certain unit is always drawn, so that every other has a rank.
    let left = tickets.indices.filter { !isDrawn[$0] && probabilities[$0] < 1 }
    let order = ParetoSelection(tickets: tickets, probabilities: probabilities, members: left, size: 0).order
    var taken: [String: Int] = [:]
    for slot in order {
      let place = taken[reserveGroups[slot], default: 0] + 1
      guard place <= plan.reserve else { continue }
      taken[reserveGroups[slot]] = place
      places[slot] = place
    }
    return places
  }
}

extension SHA256Digest {
  /// Whether u = digest / 2²⁵⁶ is below a probability, exactly.
  func isBelow(probability: Double) -> Bool {
    guard probability < 1 else { return true }
    guard probability > 0 else { return false }
    let (m, exponent) = WideUnsigned.parts(of: probability)
    // u < m/d with d = 2^-exponent, cross-multiplied.
    return WideUnsigned(bigEndian: bytes) * WideUnsigned.power(ofTwo: -exponent) < m * WideUnsigned.power(ofTwo: 256)
  }

  /// Half the sum of two digests, rounded down: at least the smaller, below the larger.
  static func halfway(_ a: SHA256Digest, _ b: SHA256Digest) -> SHA256Digest {
    var sum = [UInt16](repeating: 0, count: 33)
    for place in (0..<32).reversed() {
      let total = UInt16(a.bytes[place]) + UInt16(b.bytes[place]) + sum[place + 1]
      sum[place + 1] = total & 0xFF
      sum[place] = total >> 8
    }
    var half = [UInt8](repeating: 0, count: 32)
    for place in 0..<32 { half[place] = UInt8((sum[place] & 1) << 7 | sum[place + 1] >> 1) }
    return SHA256Digest(bytes: half)
  }
}
