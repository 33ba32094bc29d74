internal import Glibc
public import Grids

/// What is known of one cell, before it is judged.
public struct DarkEvidence: Sendable, Equatable {
  /// Of the region, with or without a sign.
  public let cell: CellID
  /// By ``DarkSign``; `nil` where the cell was not observed for it, which speaks neither for nor against.
  public var signs: [Bool?]
  /// Share of the cell's excess that registered firms explain, 0...1; `nil` without attribution, and then the number
  /// of firms decides.
  public var explainedShare: Double?
  /// Air-related firms in operation in the cell: the sum of their chances to lie there.
  public var firms: Double
  /// What firms of other industries and firms in the cells around may do, in air-related firms of the cell.
  public var otherFirms: Double

  public init(cell: CellID, signs: [Bool?], explainedShare: Double?, firms: Double, otherFirms: Double = 0) {
    precondition(signs.count == DarkSign.allCases.count, "one entry per sign")
    self.cell = cell
    self.signs = signs
    self.explainedShare = explainedShare
    self.firms = firms
    self.otherFirms = otherFirms
  }

  /// Signs that are there, as bits in the order of ``DarkSign``: the capture history.
  public var history: Int { signs.indices.reduce(0) { $0 | (signs[$1] == true ? 1 << $1 : 0) } }
}

/// Why a cell with signs is no suspect.
public enum DarkAbstention: String, CaseIterable, Hashable, Sendable {
  case oneSign = "only one kind of evidence"
  case explained = "registered firms explain it as well"
  case weak = "the evidence is too common here"
}

/// What is thought of one cell.
public struct DarkJudgement: Sendable, Equatable {
  /// What was known, as given.
  public let evidence: DarkEvidence
  /// Natural logarithm of P(sign | unregistered source) / P(sign | none), by ``DarkSign``; 0 where not observed.
  public let logRatios: [Double]
  /// Chance of an unregistered source in the cell, 0...1.
  public let posterior: Double
  /// `nil` for a suspect.
  public let abstention: DarkAbstention?
}

/// Judges cells for unregistered sources by a noisy-or model.
///
/// Each sign may come from the background, from each registered firm, or from an unregistered source:
/// P(sign) = 1 - (1-f)(1-g)^firms (1-d)^dark. d and g are assumed (``DarkRules``); the background f of every sign, the d of hot
/// cells and the share of cells with an unregistered source are learned from the cells themselves by expectation and
/// maximisation: how often hot cells have factory-like load too tells how many of them are sources. A stated share of what
/// attribution explains replaces (1-g)^firms by 1 - share.
public struct DarkScreen: Sendable {
  /// Cells with a sign at least, by cell.
  public let judgements: [DarkJudgement]
  /// Share of cells with an unregistered source, as learned.
  public let prevalence: Double
  /// Background chance of each sign, as learned; `nil` for a sign that was not observed anywhere.
  public let background: [Double?]
  /// What was assumed; print it beside the result.
  public let rules: DarkRules

  /// Chance that an unregistered source causes each sign, as assumed or learned, in the order of ``DarkSign``.
  public let detection: [Double]

  /// - Parameter cells: Every cell that was looked at, those without a sign too: they say how common signs are.
  public init(_ cells: [DarkEvidence], rules: DarkRules = DarkRules()) {
    self.rules = rules
    let groups = Self.grouped(cells)
    var model = Model(rules: rules, groups: groups)
    for _ in 0..<40 {
      if model.learn(groups) { break }
    }
    let (prevalence, background) = (model.prevalence, model.background)
    self.prevalence = prevalence
    self.background = background
    detection = model.detection
    let learned = model
    judgements = cells.filter { $0.history != 0 }.sorted { $0.cell < $1.cell }.map { evidence in
      let found = learned.judge(evidence)
      var alone = evidence
      alone.explainedShare = 0
      let unexplained = learned.judge(alone).posterior
      let abstention: DarkAbstention? =
        if found.posterior < rules.minimumPosterior {
          unexplained >= rules.minimumPosterior && evidence.history.nonzeroBitCount >= rules.minimumSigns
            ? .explained : evidence.history.nonzeroBitCount < rules.minimumSigns ? .oneSign : .weak
        } else {
          evidence.history.nonzeroBitCount < rules.minimumSigns ? .oneSign : nil
        }
      return DarkJudgement(
        evidence: evidence, logRatios: found.logRatios, posterior: found.posterior, abstention: abstention)
    }
  }

  /// Cells with evidence that no registered firm explains, likeliest first, then by cell.
  public var suspects: [DarkJudgement] {
    judgements.filter { $0.abstention == nil }.sorted {
      (-$0.posterior, $0.evidence.cell) < (-$1.posterior, $1.evidence.cell)
    }
  }

  // MARK: Learning

  /// Cells that the model cannot tell apart, counted once.
  struct Group {
    let example: DarkEvidence
    var count: Int
  }

  /// Firms to a twentieth below two and to a whole above, explained shares to a tenth.
  private static func grouped(_ cells: [DarkEvidence]) -> [Group] {
    struct Key: Hashable {
      let signs: [Bool?]
      let firms: Int
      let share: Int
    }
    var places: [Key: Int] = [:]
    var groups: [Group] = []
    for cell in cells {
      let all = min(cell.firms + cell.otherFirms, 50)
      let firms = all < 2 ? (all * 20).rounded() / 20 : all.rounded()
      let share = cell.explainedShare.map { ($0 * 10).rounded() }
      let key = Key(signs: cell.signs, firms: Int(firms * 20), share: share.map { Int($0) } ?? -1)
      if let place = places[key] {
        groups[place].count += 1
        continue
      }
      places[key] = groups.count
      groups.append(
        Group(
          example: DarkEvidence(
            cell: cell.cell, signs: cell.signs, explainedShare: share.map { $0 / 10 }, firms: firms), count: 1))
    }
    return groups
  }

