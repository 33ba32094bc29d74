internal import Geometry
internal import Glibc
public import Readings

/// A fault that was planted into a synthetic network, for checks to find.
public struct PlantedFault: Sendable, Hashable {
  /// The flag that should find it.
  public let flag: QualityFlags
  /// Name of the kind, as the confusion table prints it.
  public let name: String
  /// Row of the network's series.
  public let station: Int
  /// Columns of the series from the first to the last hour that the fault touches.
  public let hours: ClosedRange<Int>
  /// How strong: the shift in hours, the gain, the cap, the station copied from; for people.
  public let detail: String
  /// Whether each hour is a fault of its own, as a missing code is, or all of them together are one.
  public let isEpisode: Bool
  /// Of a drift: hours from beginning to end of the ramp, and the factor reached there.
  var ramp: (hours: Double, end: Double)?

  public static func == (a: PlantedFault, b: PlantedFault) -> Bool {
    (a.flag, a.station, a.hours, a.detail) == (b.flag, b.station, b.hours, b.detail)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(flag)
    hasher.combine(station)
    hasher.combine(hours)
  }

  /// By how much a drift has changed an hour's value, as a share; `nil` for other faults.
  public func relativeError(at hour: Int) -> Double? {
    ramp.map { ($0.end - 1) * min(1, Double(hour - hours.lowerBound) / $0.hours) }
  }
}

extension SyntheticNetwork {
  /// Flags in the order in which stations are dealt to them.
  static let plantable: [(name: String, flag: QualityFlags)] = QualityFlags.all

  /// Every station in four gets one kind of fault; kinds take turns.
  mutating func plantFaults() {
    var number = 0
    var taken = Set<Int>()
    for station in 0..<options.stations {
      var stream = SyntheticStream(options.seed, 50, station)
      guard stream.unit() < options.faultShare, !taken.contains(station) else { continue }
      let kind = Self.plantable[number % Self.plantable.count]
      number += 1
      plant(kind.flag, kind.name, station, &stream, &taken)
    }
  }

  private mutating func plant(
    _ flag: QualityFlags, _ name: String, _ station: Int, _ stream: inout SyntheticStream, _ taken: inout Set<Int>
  ) {
    taken.insert(station)
    switch flag {
    case .range, .spike, .missingCode, .duplicate, .finerAboveCoarser, .incompleteHour:
      plantHours(flag, name, station, &stream)
    case .stuck:
      let hours = episode(days: 0.5 + 2.5 * stream.unit(), &stream)
      let value = fine.values[station * fine.hourCount + hours.lowerBound]
      let level = value.isNaN ? 57.3 : value
      change(flag, name, station, hours, "at \(level)", both: false) { _, _ in level }
    case .drift:
      let ramp = Double(10 + stream.below(11))
      let hours = episode(days: min(Double(options.days) - 4, ramp + 4), &stream)
      let rises = stream.unit() < 0.5
      let end = rises ? 1.6 + 0.8 * stream.unit() : 0.3 + 0.3 * stream.unit()
      change(flag, name, station, hours, "to x\(rounded2(end)) in \(Int(ramp)) days", both: true) { value, hour in
        value * (1 + (end - 1) * min(1, Double(hour - hours.lowerBound) / (ramp * 24)))
      }
      faults[faults.count - 1].ramp = (ramp * 24, end)
    case .clockShift:
      let shift = [1, -1, 2, -2, 3, 8, -8, 12][stream.below(8)]
      let hours = episode(days: 7 + 7 * stream.unit(), &stream)
      let (oldFine, oldCoarse, count) = (fine.values, coarse.values, fine.hourCount)
      for hour in hours {
        let from = min(count - 1, max(0, hour - shift))
        set(station, hour, oldFine[station * count + from], oldCoarse[station * count + from], flag)
      }
      record(flag, name, station, hours, "by \(shift) h")
    case .neighbours:
      let gain = stream.unit() < 0.5 ? 2.2 + 1.3 * stream.unit() : 0.3 + 0.15 * stream.unit()
      let hours = episode(days: 6 + 8 * stream.unit(), &stream)
      change(flag, name, station, hours, "x\(rounded2(gain))", both: true) { value, _ in value * gain }
    case .copied: plantCopy(flag, name, station, &stream, &taken)
    case .flatCut:
      let hours = episode(days: 6 + 8 * stream.unit(), &stream)
      let count = fine.hourCount
      let present = hours.map { fine.values[station * count + $0] }.filter { !$0.isNaN }.sorted()
      guard !present.isEmpty else { return }
      let cap = present[Int(Double(present.count) * (0.5 + 0.25 * stream.unit()))].rounded()
      var jitter = stream
      change(flag, name, station, hours, "at \(cap)", both: false) { value, _ in
        value > cap ? ((cap * (1 - 0.01 * jitter.unit())) * 10).rounded() / 10 : value
      }
    default: plantSpray(flag, name, station, &stream)
    }
  }

