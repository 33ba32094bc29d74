internal import Geometry
internal import Glibc
public import Grids
internal import Randomness
internal import SpatialStatistics
internal import Threads

/// What attribution looks at, the same for all anomalies of a run.
public struct AttributionInputs: Sendable {
  /// Of the anomalies' cells; all points lie in its plane.
  public var lattice: Lattice
  /// Wind at the anomaly by hour of the evidence; its hours are those of all arrays. Replaced per anomaly where winds
  /// differ from place to place.
  public var wind: HourlyWind
  /// Everywhere in the run: those near an anomaly are explained, those around give its background.
  public var receptors: [AirReceptor]
  /// Firms with a place, those too far from an anomaly among them.
  public var candidates: [SourceCandidate]
  /// Flagged meters without a firm; empty where none is known.
  public var unregistered: [UnregisteredLoad]

  public init(
    lattice: Lattice, wind: HourlyWind, receptors: [AirReceptor], candidates: [SourceCandidate],
    unregistered: [UnregisteredLoad] = []
  ) {
    precondition(receptors.allSatisfy { $0.values.count == wind.count }, "one value per hour of the evidence")
    precondition(
      candidates.allSatisfy { $0.profiles.allSatisfy { $0.levels.count == wind.count } }
        && unregistered.allSatisfy { $0.levels.count == wind.count }, "one level per hour of the evidence")
    self.lattice = lattice
    self.wind = wind
    self.receptors = receptors
    self.candidates = candidates
    self.unregistered = unregistered
  }
}

/// The posterior of who explains an anomaly: registered firms within reach, an unregistered source in each cell around
/// it, or neither.
///
/// Residual hours (value minus the background of the hour) are explained by plumes of an ensemble of winds from each
/// candidate, which emits in the hours it worked. See docs/methods/attribution.md for the model and what it cannot see.
public struct Attribution: Sendable {
  /// All numbers of the model, printed with the answer.
  public let rules: AttributionRules
  /// Of winds and sampler: the same seed gives the same posterior on any number of threads.
  public let seed: UInt64
  private let table: PlumeTable
  /// Turn in degrees and stretch of each run; the first is the wind as it came.
  private let runs: [(turn: Double, stretch: Double)]

  /// - Parameter sizeMetres: Side of the anomalies' cells.
  public init(_ rules: AttributionRules, sizeMetres: Int32, seed: UInt64) {
    self.rules = rules
    self.seed = seed
    let reach = rules.candidateMetres + rules.receptorMetres
    // A source anywhere in a square of side L has the standard deviation L/√12; the register may be wrong on top.
    let inCell = Double(sizeMetres) * Double(sizeMetres) / 12
    let position = (inCell + rules.positionMetres * rules.positionMetres).squareRoot()
    table = PlumeTable(rules.kernel, positionMetres: position, reachMetres: reach)
    runs = (0..<max(1, rules.ensemble)).map { run in
      guard run > 0 else { return (0, 1) }
      var stream = RandomStream(seed: seed, slot: -11, replicate: run)
      let (a, b) = stream.normals()
      return (rules.directionDegrees * a, exp(rules.speedShare * b))
    }
  }

  /// The posterior of every anomaly, in their order; the same for any number of threads.
  ///
  /// - Parameter winds: One per anomaly, of the same hours as `inputs`; `nil` takes that of `inputs` for all.
  public func posteriors(
    of anomalies: [AirAnomaly], inputs: AttributionInputs, winds: [HourlyWind]? = nil, threads: Int = 1
  ) -> [AttributionResult] {
    precondition(winds.map { $0.count == anomalies.count } ?? true, "one wind per anomaly")
    return mapConcurrently(anomalies.count, threads: threads) { number in
      var own = inputs
      if let winds { own.wind = winds[number] }
      return posterior(of: anomalies[number], inputs: own)
    }
  }

