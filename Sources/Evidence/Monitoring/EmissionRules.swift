/// When the reports of an emission monitor make a lead.
///
/// None of these numbers is a national rule; docs/methods/emission-monitors.md gives the reason of each.
public struct EmissionRules: Hashable, Sendable, Codable {
  /// Names these rules in leads and flags; changed with any rule.
  public var version = "emission-monitors-2"
  /// Largest p of a lead after multiplying by the number of tests made on the outlet.
  public var maximumP = 0.01
  /// Hours of undisturbed running an outlet needs to be judged.
  public var leastNormalHours = 168
  /// Oxygen at or above this is air, not flue gas: the plant stands, %.
  public var shutdownOxygenPercent = 19.5
  /// Flow at or below this share of the outlet's 90th percentile: the plant stands.
  public var shutdownFlowShare = 0.1
  /// Hours after and before a standstill that count as start-up and shut-down.
  public var edgeHours = 3
  /// Values at or below these cannot be told from nothing, mg/m³ (detection limits of HJ 57, HJ 693 and HJ 836).
  public var detectionLimits: [String: Double] = ["so2": 3, "nox": 3, "pm": 1]
  /// Equal values running.
  public var flatLine = FlatLineRule()
  /// Values pinned just under the emission limit.
  public var limitPin = LimitPinRule()
  /// Nothing in the stack while the meter says that production runs.
  public var zeroAtPower = ZeroAtPowerRule()
  /// Oxygen that does not fit the fuel, or fits the converted value too well.
  public var oxygen = OxygenRule()
  /// Days that repeat earlier ones.
  public var copiedDays = CopiedDaysRule()
  /// Flow that no longer goes with the load.
  public var flowLoad = FlowLoadRule()

  public init() {}

  enum CodingKeys: String, CodingKey {
    case version, oxygen
    case maximumP = "maximum_p"
    case leastNormalHours = "least_normal_hours"
    case shutdownOxygenPercent = "shutdown_oxygen_percent"
    case shutdownFlowShare = "shutdown_flow_share"
    case edgeHours = "edge_hours"
    case detectionLimits = "detection_limits"
    case flatLine = "flat_line"
    case limitPin = "limit_pin"
    case zeroAtPower = "zero_at_power"
    case copiedDays = "copied_days"
    case flowLoad = "flow_load"
  }