  /// Faults of single hours: one hour in forty of the station.
  private mutating func plantHours(
    _ flag: QualityFlags, _ name: String, _ station: Int, _ stream: inout SyntheticStream
  ) {
    let count = fine.hourCount
    var hour = 2 + stream.below(30)
    var (first, last) = (-1, -1)
    while hour < count - 2 {
      let slot = station * count + hour
      if !fine.values[slot].isNaN, !coarse.values[slot].isNaN, plantHour(flag, slot, &stream) {
        if first < 0 { first = hour }
        last = hour
      }
      hour += 4 + stream.below(72)
    }
    if first >= 0 {
      faults.append(
        PlantedFault(
          flag: flag, name: name, station: station, hours: first...last, detail: "single hours", isEpisode: false))
    }
  }

  /// - Returns: Whether the hour was fit for the fault.
  private mutating func plantHour(_ flag: QualityFlags, _ slot: Int, _ stream: inout SyntheticStream) -> Bool {
    let value = fine.values[slot]
    switch flag {
    case .range: fine.values[slot] = stream.unit() < 0.5 ? -6 - 60 * stream.unit() : 1001 + 4000 * stream.unit()
    case .spike:
      // A lone jump: the hours beside it must be there and must not be far apart.
      let (before, after) = (fine.values[slot - 1], fine.values[slot + 1])
      guard before > 12, after > 12, max(before, after) < 1.5 * min(before, after) else { return false }
      if stream.unit() < 0.7 || min(before, after) < 40 {
        fine.values[slot] = min(990, max(before, after) * (3.5 + 5 * stream.unit()) + 40)
      } else {
        fine.values[slot] = (min(before, after) * (0.02 + 0.15 * stream.unit()) * 10).rounded() / 10
      }
    case .missingCode: fine.values[slot] = [-999, -9999, -99, -1, 9999, 32767, 65535][stream.below(7)]
    case .duplicate:
      let (station, column) = (Int32(slot / fine.hourCount), Int32(slot % fine.hourCount))
      fine.add(station: station, hour: fine.firstHour + column, value: (value * 11 + 3).rounded() / 10)
    case .finerAboveCoarser:
      coarse.values[slot] = (value / (1.3 + stream.unit())).rounded()
      plantedCoarse[slot] |= flag.rawValue
    default:
      guard fine.counts[slot] >= 11 else { return false }
      fine.counts[slot] = 2 + Int32(stream.below(6))
    }
    plantedFine[slot] |= flag.rawValue
    return true
  }

