public import Enterprises
public import Geometry
internal import Grids

/// What a check of the register found. The raw value is what files use.
public enum RegisterFindingKind: String, CaseIterable, Hashable, Sendable {
  /// A row whose credit code is no code, with what it may stand for.
  case refusedCode = "refused-code"
  case subjectCheck = "subject-check"
  case nearDuplicate = "near-duplicate"
  case noPosition = "no-position"
  case roundedPosition = "rounded-position"
  case sharedPosition = "shared-position"
  case countyCentre = "county-centre"
  case wrongCounty = "county-differs"
  case industryMissing = "industry-missing"
  case industryForm = "industry-form"
  case permitMissing = "permit-missing"
  case permitForm = "permit-form"
  case permitOfAnother = "permit-of-another"
  case permitTwice = "permit-twice"
  case gradeMissing = "grade-missing"
  /// Cross-checks with electricity.
  case meterFar = "meter-far-from-firm"
  case meterCodeUnknown = "meter-code-not-registered"
  case meterWithoutCode = "load-without-registration"
  case registrationWithoutLoad = "registration-without-load"
  case industrialLoad = "industrial-load-of-other-industry"
  case closedWithLoad = "closed-with-load"
}

/// One finding: what, about whom, with numbers, and what to do. A reason to look at the register, never at fault.
public struct RegisterFinding: Hashable, Sendable {
  /// Decides what `value` and the positions below stand for.
  public let kind: RegisterFindingKind
  /// Position in the register; `nil` for a meter without a firm or a row that was refused.
  public let firm: Int?
  /// The other firm of a pair.
  public let other: Int?
  /// Position in the meter list.
  public let meter: Int?
  /// Distance in metres, kWh a day or a count, by kind; `nil` where there is none.
  public let value: Double?
  /// Of `value`; empty for a count or no value.
  public let unit: String
  /// One sentence with names and numbers.
  public let statement: String
  /// What a person should look up; nothing is changed or merged.
  public let remedy: String

  public init(
    kind: RegisterFindingKind, firm: Int?, other: Int?, meter: Int?, value: Double?, unit: String, statement: String,
    remedy: String
  ) {
    self.kind = kind
    self.firm = firm
    self.other = other
    self.meter = meter
    self.value = value
    self.unit = unit
    self.statement = statement
    self.remedy = remedy
  }
}

/// Thresholds of the checks; ours, see docs/methods/register-crosscheck.md and `register` of the policy file.
public struct RegisterRules: Hashable, Sendable, Codable {
  /// Metres between a firm and its meter, beyond the uncertainty of the firm's position.
  public var meterDistanceMetres = 500.0
  /// kWh a day below which a working firm shows no load.
  public var idleDailyKilowattHours = 5.0
  /// kWh a day above which a firm that should not work shows some.
  public var workingDailyKilowattHours = 100.0
  /// Mean over highest quarter hour from which a load looks industrial, 0...1.
  public var industrialLoadFactor = 0.45
  /// Days of load that must be known.
  public var minimumDays = 7
  /// Which industries are air-related; `industries` of the policy file, not `register`.
  public var industries = IndustryClass.standard

  /// The defaults of `grids/policy.yml`.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case meterDistanceMetres = "meter_distance_metres"
    case idleDailyKilowattHours = "idle_kwh_per_day"
    case workingDailyKilowattHours = "working_kwh_per_day"
    case industrialLoadFactor = "industrial_load_factor"
    case minimumDays = "minimum_days"
  }

  /// The values that lie outside their range: the key as in the policy file, and what it should be.
  public var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    for (key, value) in [
      (CodingKeys.meterDistanceMetres, meterDistanceMetres), (.idleDailyKilowattHours, idleDailyKilowattHours),
      (.workingDailyKilowattHours, workingDailyKilowattHours),
    ] where !(value > 0 && value.isFinite) {
      result.append((key.rawValue, "\(value) is not above 0"))
    }
    if !(industrialLoadFactor > 0 && industrialLoadFactor <= 1) {
      result.append(
        (CodingKeys.industrialLoadFactor.rawValue, "\(industrialLoadFactor) is not a share above 0 and at most 1"))
    }
    if !(1...400).contains(minimumDays) {
      result.append((CodingKeys.minimumDays.rawValue, "\(minimumDays) is not between 1 and 400"))
    }
    return result
  }
}