  /// Equal values running for longer than the channel's own ties explain.
  public struct FlatLineRule: Hashable, Sendable, Codable {
    /// `false` leaves the test out, and the others are corrected for fewer.
    public var enabled = true
    /// Shorter runs are never named, hours.
    public var leastHours = 6
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled
      case leastHours = "least_hours"
    }
  }

  /// Values pinned under the limit.
  public struct LimitPinRule: Hashable, Sendable, Codable {
    /// `false` leaves the test out; it needs a known limit.
    public var enabled = true
    /// Width of the two bands beside the limit, as a share of it.
    public var bandShare = 0.04
    /// Visits to the two bands, at least.
    public var leastVisits = 10
    /// Share of visits that may end below by the outlet's own distribution; steeper ones cannot be judged.
    public var steepestShare = 0.9
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled
      case bandShare = "band_share"
      case leastVisits = "least_visits"
      case steepestShare = "steepest_share"
    }
  }

  /// Nothing in the stack while production runs at full power.
  public struct ZeroAtPowerRule: Hashable, Sendable, Codable {
    /// `false` leaves the test out; it needs a metered production circuit.
    public var enabled = true
    /// Share of the production circuit's own on level from which power is full.
    public var fullPowerShare = 0.8
    /// Hours running without emission, at least; shorter gaps are calibrations.
    public var leastHours = 3
    /// Emission at or below this share of the outlet's own median is background.
    public var backgroundShare = 0.05
    /// Share of full-power hours with emission below which the outlet does not belong to the metered circuit.
    public var tiedShare = 0.5
    /// Days a month on which faults of the instrument may look like this.
    public var toleratedDaysPerMonth = 0.5
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled
      case fullPowerShare = "full_power_share"
      case leastHours = "least_hours"
      case backgroundShare = "background_share"
      case tiedShare = "tied_share"
      case toleratedDaysPerMonth = "tolerated_days_per_month"
    }
  }

  /// Oxygen that makes the converted value come out.
  public struct OxygenRule: Hashable, Sendable, Codable {
    /// `false` leaves the test out; it needs oxygen beside the concentrations.
    public var enabled = true
    /// Steadiest hour-to-hour change of a converted value that two honest instruments can give, as a share.
    public var steadiestShare = 0.015
    /// The measured value must move at least this much from hour to hour, as a share.
    public var leastMovement = 0.04
    /// Share of days whose median oxygen may lie outside the fuel's range.
    public var toleratedDayShare = 0.1
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled
      case steadiestShare = "steadiest_share"
      case leastMovement = "least_movement"
      case toleratedDayShare = "tolerated_day_share"
    }
  }

  /// A day that repeats an earlier one, exactly or scaled.
  public struct CopiedDaysRule: Hashable, Sendable, Codable {
    /// `false` leaves the test out; the slowest, because of its permutations.
    public var enabled = true
    /// Hours a day must have to be compared with days of other outlets, or by one channel alone (there 14 at least).
    public var leastHours = 10
    /// Different values a day must hold to be somebody's own.
    public var leastDistinct = 8
    /// Root mean square difference of hourly changes, in logarithms, up to which a pair of days is looked at.
    public var closest = 0.03
    /// Recombined campaigns behind p.
    public var permutations = 4999
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled, closest, permutations
      case leastHours = "least_hours"
      case leastDistinct = "least_distinct"
    }
  }

  /// Flow that leaves the load.
  public struct FlowLoadRule: Hashable, Sendable, Codable {
    /// `false` leaves the test out; it needs flow and a meter.
    public var enabled = true
    /// Factor by which flow per kWh changes at one day, at least.
    public var leastFactor = 1.4
    /// Days on either side, at least.
    public var leastDays = 7
    public init() {}
    enum CodingKeys: String, CodingKey {
      case enabled
      case leastFactor = "least_factor"
      case leastDays = "least_days"
    }
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    func need(_ key: String, _ value: Double, _ range: ClosedRange<Double>) {
      if !range.contains(value) {
        result.append((key, "\(value) is not between \(range.lowerBound) and \(range.upperBound)"))
      }
    }
    need("maximum_p", maximumP, 1e-12...1)
    need("least_normal_hours", Double(leastNormalHours), 24...100_000)
    need("shutdown_oxygen_percent", shutdownOxygenPercent, 10...21)
    need("shutdown_flow_share", shutdownFlowShare, 0...0.9)
    need("edge_hours", Double(edgeHours), 0...48)
    need("flat_line.least_hours", Double(flatLine.leastHours), 3...1000)
    need("limit_pin.band_share", limitPin.bandShare, 0.005...0.2)
    need("limit_pin.least_visits", Double(limitPin.leastVisits), 4...100_000)
    need("limit_pin.steepest_share", limitPin.steepestShare, 0.5...0.99)
    need("zero_at_power.full_power_share", zeroAtPower.fullPowerShare, 0.1...1)
    need("zero_at_power.least_hours", Double(zeroAtPower.leastHours), 1...24)
    need("zero_at_power.background_share", zeroAtPower.backgroundShare, 0...0.5)
    need("zero_at_power.tied_share", zeroAtPower.tiedShare, 0...1)
    need("zero_at_power.tolerated_days_per_month", zeroAtPower.toleratedDaysPerMonth, 0.01...15)
    need("oxygen.steadiest_share", oxygen.steadiestShare, 0.0001...0.2)
    need("oxygen.least_movement", oxygen.leastMovement, 0.0001...1)
    need("oxygen.tolerated_day_share", oxygen.toleratedDayShare, 0.001...0.9)
    need("copied_days.least_hours", Double(copiedDays.leastHours), 8...24)
    need("copied_days.least_distinct", Double(copiedDays.leastDistinct), 3...24)
    need("copied_days.closest", copiedDays.closest, 0...0.5)
    need("copied_days.permutations", Double(copiedDays.permutations), 99...1_000_000)
    need("flow_load.least_factor", flowLoad.leastFactor, 1.05...100)
    need("flow_load.least_days", Double(flowLoad.leastDays), 3...365)
    return result
  }
}
