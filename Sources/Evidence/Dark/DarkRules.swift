/// A kind of evidence that may come from an unregistered source. The raw value is what files use.
public enum DarkSign: String, CaseIterable, Hashable, Sendable {
  /// The cell stands above its background or its ring.
  case hot
  /// Factory-like load at a meter that names no firm.
  case load
  /// Satellite fires by night or on several days.
  case fires
  /// More complaints than the county's reporting explains.
  case complaints
}

/// One number per ``DarkSign``.
public struct DarkSignValues: Hashable, Sendable, Codable {
  /// For ``DarkSign/hot``.
  public var hot: Double
  /// For ``DarkSign/load``.
  public var load: Double
  /// For ``DarkSign/fires``.
  public var fires: Double
  /// For ``DarkSign/complaints``.
  public var complaints: Double

  /// The numbers in the order of ``DarkSign``.
  public init(_ hot: Double, _ load: Double, _ fires: Double, _ complaints: Double) {
    self.hot = hot
    self.load = load
    self.fires = fires
    self.complaints = complaints
  }

  /// In the order of ``DarkSign``.
  public var all: [Double] { [hot, load, fires, complaints] }
}

/// What is assumed of unregistered sources. Every number is ours and named, because none is published.
///
/// Version 2. See docs/methods/dark-emitters.md for the reasons; `dark` of the policy file.
public struct DarkRules: Hashable, Sendable, Codable {
  /// Chance, 0...1, that an unregistered source causes each sign in its cell. That of hot cells is a start, see
  /// ``learningCells``.
  public var detection = DarkSignValues(0.5, 0.6, 0.1, 0.25)
  /// Chance, 0...1, that one registered air-related firm in the cell causes each sign, where no attribution is given.
  public var firmDetection = DarkSignValues(0.25, 0, 0.03, 0.05)
  /// A registered firm of another industry counts as so many air-related ones.
  public var otherFirmShare = 0.5
  /// A firm in one of the eight cells around counts as so many in the cell.
  public var neighbourShare = 0.1
  /// Least share of a sign's frequency that is background: so many of its cells have it for other reasons.
  public var backgroundShare = DarkSignValues(0.02, 0.1, 0.5, 0.5)
  /// The same of hot cells where no load is known, because then nothing tells sources from other causes of hot cells.
  public var backgroundShareWithoutLoad = 0.5
  /// Cells that the assumed chance of hot cells weighs as much as, against what this day's sources show.
  public var learningCells = 20.0
  /// Share of cells with an unregistered source at first; then learned from the day's evidence within the bounds.
  public var prevalence = 0.005
  /// Least learned share of cells with an unregistered source.
  public var leastPrevalence = 0.0002
  /// Largest learned share.
  public var mostPrevalence = 0.05
  /// Least posterior of a suspect, 0...1.
  public var minimumPosterior = 0.5
  /// Signs of a suspect, at least; 2 asks for evidence that meets.
  public var minimumSigns = 1
  /// Complaints: tail probability at which a cell has the sign.
  public var complaintP = 0.05
  /// Reports with a place, at least.
  public var complaintReports = 0.9
  /// Fires: nights with a detection, at least.
  public var fireNights = 1
  /// Days with a detection, at least.
  public var fireDays = 3
  /// Bin of a hot cell, at least: 1, 2, 3 are 10, 5, 1 % after correction.
  public var hotBin = 2
  /// Robust z of a cell without a bin, at least.
  public var hotZ = 3.0
  /// Chance that a visit to a cell finds a source that is there, where no pairs of visits tell it.
  public var visitSensitivity = 0.6

  /// The defaults of `grids/policy.yml`.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case detection, prevalence
    case firmDetection = "firm_detection"
    case otherFirmShare = "other_firm_share"
    case neighbourShare = "neighbour_share"
    case backgroundShare = "background_share"
    case backgroundShareWithoutLoad = "background_share_without_load"
    case learningCells = "learning_cells"
    case leastPrevalence = "least_prevalence"
    case mostPrevalence = "most_prevalence"
    case minimumPosterior = "minimum_posterior"
    case minimumSigns = "minimum_signs"
    case complaintP = "complaint_p"
    case complaintReports = "complaint_reports"
    case fireNights = "fire_nights"
    case fireDays = "fire_days"
    case hotBin = "hot_bin"
    case hotZ = "hot_z"
    case visitSensitivity = "visit_sensitivity"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    func check(_ key: CodingKeys, _ isGood: Bool, _ problem: String) {
      if !isGood { result.append((key.rawValue, problem)) }
    }
    func shares(_ key: CodingKeys, _ values: DarkSignValues, below most: Double) {
      for (sign, value) in zip(DarkSign.allCases, values.all) where !(value >= 0 && value <= most) {
        result.append(("\(key.rawValue).\(sign.rawValue)", "\(value) is not between 0 and \(most)"))
      }
    }
    func share(_ key: CodingKeys, _ value: Double) {
      check(key, value >= 0 && value <= 1, "\(value) is not a share between 0 and 1")
    }
    shares(.detection, detection, below: 0.99)
    shares(.firmDetection, firmDetection, below: 0.99)
    shares(.backgroundShare, backgroundShare, below: 1)
    share(.otherFirmShare, otherFirmShare)
    share(.neighbourShare, neighbourShare)
    share(.backgroundShareWithoutLoad, backgroundShareWithoutLoad)
    check(.learningCells, learningCells > 0 && learningCells.isFinite, "\(learningCells) is not above 0")
    for (key, value) in [
      (CodingKeys.prevalence, prevalence), (.leastPrevalence, leastPrevalence), (.mostPrevalence, mostPrevalence),
    ] {
      check(key, value > 0 && value < 1, "\(value) is not a chance above 0 and below 1")
    }
    check(.mostPrevalence, mostPrevalence >= leastPrevalence, "\(mostPrevalence) is below least_prevalence")
    share(.minimumPosterior, minimumPosterior)
    check(.minimumSigns, (1...4).contains(minimumSigns), "\(minimumSigns) is not between 1 and 4")
    check(.complaintP, complaintP > 0 && complaintP < 1, "\(complaintP) is not a chance above 0 and below 1")
    check(.complaintReports, complaintReports > 0 && complaintReports.isFinite, "\(complaintReports) is not above 0")
    check(.fireNights, (1...60).contains(fireNights), "\(fireNights) is not between 1 and 60")
    check(.fireDays, (1...60).contains(fireDays), "\(fireDays) is not between 1 and 60")
    check(.hotBin, (1...3).contains(hotBin), "\(hotBin) is not 1, 2 or 3")
    check(.hotZ, hotZ > 0 && hotZ.isFinite, "\(hotZ) is not above 0")
    check(
      .visitSensitivity, visitSensitivity > 0 && visitSensitivity <= 1, "\(visitSensitivity) is not a chance above 0")
    return result
  }
}
