public import Enterprises
internal import Threads

/// What one meter is held against by the quick screen of a day; see ``PowerScreen/dayBaselines(loads:day:threads:)``.
public struct MeterBaseline: Hashable, Sendable {
  /// Share of the baseline that orders leave on the day, 0...1; `nil` when none is in force or the day is its ramp-down.
  public let allowedShare: Double?
  /// kWh of a normal day of this kind on the production circuit, on the total where production is not metered; `nil` when unknown.
  public let dailyKilowattHours: Double?
  /// Whether the baseline is the production circuit's.
  public let judgesProduction: Bool
  /// kWh per quarter hour from which each circuit is on; `nil` when unknown.
  public let productionOn: Double?
  /// kWh per quarter hour; `nil` when unknown, as without a treatment circuit.
  public let treatmentOn: Double?

  public init(
    allowedShare: Double?, dailyKilowattHours: Double?, judgesProduction: Bool, productionOn: Double?,
    treatmentOn: Double?
  ) {
    self.allowedShare = allowedShare
    self.dailyKilowattHours = dailyKilowattHours
    self.judgesProduction = judgesProduction
    self.productionOn = productionOn
    self.treatmentOn = treatmentOn
  }
}

/// One meter that a simple rule names on one day. No evidence over days, no p-value: a first look, to be followed by
/// ``PowerScreen``.
public struct QuickFlag: Hashable, Sendable {
  /// What was compared with what on the day.
  public enum Rule: String, CaseIterable, Hashable, Sendable {
    /// More energy than the order leaves.
    case overOrder = "over-order"
    /// Production on and treatment off.
    case treatmentOff = "treatment-off"
  }

  /// Position in the caller's meter list.
  public let meter: Int
  /// A meter may be named by both.
  public let rule: Rule
  /// kWh of the day, or quarter hours with production on and treatment off.
  public let observed: Double
  /// kWh the order leaves, or the quarter hours that make a flag.
  public let limit: Double
}

/// The two simplest rules on one day of load: sums and counts per meter, nothing that needs the days before.
public enum QuickScreen {
  /// - Parameters:
  ///   - baselines: By meter; `nil` for meters that are not known.
  ///   - minimumKnownShare: Share of a day's quarter hours that must be known.
  ///   - offSteps: Quarter hours with production on and treatment off that make a flag.
  /// - Returns: By meter, then by rule; the same for any number of threads.
  /// - Complexity: O(values).
  public static func flags(
    _ loads: DayLoads, baselines: [MeterBaseline?], minimumKnownShare: Double, offSteps: Int, threads: Int
  ) -> [QuickFlag] {
    let chunk = 4096
    let chunks = (loads.count + chunk - 1) / chunk
    return mapConcurrently(chunks, threads: threads) { number in
      // A meter's curves stand together; the chunk in which its first curve lies has the meter.
      var curve = firstOfMeter(number * chunk, loads)
      let end = firstOfMeter(min(loads.count, (number + 1) * chunk), loads)
      var found: [QuickFlag] = []
      while curve < end {
        var last = curve + 1
        while last < loads.count, loads.meters[last] == loads.meters[curve] { last += 1 }
        if let baseline = baselines[Int(loads.meters[curve])] {
          judge(loads, curve..<last, baseline, minimumKnownShare, offSteps, &found)
        }
        curve = last
      }
      return found
    }.flatMap(\.self)
  }

  /// The first curve at or after a position that begins a meter.
  private static func firstOfMeter(_ position: Int, _ loads: DayLoads) -> Int {
    var curve = position
    while curve > 0, curve < loads.count, loads.meters[curve] == loads.meters[curve - 1] { curve += 1 }
    return curve
  }

  private static func judge(
    _ loads: DayLoads, _ curves: Range<Int>, _ baseline: MeterBaseline, _ minimumKnownShare: Double, _ offSteps: Int,
    _ found: inout [QuickFlag]
  ) {
    let meter = Int(loads.meters[curves.lowerBound])
    func steps(_ circuit: Circuit) -> Range<Int>? {
      curves.first { loads.circuits[$0] == circuit.ordinal }.map { $0 * 96..<$0 * 96 + 96 }
    }
    loads.energyKilowattHours.withUnsafeBufferPointer { energy in
      if let share = baseline.allowedShare, let usual = baseline.dailyKilowattHours,
        let steps = steps(baseline.judgesProduction ? .production : .total),
        let sum = scaledSum(UnsafeBufferPointer(rebasing: energy[steps]), minimumKnownShare: minimumKnownShare),
        sum > share * usual
      {
        found.append(QuickFlag(meter: meter, rule: .overOrder, observed: sum, limit: share * usual))
      }
      guard let productionOn = baseline.productionOn, let treatmentOn = baseline.treatmentOn,
        let production = steps(.production), let treatment = steps(.treatment)
      else { return }
      var off = 0
      for step in 0..<96
      where Double(energy[production.lowerBound + step]) >= productionOn
        && Double(energy[treatment.lowerBound + step]) < treatmentOn
      {
        off += 1
      }
      if off >= offSteps {
        found.append(QuickFlag(meter: meter, rule: .treatmentOff, observed: Double(off), limit: Double(offSteps)))
      }
    }
  }
}
