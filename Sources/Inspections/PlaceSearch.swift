internal import Digests

/// Fills places with inspectors: a maximum flow from people through their days and duties to places, kept whole while
/// one place after the other is fixed to the first inspector that leaves it whole.
struct PlaceSearch {
  private struct Place {
    let duty: Int
    let number: Int
    let speciality: String?
  }

  /// In the order of the draw.
  private let duties: [InspectionDuty]
  private let inspectors: [Inspector]
  private let places: [Place]
  /// Places of each duty, a range of `places`.
  private let placesOfDuty: [Range<Int>]
  /// For each place the inspectors that may have it, by ticket.
  private let eligible: [[Int]]
  /// For each duty the ticket of each inspector.
  private let tickets: [[SHA256Digest]]
  private let exclusions: [[Exclusion?]]
  /// Day of each duty, numbered.
  private let day: [Int]
  private let dayCap: [Int]
  private let totalCap: Int

  private var holder: [Int?]
  private var isFixed: [Bool]
  /// Duties of inspector i on day d at `i * dayCount + d`, and in all.
  private var used: [Int]
  private var total: [Int]
  /// Places that each inspector holds.
  private var held: [[Int]]
  private let dayCount: Int

  init(
    _ given: [InspectionDuty], inspectors people: [Inspector], seed: String, rules: InspectorDrawRules
  ) throws(AssignmentProblem) {
    guard !given.isEmpty else { throw .noDuties }
    guard !people.isEmpty else { throw .noInspectors }
    guard !seed.isEmpty else { throw .emptySeed }
    guard rules.people >= 2 else { throw .tooFewPeople(rules.people) }
    inspectors = people.sorted { precedes($0.id, $1.id) }
    for (a, b) in zip(inspectors, inspectors.dropFirst()) where a.id == b.id { throw .repeatedInspector(a.id) }
    let ordered = given.map { (duty: $0, ticket: SHA256Digest(ofUTF8: "\(seed),\($0.id)")) }
      .sorted { $0.ticket != $1.ticket ? $0.ticket < $1.ticket : precedes($0.duty.id, $1.duty.id) }
    duties = ordered.map(\.duty)
    for (a, b) in zip(duties, duties.dropFirst()) where a.id == b.id { throw .repeatedDuty(a.id) }
    let days = Set(duties.map(\.day)).sorted()
    dayCount = days.count
    day = duties.map { duty in days.firstIndex(of: duty.day) ?? 0 }
    dayCap = inspectors.map { rules.unit == .teamDay ? 1 : $0.maximumPerDay }
    totalCap = rules.maximumDuties ?? .max

    var places: [Place] = []
    var ranges: [Range<Int>] = []
    var eligible: [[Int]] = []
    var tickets: [[SHA256Digest]] = []
    var exclusions: [[Exclusion?]] = []
    for (number, duty) in duties.enumerated() {
      var row: [Exclusion?] = []
      for inspector in inspectors { row.append(try inspector.exclusion(from: duty)) }
      let hashes = inspectors.map { InspectorDraw.ticket(seed: seed, inspector: $0.id, duty: duty.id) }
      // Inspectors are in the order of their ids, so a stable order by ticket breaks ties by id.
      let order = inspectors.indices.filter { row[$0] == nil }
        .sorted { hashes[$0] != hashes[$1] ? hashes[$0] < hashes[$1] : $0 < $1 }
      let needs = duty.specialities
      let first = places.count
      for place in 0..<max(rules.people, needs.count) {
        let speciality = place < needs.count ? needs[place] : nil
        places.append(Place(duty: number, number: place + 1, speciality: speciality))
        let people = inspectors
        eligible.append(order.filter { who in speciality.map { people[who].specialities.contains($0) } ?? true })
      }
      ranges.append(first..<places.count)
      tickets.append(hashes)
      exclusions.append(row)
    }
    self.places = places
    placesOfDuty = ranges
    self.eligible = eligible
    self.tickets = tickets
    self.exclusions = exclusions
    holder = Array(repeating: nil, count: places.count)
    isFixed = Array(repeating: false, count: places.count)
    used = Array(repeating: 0, count: inspectors.count * dayCount)
    total = Array(repeating: 0, count: inspectors.count)
    held = Array(repeating: [], count: inspectors.count)
  }

  func drawn() -> [DrawnPlace] {
    places.indices.compactMap { slot in
      holder[slot].map { who in
        let duty = places[slot].duty
        return DrawnPlace(
          dutyID: duties[duty].id, number: places[slot].number, speciality: places[slot].speciality,
          inspectorID: inspectors[who].id, ticket: tickets[duty][who])
      }
    }
  }

  /// Fills every place, then fixes them one by one to the first inspector possible.
  mutating func fill() throws(AssignmentProblem) {
    var open: [Int] = []
    for slot in places.indices where !augment(from: slot) { open.append(slot) }
    guard open.isEmpty else { throw .shortage(shortage(open)) }
    for slot in places.indices {
      for who in eligible[slot] where fix(slot, to: who) { break }
      precondition(isFixed[slot], "the present holder of a place is always possible")
    }
  }

