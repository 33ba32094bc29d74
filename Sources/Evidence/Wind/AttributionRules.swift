/// Every number attribution works with. Which are facts, which are fitted on synthetic training seeds and which are our
/// choices stands in docs/methods/attribution.md.
public struct AttributionRules: Hashable, Sendable, Codable {
  /// How a plume spreads and thins out.
  public var kernel = PlumeKernel()
  /// Days of evidence that end with the anomaly's day.
  public var evidenceDays = 7
  /// Receptors this near to the anomaly are explained, metres.
  public var receptorMetres = 12_000.0
  /// Firms this near to the anomaly are candidates, metres: five cells, beyond which a plume is lost in its error.
  public var candidateMetres = 15_000.0
  /// Cells this many steps from the anomaly have a slot for a source that no register knows.
  public var slotSteps: Int32 = 2
  /// The background of an hour is the median of receptors in this ring around the anomaly, upwind where there are
  /// enough, metres.
  public var ringInnerMetres = 15_000.0
  /// Outer end of the ring, metres.
  public var ringOuterMetres = 60_000.0
  /// Half the angle of the upwind sector, degrees.
  public var halfSectorDegrees = 60.0
  /// Receptors that a sector or ring needs.
  public var fewestRingReceptors = 5
  /// Hours slower than this have no direction worth using, m/s.
  public var calmMetresPerSecond = 0.5
  /// Hours with wind and background that must be there.
  public var fewestHours = 24
  /// Receptors with values that must be there.
  public var fewestReceptors = 4
  /// Standard deviation of what the background of an hour misses near the anomaly, as a share of it.
  public var backgroundShare = 0.06
  /// Standard deviation of a value that even a perfect plume would leave unexplained, µg/m³.
  public var floor = 2.0
  /// The same as a share of what a plume adds: the square is evaluated with the first fit.
  public var kernelErrorShare = 0.35
  /// Degrees of freedom of the error's Student-t.
  public var tailDegrees = 4.0
  /// Standard deviation of a register's position beyond that of a place in its cell, metres.
  public var positionMetres = 500.0

  /// Runs with winds turned and stretched.
  public var ensemble = 6
  /// Standard deviation of an error of the direction that lasts through the evidence, degrees.
  public var directionDegrees = 8.0
  /// The same of the logarithm of the speed.
  public var speedShare = 0.2
  /// Sweeps of the sampler per run, of which the first fifth is dropped.
  public var sweeps = 400

  /// Mean of the exponential prior of what an emitting firm emits, grams per second.
  public var firmGramsPerSecond = 2.5
  /// The same of a source that no register knows.
  public var slotGramsPerSecond = 5.0
  /// Chance that an air-related firm with unknown load emits anything worth seeing.
  public var firmPrior = 0.4
  /// The same of other firms.
  public var otherFirmPrior = 0.2
  /// The same of a firm whose load is known.
  public var meteredPrior = 0.9
  /// Chance that a cell holds a source that no register knows.
  public var slotPrior = 0.01
  /// The same of a cell with factory-like load at a meter without a registered firm.
  public var loadedSlotPrior = 0.5

  /// What makes probabilities of the synthetic world honest.
  public var calibration = AttributionCalibration.standard
  /// Least calibrated probability of half the excess for a lead.
  public var leadProbability = 0.4

  /// The defaults of `grids/policy.yml`.
  public init() {}

  /// The numbers of `attribution.rules` in a policy file; days of evidence and the probability of a lead stand beside it, the
  /// kernel and the calibration are fitted and stay as they are.
  enum CodingKeys: String, CodingKey {
    case receptorMetres = "receptor_metres"
    case candidateMetres = "candidate_metres"
    case slotSteps = "slot_steps"
    case ringInnerMetres = "ring_inner_metres"
    case ringOuterMetres = "ring_outer_metres"
    case halfSectorDegrees = "half_sector_degrees"
    case fewestRingReceptors = "fewest_ring_receptors"
    case calmMetresPerSecond = "calm_metres_per_second"
    case fewestHours = "fewest_hours"
    case fewestReceptors = "fewest_receptors"
    case backgroundShare = "background_share"
    case floor = "floor_ugm3"
    case kernelErrorShare = "kernel_error_share"
    case tailDegrees = "tail_degrees"
    case positionMetres = "position_metres"
    case ensemble
    case directionDegrees = "direction_degrees"
    case speedShare = "speed_share"
    case sweeps
    case firmGramsPerSecond = "firm_grams_per_second"
    case slotGramsPerSecond = "slot_grams_per_second"
    case firmPrior = "firm_prior"
    case otherFirmPrior = "other_firm_prior"
    case meteredPrior = "metered_prior"
    case slotPrior = "slot_prior"
    case loadedSlotPrior = "loaded_slot_prior"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    let positive: [(CodingKeys, Double)] = [
      (.receptorMetres, receptorMetres),
      (.candidateMetres, candidateMetres),
      (.ringInnerMetres, ringInnerMetres),
      (.ringOuterMetres, ringOuterMetres),
      (.halfSectorDegrees, halfSectorDegrees),
      (.calmMetresPerSecond, calmMetresPerSecond),
      (.backgroundShare, backgroundShare),
      (.floor, floor),
      (.kernelErrorShare, kernelErrorShare),
      (.tailDegrees, tailDegrees),
      (.positionMetres, positionMetres),
      (.directionDegrees, directionDegrees),
      (.speedShare, speedShare),
      (.firmGramsPerSecond, firmGramsPerSecond),
      (.slotGramsPerSecond, slotGramsPerSecond),
    ]
    for (key, value) in positive where !(value > 0 && value.isFinite) {
      result.append((key.rawValue, "\(value) is not above 0"))
    }
    let chances: [(CodingKeys, Double)] = [
      (.firmPrior, firmPrior),
      (.otherFirmPrior, otherFirmPrior),
      (.meteredPrior, meteredPrior),
      (.slotPrior, slotPrior),
      (.loadedSlotPrior, loadedSlotPrior),
    ]
    for (key, value) in chances where !(value > 0 && value < 1) {
      result.append((key.rawValue, "\(value) is not a chance above 0 and below 1"))
    }
    let counts: [(CodingKeys, Int, ClosedRange<Int>)] = [
      (.slotSteps, Int(slotSteps), 0...10), (.fewestRingReceptors, fewestRingReceptors, 1...1000),
      (.fewestHours, fewestHours, 1...1000), (.fewestReceptors, fewestReceptors, 1...1000),
      (.ensemble, ensemble, 1...200),
      (.sweeps, sweeps, 50...100_000),
    ]
    for (key, value, range) in counts where !range.contains(value) {
      result.append((key.rawValue, "\(value) is not between \(range.lowerBound) and \(range.upperBound)"))
    }
    if ringOuterMetres <= ringInnerMetres {
      result.append((CodingKeys.ringOuterMetres.rawValue, "\(ringOuterMetres) is not above ring_inner_metres"))
    }
    if halfSectorDegrees > 180 {
      result.append((CodingKeys.halfSectorDegrees.rawValue, "\(halfSectorDegrees) is above 180"))
    }
    return result
  }
}
