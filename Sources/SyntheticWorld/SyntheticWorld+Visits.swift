public import Grids
internal import Quantities

/// What a visit to one synthetic source brings to light: what the analysis should lead to and never reads.
public struct SyntheticFinding: Hashable, Sendable {
  /// Position in ``SyntheticWorld/sources``.
  public let source: Int
  /// Classes of problems, as in the ministry's daily bulletins, in English.
  public let classes: [String]
  /// Sum over the classes; see ``SyntheticWorld/severity(of:)``.
  public let severity: Double
}

extension SyntheticWorld {
  /// Severity of a problem of a class in synthetic outcomes: 5 for a workshop without papers (散乱污), 4 for treatment that
  /// stands still or an order not kept, 1 for bookkeeping. A choice of the simulation, not a scale of the authorities.
  public static func severity(of problemClass: String) -> Double {
    switch problemClass {
    case "scattered-polluter", "monitoring-fraud": 5
    case "bookkeeping": 1
    default: 4
    }
  }

  /// What is wrong at a source on a day of the campaign. - Returns: `nil` where nothing is.
  ///
  /// Orders that were not kept in the last seven days are found in the plant's own records; treatment that is off is seen on
  /// the day. One firm in twelve has a fault in its books and nothing else.
  public func finding(at number: Int, day: Int) -> SyntheticFinding? {
    let source = sources[number]
    guard source.strength > 0 || source.isRegistered else { return nil }
    guard source.isRegistered else { return finding(number, ["scattered-polluter"]) }
    var classes: [String] = []
    if let problem = source.behaviour.problemClass, isWrong(source, day: day) { classes.append(problem) }
    var stream = SyntheticStream(options.seed, 30, number)
    if classes.isEmpty, stream.unit() < 1.0 / 12, !mended.contains(number) { classes.append("bookkeeping") }
    return classes.isEmpty ? nil : finding(number, classes)
  }

  private func finding(_ number: Int, _ classes: [String]) -> SyntheticFinding {
    SyntheticFinding(
      source: number, classes: classes, severity: classes.reduce(0) { $0 + Self.severity(of: $1) })
  }

  private func isWrong(_ source: SyntheticSource, day: Int) -> Bool {
    guard source.behaviour != .treatmentOff else { return day >= source.turningDay }
    return (max(0, day - 7)..<day).contains { limitPercent(source, day: $0, hour: 12) > 0 }
  }

  /// Workshops that searchers of a cell come upon: each with probability 0.6, drawn anew every day.
  public func findings(inCell cell: CellID, day: Int) -> [SyntheticFinding] {
    sources.indices.compactMap { number in
      let source = sources[number]
      guard !source.isRegistered, region.lattice.cell(at: source.point) == cell else { return nil }
      var stream = SyntheticStream(options.seed, 31, number, day)
      return stream.unit() < 0.6 ? finding(at: number, day: day) : nil
    }
  }
}

extension SyntheticBehaviour {
  /// What inspectors would write of a firm that does this; `nil` where there is nothing to write.
  var problemClass: String? {
    switch self {
    case .honest, .selfGeneration, .plainShutdown: nil
    case .ignoresStopOrders, .nightShift: "order-not-kept"
    case .treatmentOff: "treatment-not-running"
    }
  }
}

extension SyntheticWorld {
  /// Whether what was found at a source on a day is mended: four times of five.
  public func followsOrder(_ source: Int, day: Int) -> Bool {
    var stream = SyntheticStream(options.seed, 32, source, day)
    return stream.unit() < 0.8
  }

  /// Positions of the registered firms in an order that belongs to the day.
  public func randomOrder(day: Int) -> [Int] {
    sources.indices.filter { sources[$0].isRegistered }.map { number in
      var stream = SyntheticStream(options.seed, 34, number, day)
      return (key: stream.unit(), number: number)
    }.sorted { ($0.key, $0.number) < ($1.key, $1.number) }.map(\.number)
  }
}