/// Checks a register against itself and against meters.
public struct RegisterCheck: Sendable {
  private let firms: [Enterprise]
  private let places: FirmPlaces
  private let rules: RegisterRules
  /// Whether the register has permits and grades at all: a column that is empty throughout is one fact, not thousands.
  private let knowsPermits: Bool
  private let knowsGrades: Bool

  /// - Parameter places: Of the same firms, in their order.
  public init(_ firms: [Enterprise], places: FirmPlaces, rules: RegisterRules = RegisterRules()) {
    precondition(places.places.count == firms.count, "one place per firm")
    self.firms = firms
    self.places = places
    self.rules = rules
    knowsPermits = firms.contains { $0.permit != nil }
    knowsGrades = firms.contains { $0.grade != nil }
  }

  /// What is wrong with single entries and pairs: by firm, then in the order of the kinds.
  public func findings(pairs: [DuplicatePair]) -> [RegisterFinding] {
    var holders: [String: [Int]] = [:]
    var result: [RegisterFinding] = []
    for k in firms.indices {
      result += identity(k)
      result += position(k)
      result += industryAndGrade(k)
      result += permit(k, &holders)
    }
    for text in holders.keys.sorted() {
      guard let all = holders[text], all.count > 1 else { continue }
      for k in all.dropFirst() {
        result.append(
          finding(
            .permitTwice, k, other: all[0], "permit \(text) is given for \(firms[all[0]].name) too",
            "find out whose permit it is"))
      }
    }
    for pair in pairs {
      let (a, b) = (firms[pair.first], firms[pair.second])
      let apart = pair.distanceMetres.map { ", \(plain($0)) m apart" } ?? ""
      result.append(
        RegisterFinding(
          kind: .nearDuplicate, firm: pair.first, other: pair.second, meter: nil, value: pair.distanceMetres, unit: "m",
          statement: "\(a.name) and \(b.name) may be one firm (\(pair.grounds.words)\(apart))",
          remedy: "look both up and keep one, or note that they are two: nothing was merged"))
    }
    return sorted(result)
  }

  private func identity(_ k: Int) -> [RegisterFinding] {
    guard let code = try? CreditCode(firms[k].creditCode), !code.subjectCheckHolds else { return [] }
    return [
      finding(
        .subjectCheck, k, "characters 9 to 17 of the credit code fail their own check (GB 11714)",
        "compare the code with the licence; some codes in force fail, so this is only a hint")
    ]
  }

  private func position(_ k: Int) -> [RegisterFinding] {
    let place = places.places[k]
    guard place.point != nil else {
      let spread = place.county == nil ? "it is in no cell" : "it is spread over its county"
      return [
        finding(
          .noPosition, k, "the register has no position: \(spread)",
          "survey it, or add the position of its address with geocoded = 1")
      ]
    }
    var result: [RegisterFinding] = []
    if let metres = place.roundingMetres {
      result.append(
        finding(
          .roundedPosition, k, value: metres, unit: "m",
          "the position has at most three decimals: up to \(plain(metres)) m are open",
          "give five decimals, or survey it"))
    }
    if place.isCountyCentre {
      result.append(
        finding(
          .countyCentre, k, value: place.uncertainty?.radiusMetres, unit: "m",
          "the position is the middle of a county, not of a firm", "survey it; until then it is spread over its county")
      )
    } else if place.sharing >= 2, place.uncertainty?.origin != .surveyed {
      result.append(
        finding(
          .sharedPosition, k, value: Double(place.sharing), unit: "firms",
          "\(place.sharing) firms have exactly this position", "survey them, or give each its own with its uncertainty")
      )
    }
    if let point = place.point, let county = place.county, let cell = places.region.lattice.cell(at: point) {
      let near = cell.disk(1).contains { other in
        guard let slot = places.region.slot(of: other) else { return false }
        let shares = Int(places.region.shareStarts[slot])..<Int(places.region.shareStarts[slot + 1])
        return shares.contains { Int(places.region.shareCounties[$0]) == county }
      }
      if !near {
        result.append(
          finding(
            .wrongCounty, k,
            "the position lies outside \(places.region.counties[county].name), its county in the register",
            "check the datum of the file (--crs, crs column), then position and county code"))
      }
    }
    return result
  }

