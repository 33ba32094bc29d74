public import Quantities

/// What the draw of inspectors must know of one target.
public struct DutyTarget: Hashable, Sendable {
  /// The target's id in the frame, such as `E-<credit code>`.
  public let id: String
  /// `nil` where no firm is registered.
  public let creditCode: String?
  /// GB/T 2260, six digits; `nil` where it is not known.
  public let countyCode: String?
  /// `nil` where it is not known.
  public let cityName: String?
  /// A person with this speciality must be there; `nil` where anyone will do.
  public let speciality: String?

  public init(id: String, creditCode: String?, countyCode: String?, cityName: String?, speciality: String? = nil) {
    self.id = id
    self.creditCode = creditCode
    self.countyCode = countyCode
    self.cityName = cityName
    self.speciality = speciality
  }

  /// Whether the target lies in a city; `nil` when that cannot be told, such as a code against a name.
  func lies(in city: CityName) -> Bool? {
    switch city {
    case .code: countyCode.flatMap { CityName($0) }.map { $0 == city }
    case .name: cityName.flatMap { CityName($0) }.map { $0 == city }
    }
  }
}

/// Work that the same people do together: a team's day, or one target when there are no routes yet.
public struct InspectionDuty: Hashable, Sendable {
  /// Such as `team-3/2017-11-22`, or the target's id.
  public let id: String
  /// The Beijing day on which certificates must be valid.
  public let day: LocalDay
  /// Never empty.
  public let targets: [DutyTarget]

  public init(id: String, day: LocalDay, targets: [DutyTarget]) {
    precondition(!targets.isEmpty, "a duty has a target")
    self.id = id
    self.day = day
    self.targets = targets
  }

  /// Ascending, without repeats.
  var specialities: [String] { Set(targets.compactMap(\.speciality)).sorted() }
}

/// Why an inspector may not take a duty. The first that applies, in this order.
public enum Exclusion: Hashable, Sendable {
  case notCertified
  /// The duty has more targets than the inspector may visit in a day.
  case tooManyTargets
  case homeCity
  case conflict

  /// A word or two for counts.
  public var label: String {
    switch self {
    case .notCertified: "not certified that day"
    case .tooManyTargets: "over the daily maximum"
    case .homeCity: "home city"
    case .conflict: "conflict of interest"
    }
  }
}

extension Inspector {
  /// Why this inspector may not take a duty; `nil` when nothing speaks against it.
  ///
  /// - Throws: ``AssignmentProblem/cityUnknown(inspector:target:)`` when the home-city rule cannot be checked: an
  ///   exclusion that cannot be checked is not taken as met.
  public func exclusion(from duty: InspectionDuty) throws(AssignmentProblem) -> Exclusion? {
    if !isCertified(on: duty.day) { return .notCertified }
    if duty.targets.count > maximumPerDay { return .tooManyTargets }
    for target in duty.targets {
      guard let isHome = target.lies(in: homeCity) else {
        throw .cityUnknown(inspector: "\(id) (\(homeCity))", target: target.id)
      }
      if isHome { return .homeCity }
    }
    for target in duty.targets {
      let names = [target.id, target.creditCode, target.countyCode].compactMap(\.self)
      if names.contains(where: conflicts.contains) { return .conflict }
    }
    return nil
  }
}

/// Which speciality an industry needs: prefixes of GB/T 4754 codes.
public struct SpecialityRules: Hashable, Sendable {
  /// In file order; of prefixes that fit, the longest counts.
  public let rules: [(prefix: String, speciality: String)]

  public init(_ rules: [(prefix: String, speciality: String)]) { self.rules = rules }

  /// No industry needs one.
  public static let none = SpecialityRules([])

  /// By the longest prefix of the code; `nil` where no rule fits. Letters in front of the digits do not count.
  public func speciality(industryCode: String) -> String? {
    let digits = String(decoding: industryCode.utf8.filter { (0x30...0x39).contains($0) }, as: UTF8.self)
    return rules.filter { digits.hasPrefix($0.prefix) }
      .max { ($0.prefix.utf8.count, $1.speciality) < ($1.prefix.utf8.count, $0.speciality) }?.speciality
  }

  public static func == (a: SpecialityRules, b: SpecialityRules) -> Bool {
    a.rules.elementsEqual(b.rules) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) {
    for rule in rules {
      hasher.combine(rule.prefix)
      hasher.combine(rule.speciality)
    }
  }
}
