public import Enterprises
public import Evidence
public import Readings

/// Everything the daily job may be told to do otherwise: what `grids/policy.yml` says.
///
/// Every number is named, has its source beside it in the file, and is part of the hash a plan carries.
public struct Policy: Hashable, Sendable, Codable {
  public var name = "autumn-winter 2p26"
  /// Counted up by whoever changes a number.
  public var version = 1
  /// Days of evidence that end on the day before the plan.
  public var windowDays = 7
  public var quality = QualityPolicy()
  public var calibration = CalibrationRules()
  public var detection = DetectionPolicy()
  public var power = PowerRules()
  public var complaints = ComplaintRules()
  public var fires = FireRules()
  public var emissionMonitors = EmissionRules()
  public var stationIntegrity = StationIntegrityRules()
  public var looseCoal = LooseCoalRules()
  public var dustFall = DustFallRules()
  public var attribution = AttributionPolicy()
  public var dark = DarkRules()
  public var register = RegisterRules()
  public var industries = IndustryPolicy()
  public var score = ScorePolicy()
  public var draw = DrawPolicy()

  public init() {}

  public static let standard = Policy()

  enum CodingKeys: String, CodingKey {
    case name, version, quality, calibration, detection, power, complaints, fires, industries, score, draw, attribution
    case dark, register
    case windowDays = "window_days"
    case emissionMonitors = "emission_monitors"
    case stationIntegrity = "station_integrity"
    case looseCoal = "loose_coal"
    case dustFall = "dust_fall"
  }

  /// The values that cannot be used: the key with its path, such as `power.stop_share`, and what is wrong.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    if name.isEmpty { result.append(("name", "the policy has no name")) }
    if version < 1 { result.append(("version", "\(version) is below 1")) }
    if !(1...60).contains(windowDays) { result.append(("window_days", "\(windowDays) is not between 1 and 60")) }
    func add(_ section: String, _ defects: [(key: String, problem: String)]) {
      result += defects.map { ("\(section).\($0.key)", $0.problem) }
    }
    add("quality", quality.defects)
    add("calibration", calibration.defects)
    add("detection", detection.defects)
    add("power", power.defects)
    add("complaints", complaints.defects)
    add("fires", fires.defects)
    add("emission_monitors", emissionMonitors.defects)
    add("station_integrity", stationIntegrity.defects)
    add("loose_coal", looseCoal.defects)
    add("dust_fall", dustFall.defects)
    add("attribution", attribution.defects)
    add("dark", dark.defects)
    add("register", register.defects)
    add("industries", industries.defects)
    add("score", score.defects)
    add("draw", draw.defects)
    return result
  }
}

/// Which industries count.
public struct IndustryPolicy: Hashable, Sendable, Codable {
  /// GB/T 4754 prefixes of air-related industries.
  public var airRelated = IndustryClass.standard.airRelated
  /// GB/T 4754 prefixes of industries that keep a safety load when they stop.
  public var safetyLoad = IndustryClass.standard.safetyLoad

  public init() {}

  public var classes: IndustryClass { IndustryClass(airRelated: airRelated, safetyLoad: safetyLoad) }

  enum CodingKeys: String, CodingKey {
    case airRelated = "air_related"
    case safetyLoad = "safety_load"
  }

  var defects: [(key: String, problem: String)] {
    func check(_ key: CodingKeys, _ codes: [String]) -> [(key: String, problem: String)] {
      codes.filter { !(2...4).contains($0.utf8.count) || !$0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        .map { (key.rawValue, "\"\($0)\" is not a GB/T 4754 code of 2 to 4 digits") }
    }
    return check(.airRelated, airRelated) + check(.safetyLoad, safetyLoad)
  }
}
