public import Grids
public import Inspections
internal import Quantities

/// What a visit to one synthetic source brings to light: what the analysis should lead to and never reads.
public struct SyntheticFinding: Hashable, Sendable {
  /// Position in ``SyntheticWorld/sources``.
  public let source: Int
  /// What inspectors write down; never empty.
  public let classes: [ProblemClass]
  /// Sum over the classes by the built-in ``ProblemSeverity``.
  public let severity: Double
}

extension SyntheticWorld {
  /// What is wrong at a source on a day of the campaign. - Returns: `nil` where nothing is.
  ///
  /// Orders that were not kept in the last seven days are found in the plant's own records; treatment that is off and meters
  /// that were tampered with are seen on the day. One firm in twelve has a fault in its books and nothing else.
  public func finding(at number: Int, day: Int) -> SyntheticFinding? {
    let source = sources[number]
    guard source.strength > 0 || source.isRegistered else { return nil }
    guard source.isRegistered else { return finding(number, [.scatteredOffList]) }
    var classes: [ProblemClass] = []
    if let problem = source.behaviour.problemClass, isWrong(source, day: day) { classes.append(problem) }
    var stream = SyntheticStream(options.seed, 30, number)
    if classes.isEmpty, stream.unit() < 1.0 / 12, !mended.contains(number) { classes.append(.other) }
    return classes.isEmpty ? nil : finding(number, classes)
  }

  private func finding(_ number: Int, _ classes: [ProblemClass]) -> SyntheticFinding {
    SyntheticFinding(
      source: number, classes: classes, severity: classes.reduce(0) { $0 + ProblemSeverity()[$1] })
  }

  private func isWrong(_ source: SyntheticSource, day: Int) -> Bool {
    switch source.behaviour {
    case .treatmentOff: day >= source.turningDay
    case .treatmentIdle, .nightWork, .loadVanished, .tamperedReading: misbehaves(source, day: day)
    default: (max(0, day - 7)..<day).contains { misbehaves(source, day: $0) }
    }
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
  var problemClass: ProblemClass? {
    switch self {
    case .honest, .selfGeneration, .plainShutdown, .meterFault, .nightHabit: nil
    case .ignoresStopOrders, .nightShift, .exceedsLimit: .emergencyMeasures
    case .treatmentOff, .treatmentIdle: .treatmentNotRunning
    case .loadVanished, .tamperedReading: .dataFraud
    case .nightWork: .other
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