  private func industryAndGrade(_ k: Int) -> [RegisterFinding] {
    let firm = firms[k]
    var result: [RegisterFinding] = []
    if firm.industryCode.isEmpty {
      result.append(
        finding(
          .industryMissing, k, "no industry code: counted among the air-related ones", "fill in the GB/T 4754 code"))
    } else if !IndustryClass.isWellFormed(firm.industryCode) {
      result.append(
        finding(
          .industryForm, k, "industry code \(firm.industryCode) is not two to four digits of divisions 01 to 97",
          "look the code up in GB/T 4754-2017"))
    }
    if firm.grade == nil, knowsGrades, isWorkingAirFirm(firm) {
      result.append(
        finding(
          .gradeMissing, k, "no performance grade: orders bind it as they bind grade D", "fill in A, B, C or D"))
    }
    return result
  }

  private func permit(_ k: Int, _ holders: inout [String: [Int]]) -> [RegisterFinding] {
    let firm = firms[k]
    guard let text = firm.permit else {
      guard knowsPermits, isWorkingAirFirm(firm) else { return [] }
      return [
        finding(
          .permitMissing, k, "an air-related firm without a permit number", "look it up on the national permit platform"
        )
      ]
    }
    do {
      let permit = try PermitCode(text)
      holders[permit.text, default: []].append(k)
      guard let holder = permit.creditCode, holder.text != firm.creditCode else { return [] }
      return [
        finding(
          .permitOfAnother, k, "the permit belongs to \(holder.text), the entry to \(firm.creditCode)",
          "find out which of the two works here")
      ]
    } catch {
      return [finding(.permitForm, k, error.problem, error.remedy)]
    }
  }

  private func isWorkingAirFirm(_ firm: Enterprise) -> Bool {
    !firm.industryCode.isEmpty && rules.industries.isAirRelated(firm.industryCode)
      && !RegisterStatus.isClosed(firm.status)
  }

  // MARK: Against meters

  /// Cross-checks of the register with the meters that name its firms.
  ///
  /// - Parameters:
  ///   - meterPoints: Where each meter is; `nil` without a position.
  ///   - uses: What each meter uses; `nil` when no load is known, and then only places and codes are checked.
  public func findings(meters: [Meter], meterPoints: [PlanePoint?], uses: [MeterUse]?) -> [RegisterFinding] {
    precondition(meterPoints.count == meters.count && (uses?.count ?? meters.count) == meters.count, "one per meter")
    var slots: [String: Int] = [:]
    for (slot, firm) in firms.enumerated() where slots[firm.creditCode] == nil { slots[firm.creditCode] = slot }
    var metersOfFirm: [Int: [Int]] = [:]
    var result: [RegisterFinding] = []
    for (k, meter) in meters.enumerated() {
      guard let code = meter.creditCode, !code.isEmpty else {
        if let use = enough(uses?[k]), let daily = use.meanDailyKilowattHours, let factor = use.loadFactor,
          daily >= rules.workingDailyKilowattHours, factor >= rules.industrialLoadFactor
        {
          result.append(
            finding(
              .meterWithoutCode, nil, meter: k, value: daily, unit: "kWh/d",
              "meter \(meter.id) (tariff \(meter.tariff)) names no firm and uses \(plain(daily)) kWh a day, evenly",
              "run hotgrid power flags, which holds it against other meters of its tariff"))
        }
        continue
      }
      guard let firm = slots[code] else {
        result.append(
          finding(
            .meterCodeUnknown, nil, meter: k, "meter \(meter.id) names \(code), which the register does not have",
            "add the firm, or correct the meter's code"))
        continue
      }
      metersOfFirm[firm, default: []].append(k)
      if let far = distance(firm, meterPoints[k]) {
        result.append(
          finding(
            .meterFar, firm, meter: k, value: far, unit: "m",
            "meter \(meter.id) stands \(plain(far)) m from the registered place",
            "the place of work may be the meter's: check the address, the datum and the meter's code"))
      }
      result += loadFindings(firm, k, meter, enough(uses?[k]))
    }
    for firm in metersOfFirm.keys.sorted() {
      guard let own = metersOfFirm[firm], let idle = idleDaily(own, uses), isWorkingAirFirm(firms[firm]) else {
        continue
      }
      result.append(
        finding(
          .registrationWithoutLoad, firm, value: idle, unit: "kWh/d",
          "the register calls it \(firms[firm].status ?? "working"), but its \(counted(own.count, "meter")) use "
            + "\(plain(idle, decimals: 1)) kWh a day",
          "look whether it still works here, has another meter or its own generator"))
    }
    return sorted(result)
  }