  /// The posterior of one anomaly.
  public func posterior(of anomaly: AirAnomaly, inputs: AttributionInputs) -> AttributionResult {
    let wind = inputs.wind
    let known = (0..<wind.count).filter(wind.isKnown)
    let moving = known.filter { wind.speed($0) >= rules.calmMetresPerSecond }
    let centres = anomaly.cells.map { inputs.lattice.centre(of: $0) }
    let distances = inputs.receptors.map { distance(from: $0.point, to: centres) }
    let near = inputs.receptors.indices.filter {
      distances[$0] <= rules.receptorMetres && inputs.receptors[$0].values.contains { !$0.isNaN }
    }
    let background = AirBackground(inputs, centres: centres, distances: distances, rules: rules).values
    let hours = moving.filter { hour in
      !background[hour].isNaN && near.contains { !inputs.receptors[$0].values[hour].isNaN }
    }
    func result(
      _ shares: [SourceShare], excess: Double? = nil, candidates: Int = 0, errors: PlumeErrors? = nil,
      _ abstention: AttributionAbstention? = nil
    ) -> AttributionResult {
      AttributionResult(
        anomaly: anomaly, shares: shares, excess: excess, hoursUsed: hours.count,
        hoursWithoutWind: wind.count - known.count, calmHours: known.count - moving.count, receptors: near.count,
        candidates: candidates, ensemble: runs.count, hourCorrelation: errors?.hourCorrelation,
        misfit: errors?.misfit, abstention: abstention)
    }
    guard moving.count >= rules.fewestHours else { return result([], .noWind) }
    guard near.count >= rules.fewestReceptors else { return result([], .noReceptors) }
    guard hours.count >= rules.fewestHours else { return result([], .tooFewHours) }
    let design = PlumeDesign(
      anomaly: anomaly, inputs: inputs, hours: hours, near: near, background: background, rules: rules)
    let firmCount = Set(design.columns.map(\.source)).count { if case .firm = $0 { true } else { false } }
    var errors: PlumeErrors?
    var tally = ShareTally(design)
    for (number, run) in runs.enumerated() {
      let turned = RunWind(wind, hours: hours, turnDegrees: run.turn, stretch: run.stretch)
      let rows = design.rows(turned, table: table)
      if errors == nil {
        guard !rows.entries.isEmpty else { return result([], candidates: firmCount, .noCandidates) }
        errors = judge(design, rows)
      }
      guard let errors else { continue }
      let equations = PlumeNormalEquations(
        design, rows, weights: errors.weights, backgroundShare: rules.backgroundShare)
      tally.begin(design.contributions(turned, table: table))
      sampler(design, equations).run(
        sweeps: rules.sweeps, seed: seed, slot: Self.slot(anomaly.cells[0]), replicate: number
      ) { tally.add($0) }
    }
    return result(
      tally.shares(rules.calibration), excess: tally.excess, candidates: firmCount, errors: errors)
  }

  /// Fits twice: the second weights come from a fit that the first weights made.
  private func judge(_ design: PlumeDesign, _ rows: PlumeRows) -> PlumeErrors {
    var weights = PlumeErrors.first(design)
    var errors = PlumeErrors(
      design, rows, coefficients: [Double](repeating: 0, count: design.columns.count), rules: rules)
    for _ in 0..<2 {
      let equations = PlumeNormalEquations(design, rows, weights: weights, backgroundShare: rules.backgroundShare)
      let mode = sampler(design, equations).mode(passes: 60)
      errors = PlumeErrors(design, rows, coefficients: mode, rules: rules)
      weights = errors.weights
    }
    return errors
  }

  private func sampler(_ design: PlumeDesign, _ equations: PlumeNormalEquations) -> SourceSampler {
    SourceSampler(
      products: equations.products, moments: equations.moments, priors: design.columns.map(\.prior),
      means: design.columns.map(\.mean))
  }

  /// A number of its own for every cell.
  private static func slot(_ cell: CellID) -> Int { Int(cell.column) &* 1_000_003 &+ Int(cell.row) }
}
