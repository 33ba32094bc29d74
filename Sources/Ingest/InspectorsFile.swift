internal import Diagnostics
internal import Digests
public import Inspections
public import Quantities

/// Reads `inspectors` files: `inspector_id,home_city,certified_from,certified_until[,specialities,conflicts,max_per_day]`.
///
/// Lists are separated by `;` and may be empty; further columns, such as `base_lon`, are not looked at. Give pseudonyms,
/// not names.
public enum InspectorsFile {
  static let columns = [
    TableColumn("inspector_id", aliases: ["inspector", "执法人员"]),
    TableColumn("home_city", aliases: ["city", "所在城市"]),
    TableColumn("certified_from", aliases: ["valid_from", "证件起始"]),
    TableColumn("certified_until", aliases: ["valid_until", "证件截止"]),
    TableColumn("specialities", isRequired: false, aliases: ["specialties", "speciality", "专业"]),
    TableColumn("conflicts", isRequired: false, aliases: ["recusals", "回避"]),
    TableColumn("max_per_day", isRequired: false, aliases: ["maximum_per_day"]),
  ]
  /// Most targets a day where the file does not say.
  public static let usualMaximumPerDay = 6

  /// - Returns: Inspectors in file order.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[Inspector]> {
    var inspectors: [Inspector] = []
    var known: Set<String> = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("inspector_id is empty") }
      // Without a home city the exclusion could not be checked.
      guard let city = CityName(row[1]) else { throw RowDefect("home_city is empty") }
      guard let from = LocalDay(row[2]), let until = LocalDay(row[3]) else {
        throw RowDefect("certified_from or certified_until is not a date like 2017-11-22")
      }
      guard from <= until else { throw RowDefect("the certificate ends before it begins") }
      let most = row[6].isEmpty ? usualMaximumPerDay : Int(row[6]) ?? 0
      guard most >= 1 else { throw RowDefect("max_per_day is not a number above 0") }
      guard known.insert(row[0]).inserted else { throw RowDefect("inspector_id occurs twice in the file") }
      inspectors.append(
        Inspector(
          id: row[0], homeCity: city, certifiedFrom: from, certifiedUntil: until, specialities: listed(row[4]),
          conflicts: listed(row[5]), maximumPerDay: most))
    }
    return facts.result(inspectors, kept: inspectors.count)
  }

  static func listed(_ text: String) -> [String] {
    text.split { $0 == ";" || $0 == "；" || $0 == "|" }.map { trimmed(String($0)) }.filter { !$0.isEmpty }
  }
}

/// Reads which speciality an industry needs: `industry_prefix,speciality`, prefixes of GB/T 4754 codes.
public enum SpecialitiesFile {
  static let columns = [
    TableColumn("industry_prefix", aliases: ["industry_code", "prefix"]),
    TableColumn("speciality", aliases: ["specialty"]),
  ]

  /// - Returns: Rules in which the longest prefix counts, whatever their order; a prefix that occurs twice is rejected.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<SpecialityRules> {
    var rules: [(prefix: String, speciality: String)] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard !row[0].isEmpty, OrderScopeText.isDigits(row[0]) else { throw RowDefect("industry_prefix is not digits") }
      guard !row[1].isEmpty else { throw RowDefect("speciality is empty") }
      guard !rules.contains(where: { $0.prefix == row[0] }) else { throw RowDefect("industry_prefix occurs twice") }
      rules.append((row[0], row[1]))
    }
    return facts.result(SpecialityRules(rules), kept: rules.count)
  }
}

/// One target on a team's day, as a routes file has it.
public struct RoutedRow: Hashable, Sendable {
  /// Name of the team, as in the teams file.
  public let team: String
  /// Beijing day of the visit.
  public let day: LocalDay
  /// Id of the target, as in the frame.
  public let targetID: String
  /// `nil` where the file does not say.
  public let creditCode: String?
  /// Name or code of the target's city, as its file has it; `nil` where the file does not say.
  public let city: String?
  /// GB/T 2260, six digits; `nil` where the file does not say.
  public let countyCode: String?
  /// Empty when it is not known.
  public let industryCode: String
  /// From 1 along the team's day; `nil` where the file does not say.
  public let order: Int?
  /// When the team arrives; `nil` where the file does not say.
  public let arrive: Instant?
  /// When the team leaves again; `nil` where the file does not say.
  public let leave: Instant?
}

/// What a routes file says.
public struct RoutedTargets: Hashable, Sendable {
  /// In file order.
  public var routed: [RoutedRow] = []
  /// Ids of targets on no route.
  public var unserved: [String] = []
}

/// Reads routes files: `team,day,target_id[,uscc,city,county_code,industry_code,order,arrive,leave]`. Rows without a target (leaving and
/// coming back) are passed over; rows without a team are targets on no route.
public enum RoutesFile {
  static let columns = [
    TableColumn("team", aliases: []), TableColumn("day", aliases: ["date"]), TableColumn("target_id", aliases: ["id"]),
    TableColumn("uscc", isRequired: false, aliases: ["credit_code"]),
    TableColumn("city", isRequired: false, aliases: []), TableColumn("county_code", isRequired: false, aliases: []),
    TableColumn("industry_code", isRequired: false, aliases: ["industry"]),
    TableColumn("order", isRequired: false, aliases: []), TableColumn("arrive", isRequired: false, aliases: []),
    TableColumn("leave", isRequired: false, aliases: []),
  ]

  /// - Returns: Both lists in file order; rows kept are the routed ones.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<RoutedTargets> {
    var targets = RoutedTargets()
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      if row[2].isEmpty { return }
      if row[0].isEmpty {
        targets.unserved.append(row[2])
        return
      }
      guard let day = LocalDay(row[1]) else { throw RowDefect("day is not a date like 2017-11-22") }
      func optional(_ column: Int) -> String? { row[column].isEmpty ? nil : row[column] }
      targets.routed.append(
        RoutedRow(
          team: row[0], day: day, targetID: row[2], creditCode: optional(3), city: optional(4),
          countyCode: optional(5), industryCode: row[6], order: Int(row[7]), arrive: readInstant(row[8]),
          leave: readInstant(row[9])))
    }
    return facts.result(targets, kept: targets.routed.count)
  }
}

/// Reads assignments: `duty,day,place,speciality,inspector_id,ticket,...`.
public enum AssignmentFile {
  static let columns = [
    TableColumn("duty", aliases: []), TableColumn("place", aliases: []), TableColumn("speciality", aliases: []),
    TableColumn("inspector_id", aliases: []), TableColumn("ticket", aliases: []),
  ]

  /// - Returns: Places in file order; their number within a duty counts from 1.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<[DrawnPlace]> {
    var places: [DrawnPlace] = []
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      guard let number = Int(row[1]), number >= 1 else { throw RowDefect("place is not a number from 1") }
      guard let ticket = SHA256Digest(hex: row[4]) else { throw RowDefect("ticket is not 64 hexadecimal digits") }
      places.append(
        DrawnPlace(
          dutyID: row[0], number: number, speciality: row[2].isEmpty ? nil : row[2], inspectorID: row[3],
          ticket: ticket))
    }
    return facts.result(places, kept: places.count)
  }
}