  private func enough(_ use: MeterUse?) -> MeterUse? { use.flatMap { $0.days >= rules.minimumDays ? $0 : nil } }

  /// `nil` when near, within the uncertainty, or unknown. Metres of the plane.
  private func distance(_ firm: Int, _ meter: PlanePoint?) -> Double? {
    guard let point = places.places[firm].point, let meter, !places.places[firm].isCountyCentre else { return nil }
    let (dx, dy) = (point.x - meter.x, point.y - meter.y)
    let metres = (dx * dx + dy * dy).squareRoot()
    // A position without a stated error is held to the bare rule.
    let stated = firms[firm].uncertainty?.radiusMetres ?? places.places[firm].roundingMetres ?? 0
    return metres > rules.meterDistanceMetres + stated ? metres : nil
  }

  private func loadFindings(_ firm: Int, _ k: Int, _ meter: Meter, _ use: MeterUse?) -> [RegisterFinding] {
    guard let daily = use?.meanDailyKilowattHours, daily >= rules.workingDailyKilowattHours else { return [] }
    if RegisterStatus.isClosed(firms[firm].status) {
      return [
        finding(
          .closedWithLoad, firm, meter: k, value: daily, unit: "kWh/d",
          "the register calls it \(firms[firm].status ?? "closed"), but meter \(meter.id) uses \(plain(daily)) kWh a day",
          "look whether it works again (复燃) or the premises have a new tenant")
      ]
    }
    guard let factor = use?.loadFactor, factor >= rules.industrialLoadFactor,
      IndustryClass.isIndustrial(firms[firm].industryCode) == false
    else { return [] }
    return [
      finding(
        .industrialLoad, firm, meter: k, value: daily, unit: "kWh/d",
        "industry \(firms[firm].industryCode) is no industrial one, but meter \(meter.id) runs at "
          + "\(percent(factor)) of its peak all day, \(plain(daily)) kWh",
        "cold stores, data rooms and pumps do so too; otherwise ask what is made here")
    ]
  }

  /// Energy of all meters of a firm, when every one of them is known and together they are idle.
  private func idleDaily(_ meters: [Int], _ uses: [MeterUse]?) -> Double? {
    guard let uses else { return nil }
    var sum = 0.0
    for k in meters {
      guard let daily = enough(uses[k])?.meanDailyKilowattHours else { return nil }
      sum += daily
    }
    return sum <= rules.idleDailyKilowattHours ? sum : nil
  }

  // MARK: Parts

  private func finding(
    _ kind: RegisterFindingKind, _ firm: Int?, other: Int? = nil, meter: Int? = nil, value: Double? = nil,
    unit: String = "", _ statement: String, _ remedy: String
  ) -> RegisterFinding {
    RegisterFinding(
      kind: kind, firm: firm, other: other, meter: meter, value: value, unit: unit, statement: statement,
      remedy: remedy)
  }

  private func sorted(_ findings: [RegisterFinding]) -> [RegisterFinding] {
    let order = RegisterFindingKind.allCases
    func rank(_ finding: RegisterFinding) -> (Int, Int, Int, Int) {
      (
        finding.firm ?? Int.max, order.firstIndex(of: finding.kind) ?? 0, finding.meter ?? -1, finding.other ?? -1
      )
    }
    return findings.sorted { rank($0) < rank($1) }
  }
}
