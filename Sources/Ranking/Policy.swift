public import Enterprises
public import Evidence
public import Readings

/// Everything the daily job may be told to do otherwise: what `grids/policy.yml` says.
///
/// Every number is named, has its source beside it in the file, and is part of the hash a plan carries.
public struct Policy: Hashable, Sendable, Codable {
  /// What plans and sheets call the policy; part of its hash.
  public var name = "autumn-winter 2p26"
  /// Counted up by whoever changes a number.
  public var version = 1
  /// Days of evidence that end on the day before the plan.
  public var windowDays = 7
  /// `quality` of the file: which readings are left out.
  public var quality = QualityPolicy()
  /// `calibration` of the file: micro-stations against reference stations.
  public var calibration = CalibrationRules()
  /// `detection` of the file: which cells stand out.
  public var detection = DetectionPolicy()
  /// `power` of the file: which load curves do.
  public var power = PowerRules()
  /// `complaints` of the file: when reports of one place make a lead.
  public var complaints = ComplaintRules()
  /// `fires` of the file: which detections count.
  public var fires = FireRules()
  /// `emission_monitors` of the file: signs in continuous emission monitoring.
  public var emissionMonitors = EmissionRules()
  /// `station_integrity` of the file: signs that a station's series is gamed.
  public var stationIntegrity = StationIntegrityRules()
  /// `loose_coal` of the file: the evening signature of homes.
  public var looseCoal = LooseCoalRules()
  /// `dust_fall` of the file: the limit, and how sure an exceedance must be.
  public var dustFall = DustFallRules()
  /// `attribution` of the file: excesses to firms by wind.
  public var attribution = AttributionPolicy()
  /// What makes an unregistered suspect.
  public var dark = DarkRules()
  /// When two firms of the register look alike, and other checks of it.
  public var register = RegisterRules()
  /// `industries` of the file: GB/T 4754 prefixes.
  public var industries = IndustryPolicy()
  /// `score` of the file: what leads, visits and stakes are worth.
  public var score = ScorePolicy()
  /// `draw` of the file: how many are drawn, and with what bounds.
  public var draw = DrawPolicy()

  public init() {}

  /// What holds where no file says otherwise: the same as `grids/policy.yml`.
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

  /// Both lists, normalised and sorted.
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