  /// Another station's values for three to nine days; every second copy with one per cent of noise over them.
  private mutating func plantCopy(
    _ flag: QualityFlags, _ name: String, _ station: Int, _ stream: inout SyntheticStream, _ taken: inout Set<Int>
  ) {
    // The nearest station without a fault: what somebody who wants to hide would take.
    let own = positions[station]
    let candidates = positions.indices.filter { $0 != station && !taken.contains($0) }
    let origin = candidates.min {
      let (a, b) = (positions[$0], positions[$1])
      return hypot(a.x - own.x, a.y - own.y) < hypot(b.x - own.x, b.y - own.y)
    }
    guard let origin else { return }
    taken.insert(origin)
    let hours = episode(days: 3 + 6 * stream.unit(), &stream)
    let isExact = stream.unit() < 0.5
    let count = fine.hourCount
    for hour in hours {
      let noise = isExact ? 1 : 1 + 0.01 * (stream.unit() - 0.5)
      let slot = origin * count + hour
      func copied(_ value: Double) -> Double { isExact ? value : (value * noise * 10).rounded() / 10 }
      set(station, hour, copied(fine.values[slot]), copied(coarse.values[slot]), flag)
      if !fine.values[slot].isNaN { plantedFine[slot] |= flag.rawValue }
      if !coarse.values[slot].isNaN { plantedCoarse[slot] |= flag.rawValue }
    }
    record(flag, name, station, hours, "from \(origin)\(isExact ? "" : " with noise")")
  }

  /// A water cannon that runs at two to four fixed times a day for one or two hours.
  private mutating func plantSpray(
    _ flag: QualityFlags, _ name: String, _ station: Int, _ stream: inout SyntheticStream
  ) {
    let hours = episode(days: 12 + 8 * stream.unit(), &stream)
    let times = 2 + stream.below(3)
    var isSprayed = [Bool](repeating: false, count: 24)
    for _ in 0..<times {
      let start = stream.below(24)
      for hour in start...start + stream.below(2) { isSprayed[hour % 24] = true }
    }
    let left = 0.5 + 0.22 * stream.unit()
    for hour in hours where isSprayed[hour % 24] && stream.unit() < 0.95 {
      let slot = station * fine.hourCount + hour
      let share = left + 0.06 * (stream.unit() - 0.5)
      set(
        station, hour, (fine.values[slot] * share * 10).rounded() / 10,
        (coarse.values[slot] * share * 10).rounded() / 10, flag)
    }
    record(flag, name, station, hours, "x\(rounded2(left)) at \(isSprayed.indices.filter { isSprayed[$0] })")
  }

  // MARK: Parts

  private func episode(days: Double, _ stream: inout SyntheticStream) -> ClosedRange<Int> {
    let length = max(1, min(fine.hourCount - 1, Int(days * 24)))
    let first = stream.below(fine.hourCount - length)
    return first...first + length - 1
  }

  private mutating func change(
    _ flag: QualityFlags, _ name: String, _ station: Int, _ hours: ClosedRange<Int>, _ detail: String, both: Bool,
    _ make: (Double, Int) -> Double
  ) {
    for hour in hours {
      let slot = station * fine.hourCount + hour
      let (old, other) = (fine.values[slot], coarse.values[slot])
      guard !old.isNaN else { continue }
      let new = (make(old, hour) * 10).rounded() / 10
      guard new != old else { continue }
      set(station, hour, new, both ? (make(other, hour) * 10).rounded() / 10 : other, flag)
    }
    record(flag, name, station, hours, detail)
  }

  private mutating func set(_ station: Int, _ hour: Int, _ newFine: Double, _ newCoarse: Double, _ flag: QualityFlags) {
    let slot = station * fine.hourCount + hour
    if newCoarse != coarse.values[slot], !newCoarse.isNaN { plantedCoarse[slot] |= flag.rawValue }
    fine.values[slot] = newFine
    coarse.values[slot] = newCoarse
    fine.counts[slot] = newFine.isNaN ? 0 : max(1, fine.counts[slot])
    coarse.counts[slot] = newCoarse.isNaN ? 0 : max(1, coarse.counts[slot])
    if !newFine.isNaN { plantedFine[slot] |= flag.rawValue }
  }

  private mutating func record(
    _ flag: QualityFlags, _ name: String, _ station: Int, _ hours: ClosedRange<Int>, _ detail: String
  ) {
    faults.append(
      PlantedFault(flag: flag, name: name, station: station, hours: hours, detail: detail, isEpisode: true))
  }

  private func rounded2(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
