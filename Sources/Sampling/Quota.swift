/// How many units of a group a draw should take: at least, at most, or exactly.
///
/// Written as text everywhere, on command lines, in policy files and in sealed headers:
/// `class:key,min=25%` · `county:*,max=10` · `class:ordinary,min=1.25/inspector,exact` · `city:130100,count=12`.
public struct Quota: Hashable, Sendable, CustomStringConvertible {
  /// A number of units, said outright or in proportion.
  public enum Amount: Hashable, Sendable, CustomStringConvertible {
    case units(Double)
    /// Of the group's units in the frame.
    case percent(Double)
    /// Times the number of inspectors, as the ratios 1:5 and 1:10 of local rules say.
    case perInspector(Double)

    public var description: String {
      switch self {
      case .units(let value): Quota.text(value)
      case .percent(let value): Quota.text(value) + "%"
      case .perInspector(let value): Quota.text(value) + "/inspector"
      }
    }

    init?(text: some StringProtocol) {
      func number(_ text: some StringProtocol) -> Double? {
        guard let value = Double(text), value >= 0, value <= 1e9 else { return nil }
        return value
      }
      if text.hasSuffix("%") {
        guard let value = number(text.dropLast()), value <= 100 else { return nil }
        self = .percent(value)
      } else if text.hasSuffix("/inspector") {
        guard let value = number(text.dropLast("/inspector".count)) else { return nil }
        self = .perInspector(value)
      } else {
        guard let value = number(text) else { return nil }
        self = .units(value)
      }
    }
  }

  /// What the groups are groups of.
  public let column: FrameColumn
  /// `nil` for every group of the column that has no quota of its own; written `*`.
  public let group: String?
  /// At least so many; `nil` for no lower bound.
  public let minimum: Amount?
  /// At most so many; `nil` for no upper bound.
  public let maximum: Amount?
  /// Whether every draw must keep the bounds, and not only the expected number.
  public let isExact: Bool

  public init(column: FrameColumn, group: String?, minimum: Amount?, maximum: Amount?, isExact: Bool) {
    self.column = column
    self.group = group
    self.minimum = minimum
    self.maximum = maximum
    self.isExact = isExact
  }

  /// Reads the text form; `nil` for anything else.
  ///
  /// Options are read from the right, so that a group's name may hold commas and colons.
  public init?(text: String) {
    var parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
    var minimum: Amount?
    var maximum: Amount?
    var isExact = false
    options: while parts.count > 1, let last = parts.last {
      let sides = last.split(separator: "=", maxSplits: 1)
      switch (sides.first, sides.count) {
      case ("exact", 1): isExact = true
      case ("min", 2):
        guard let amount = Amount(text: sides[1]) else { return nil }
        minimum = amount
      case ("max", 2):
        guard let amount = Amount(text: sides[1]) else { return nil }
        maximum = amount
      case ("count", 2):
        guard let amount = Amount(text: sides[1]) else { return nil }
        (minimum, maximum, isExact) = (amount, amount, true)
      default: break options
      }
      parts.removeLast()
    }
    let subject = parts.joined(separator: ",").split(separator: ":", maxSplits: 1)
    guard subject.count == 2, let column = FrameColumn(rawValue: String(subject[0])) else { return nil }
    guard minimum != nil || maximum != nil else { return nil }
    self.init(
      column: column, group: subject[1] == "*" ? nil : String(subject[1]), minimum: minimum, maximum: maximum,
      isExact: isExact)
  }

  public var description: String {
    var text = "\(column.rawValue):\(group ?? "*")"
    if let minimum { text += ",min=\(minimum)" }
    if let maximum { text += ",max=\(maximum)" }
    return isExact ? text + ",exact" : text
  }

  /// Whole numbers without their `.0`.
  static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description
  }
}

/// What a quota means for one group of one frame.
struct GroupBounds {
  let column: FrameColumn
  let group: String
  /// Slots of the group's units, ascending.
  let members: [Int]
  /// Expected units: 0 when there is no minimum.
  let minimum: Double
  /// Expected units: infinite when there is no maximum.
  let maximum: Double
  let isExact: Bool

  var name: String { "\(column.rawValue) \(group)" }
}

extension Frame {
  /// The groups of a column with their units, in the order of the names' UTF-8 bytes; units without a name are in none.
  func groups(of column: FrameColumn) -> [(name: String, members: [Int])] {
    var members: [String: [Int]] = [:]
    for (slot, unit) in units.enumerated() {
      let name = unit.group(in: column)
      if !name.isEmpty { members[name, default: []].append(slot) }
    }
    return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { (name: $0.key, members: $0.value) }
  }

  /// The quotas, group by group, one list per column that has any, in the order of ``FrameColumn``.
  ///
  /// A quota that names a group comes before one for every group of the column. Percentages are `(percent * units) / 100`;
  /// exact minima are rounded up and exact maxima down to whole units, with 1e-9 to spare.
  func bounds(_ quotas: [Quota], inspectors: Int?) throws(DrawProblem) -> [[GroupBounds]] {
    var result: [[GroupBounds]] = []
    for column in FrameColumn.allCases {
      let rules = quotas.filter { $0.column == column }
      guard !rules.isEmpty else { continue }
      let groups = groups(of: column)
      let names = Set(groups.map(\.name))
      for rule in rules {
        guard let group = rule.group, !names.contains(group), case .units(let value)? = rule.minimum, value > 0 else {
          continue
        }
        throw .quotaWithoutUnits(quota: rule.description)
      }
      var ofColumn: [GroupBounds] = []
      for group in groups {
        let named = rules.filter { $0.group == group.name }
        let applying = named.isEmpty ? rules.filter { $0.group == nil } : named
        guard !applying.isEmpty else { continue }
        ofColumn.append(try bounds(applying, column: column, group, inspectors: inspectors))
      }
      if !ofColumn.isEmpty { result.append(ofColumn) }
    }
    return result
  }

  /// The bounds of one group: of several quotas the largest minimum and the smallest maximum.
  private func bounds(
    _ rules: [Quota], column: FrameColumn, _ group: (name: String, members: [Int]), inspectors: Int?
  ) throws(DrawProblem) -> GroupBounds {
    func value(_ amount: Quota.Amount) throws(DrawProblem) -> Double {
      switch amount {
      case .units(let value): return value
      case .percent(let percent): return (percent * Double(group.members.count)) / 100
      case .perInspector(let value):
        guard let inspectors else { throw .inspectorsUnknown }
        return value * Double(inspectors)
      }
    }
    var (minimum, maximum) = (0.0, Double.infinity)
    for rule in rules {
      if let amount = rule.minimum {
        let least = try value(amount)
        minimum = max(minimum, rule.isExact ? (least - 1e-9).rounded(.up) : least)
      }
      if let amount = rule.maximum {
        let most = try value(amount)
        // An exact count such as 25 % of 7 units is one number: both sides are rounded up alike.
        let isCount = rule.isExact && rule.minimum == rule.maximum
        maximum = min(
          maximum, isCount ? (most - 1e-9).rounded(.up) : rule.isExact ? (most + 1e-9).rounded(.down) : most)
      }
    }
    let bounds = GroupBounds(
      column: column, group: group.name, members: group.members, minimum: minimum, maximum: maximum,
      isExact: rules.contains(where: \.isExact))
    guard minimum <= maximum else {
      throw .quotaContradiction(group: bounds.name, minimum: minimum, maximum: maximum)
    }
    return bounds
  }
}