  /// What is assumed and learned of all cells.
  struct Model {
    let rules: DarkRules
    private(set) var prevalence: Double
    private(set) var background: [Double?]
    private(set) var detection: [Double]
    private let floors: [Double]
    private let firmDetection: [Double]

    init(rules: DarkRules, groups: [Group]) {
      self.rules = rules
      prevalence = rules.prevalence
      detection = rules.detection.all
      firmDetection = rules.firmDetection.all
      var floors = rules.backgroundShare.all
      // Without load nothing tells sources from other causes of hot cells.
      if !groups.contains(where: { $0.example.signs[1] == true }) {
        floors[0] = max(floors[0], rules.backgroundShareWithoutLoad)
      }
      self.floors = floors
      background = [Double?](repeating: nil, count: floors.count)
      let nothing = [Double](repeating: 0, count: groups.count)
      background = floors.indices.map { background(groups, sign: $0, posteriors: nothing) }
    }

    /// One round of expectation and maximisation. - Returns: Whether it has settled.
    mutating func learn(_ groups: [Group]) -> Bool {
      let posteriors = groups.map { judge($0.example).posterior }
      var (dark, all) = (0.0, 0.0)
      for (group, posterior) in zip(groups, posteriors) {
        dark += posterior * Double(group.count)
        all += Double(group.count)
      }
      // A start of one dark cell in a hundred imagined ones keeps an empty day from learning zero.
      let learned = (dark + 100 * rules.prevalence) / (all + 100)
      let next = min(rules.mostPrevalence, max(rules.leastPrevalence, learned))
      let isSettled = abs(next - prevalence) < 1e-9
      prevalence = next
      detection[0] = detectionOfHot(groups, posteriors)
      for sign in background.indices where background[sign] != nil {
        background[sign] = background(groups, sign: sign, posteriors: posteriors)
      }
      return isSettled
    }

    /// The chance that a source makes its cell hot: what its likely cells show, beside the assumed chance as so many cells.
    private func detectionOfHot(_ groups: [Group], _ posteriors: [Double]) -> Double {
      guard let f = background[0] else { return detection[0] }
      var (seen, all) = (rules.learningCells * rules.detection.hot, rules.learningCells)
      for (group, posterior) in zip(groups, posteriors) {
        guard let isThere = group.example.signs[0] else { continue }
        let weight = posterior * Double(group.count)
        all += weight
        if isThere {
          let clear = (1 - f) * clearOfFirms(group.example, sign: 0)
          seen += weight * detection[0] / (1 - clear * (1 - detection[0]))
        }
      }
      return min(0.95, seen / all)
    }

    /// 1 - P(sign) without background and without an unregistered source.
    private func clearOfFirms(_ evidence: DarkEvidence, sign: Int) -> Double {
      let g = firmDetection[sign]
      guard g > 0 else { return 1 }
      if let share = evidence.explainedShare { return 1 - min(0.95, max(0, share)) }
      return pow(1 - g, evidence.firms + evidence.otherFirms)
    }

    func judge(_ evidence: DarkEvidence) -> (logRatios: [Double], posterior: Double) {
      var sum = log(prevalence / (1 - prevalence))
      var ratios = [Double](repeating: 0, count: evidence.signs.count)
      for sign in evidence.signs.indices {
        guard let isThere = evidence.signs[sign], let f = background[sign] else { continue }
        let clear = (1 - f) * clearOfFirms(evidence, sign: sign)
        let d = detection[sign]
        ratios[sign] = isThere ? log((1 - clear * (1 - d)) / (1 - clear)) : log(1 - d)
        sum += ratios[sign]
      }
      return (ratios, 1 / (1 + exp(-sum)))
    }

    /// The background chance of a sign that makes its expected number what was seen, with no less than the rules' share.
    ///
    /// - Returns: `nil` when no cell was observed for it.
    private func background(_ groups: [Group], sign: Int, posteriors: [Double]) -> Double? {
      var (seen, observed) = (0.0, 0.0)
      // Cells alike in firms and posterior are one term: (clear, 1 - d · posterior) with their number.
      var terms: [(clear: Double, count: Double)] = []
      for (group, posterior) in zip(groups, posteriors) {
        guard let isThere = group.example.signs[sign] else { continue }
        observed += Double(group.count)
        if isThere { seen += Double(group.count) }
        terms.append(
          (
            clear: clearOfFirms(group.example, sign: sign) * (1 - posterior * detection[sign]),
            count: Double(group.count)
          ))
      }
      guard observed > 0 else { return nil }
      // Expected cells with the sign are observed - (1 - f) Σ count · clear, so f has a closed form.
      let clear = terms.reduce(0) { $0 + $1.count * $1.clear }
      let matching = clear > 0 ? 1 - (observed - seen) / clear : 0
      // Half a cell keeps a sign that nobody shows from having a background of nothing.
      let least = max(floors[sign] * seen, 0.5) / observed
      return min(0.9, max(matching, least))
    }
  }
}