  // MARK: One place

  private mutating func give(_ slot: Int, to who: Int) {
    holder[slot] = who
    used[who * dayCount + day[places[slot].duty]] += 1
    total[who] += 1
    held[who].append(slot)
  }

  private mutating func release(_ slot: Int) {
    guard let who = holder[slot] else { return }
    holder[slot] = nil
    used[who * dayCount + day[places[slot].duty]] -= 1
    total[who] -= 1
    held[who].removeAll { $0 == slot }
  }

  /// What keeps an inspector from taking a place as things stand.
  private enum Obstacle {
    case none
    /// One of these places would have to be given up; fixed ones are not among them.
    case oneOf([Int])
  }

  private func obstacle(_ who: Int, at slot: Int) -> Obstacle {
    let duty = places[slot].duty
    if let other = placesOfDuty[duty].first(where: { $0 != slot && holder[$0] == who }) {
      return .oneOf(isFixed[other] ? [] : [other])
    }
    if used[who * dayCount + day[duty]] >= dayCap[who] {
      return .oneOf(held[who].filter { !isFixed[$0] && $0 != slot && day[places[$0].duty] == day[duty] }.sorted())
    }
    if total[who] >= totalCap { return .oneOf(held[who].filter { !isFixed[$0] && $0 != slot }.sorted()) }
    return .none
  }

  /// Fills an open place, moving others along a shortest augmenting path. - Returns: Whether that is possible.
  private mutating func augment(from start: Int) -> Bool {
    /// Reached from this place by its wanting this inspector.
    var reached: [Int: (from: Int, who: Int)] = [:]
    var queue = [start]
    var head = 0
    var isReached = [Bool](repeating: false, count: places.count)
    isReached[start] = true
    while head < queue.count {
      let slot = queue[head]
      head += 1
      // Whoever is asked to leave a place is no answer to who takes it.
      for who in eligible[slot] where holder[slot] != who {
        switch obstacle(who, at: slot) {
        case .none:
          // Unwind: whoever was asked to leave a place takes the one that asked.
          var (place, person) = (slot, who)
          var moves: [(place: Int, person: Int)] = [(place, person)]
          while let step = reached[place] {
            (place, person) = step
            moves.append((place, person))
          }
          for move in moves { release(move.place) }
          for move in moves { give(move.place, to: move.person) }
          return true
        case .oneOf(let others):
          for other in others where !isReached[other] {
            isReached[other] = true
            reached[other] = (slot, who)
            queue.append(other)
          }
        }
      }
    }
    return false
  }

  /// Fixes a place to an inspector if everything else can still be filled; else changes nothing.
  private mutating func fix(_ slot: Int, to who: Int) -> Bool {
    if holder[slot] == who {
      isFixed[slot] = true
      return true
    }
    let before = self
    release(slot)
    var opened: Int?
    if case .oneOf(let others) = obstacle(who, at: slot) {
      guard let first = others.first else {
        self = before
        return false
      }
      release(first)
      opened = first
    }
    give(slot, to: who)
    isFixed[slot] = true
    if let opened, !augment(from: opened) {
      self = before
      return false
    }
    return true
  }

  // MARK: Proof

  /// Every place that an open one could ask for, directly or through others, with everyone who may hold any of them.
  private func shortage(_ open: [Int]) -> AssignmentShortage {
    var isReached = [Bool](repeating: false, count: places.count)
    var people: Set<Int> = []
    var queue = open
    for slot in open { isReached[slot] = true }
    var head = 0
    while head < queue.count {
      let slot = queue[head]
      head += 1
      for who in eligible[slot] {
        people.insert(who)
        guard holder[slot] != who else { continue }
        guard case .oneOf(let others) = obstacle(who, at: slot) else { continue }
        for other in others where !isReached[other] {
          isReached[other] = true
          queue.append(other)
        }
      }
    }
    let members = duties.indices.filter { duty in placesOfDuty[duty].contains { isReached[$0] } }
    return AssignmentShortage(
      duties: members.map { duty in
        let slots = placesOfDuty[duty].filter { isReached[$0] }
        var excluded: [Exclusion: Int] = [:]
        for case let rule? in exclusions[duty] { excluded[rule, default: 0] += 1 }
        let able = inspectors.indices.filter { exclusions[duty][$0] == nil }
        let unskilled = able.filter { who in !slots.contains { eligible[$0].contains(who) } }
        return .init(
          id: duties[duty].id, places: slots.map { places[$0].speciality }, excluded: excluded,
          withoutSpeciality: unskilled.count)
      },
      needed: queue.count, available: queue.count - open.count,
      inspectors: people.sorted().map { inspectors[$0].id })
  }
}

/// By UTF-8 bytes, as everywhere in the draws.
func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
