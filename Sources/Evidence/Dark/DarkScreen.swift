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

  public init(cell: CellID, signs: [Bool?], explainedShare: Double?, firms: Double) {
    precondition(signs.count == DarkSign.allCases.count, "one entry per sign")
    self.cell = cell
    self.signs = signs
    self.explainedShare = explainedShare
    self.firms = firms
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
/// P(sign) = 1 - (1-f)(1-g)^firms (1-d)^dark. d and g are assumed (``DarkRules``); the background f of every sign and the
/// share of cells with an unregistered source are learned from the cells themselves by expectation and maximisation. A
/// stated share of what attribution explains replaces (1-g)^firms by 1 - share.
public struct DarkScreen: Sendable {
  /// Cells with a sign at least, by cell.
  public let judgements: [DarkJudgement]
  /// Share of cells with an unregistered source, as learned.
  public let prevalence: Double
  /// Background chance of each sign, as learned; `nil` for a sign that was not observed anywhere.
  public let background: [Double?]
  /// What was assumed; print it beside the result.
  public let rules: DarkRules

  /// - Parameter cells: Every cell that was looked at, those without a sign too: they say how common signs are.
  public init(_ cells: [DarkEvidence], rules: DarkRules = DarkRules()) {
    self.rules = rules
    let groups = Self.grouped(cells)
    var prevalence = rules.prevalence
    var background = DarkSign.allCases.indices.map { Self.background(groups, sign: $0, rules: rules) }
    for _ in 0..<30 {
      let posteriors = groups.map { Self.judge($0.example, prevalence, background, rules).posterior }
      var (dark, all) = (0.0, 0.0)
      for (group, posterior) in zip(groups, posteriors) {
        dark += posterior * Double(group.count)
        all += Double(group.count)
      }
      // A start of one dark cell in a hundred imagined ones keeps an empty day from learning zero.
      let learned = (dark + 100 * rules.prevalence) / (all + 100)
      let next = min(rules.prevalenceBounds.upperBound, max(rules.prevalenceBounds.lowerBound, learned))
      if abs(next - prevalence) < 1e-9 { break }
      prevalence = next
      for sign in background.indices where background[sign] != nil {
        background[sign] = Self.background(groups, sign: sign, rules: rules, posteriors: posteriors)
      }
    }
    self.prevalence = prevalence
    self.background = background
    judgements = cells.filter { $0.history != 0 }.sorted { $0.cell < $1.cell }.map { evidence in
      let found = Self.judge(evidence, prevalence, background, rules)
      var alone = evidence
      alone.explainedShare = 0
      let unexplained = Self.judge(alone, prevalence, background, rules).posterior
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

  /// Cells where evidence meets and no registered firm explains it, likeliest first, then by cell.
  public var suspects: [DarkJudgement] {
    judgements.filter { $0.abstention == nil }.sorted {
      (-$0.posterior, $0.evidence.cell) < (-$1.posterior, $1.evidence.cell)
    }
  }

  // MARK: Model

  /// 1 - P(sign) without background and without an unregistered source.
  private static func clearOfFirms(_ evidence: DarkEvidence, sign: Int, rules: DarkRules) -> Double {
    let g = rules.firmDetection[sign]
    guard g > 0 else { return 1 }
    if let share = evidence.explainedShare { return 1 - min(0.95, max(0, share)) }
    return pow(1 - g, evidence.firms)
  }

  private static func judge(
    _ evidence: DarkEvidence, _ prevalence: Double, _ background: [Double?], _ rules: DarkRules
  ) -> (logRatios: [Double], posterior: Double) {
    var sum = log(prevalence / (1 - prevalence))
    var ratios = [Double](repeating: 0, count: evidence.signs.count)
    for sign in evidence.signs.indices {
      guard let isThere = evidence.signs[sign], let f = background[sign] else { continue }
      let clear = (1 - f) * clearOfFirms(evidence, sign: sign, rules: rules)
      let d = rules.detection[sign]
      ratios[sign] = isThere ? log((1 - clear * (1 - d)) / (1 - clear)) : log(1 - d)
      sum += ratios[sign]
    }
    return (ratios, 1 / (1 + exp(-sum)))
  }

  // MARK: Learning

  private struct Group {
    let example: DarkEvidence
    var count: Int
  }

  /// Cells that the model cannot tell apart, counted once: firms to a quarter, explained shares to a tenth.
  private static func grouped(_ cells: [DarkEvidence]) -> [Group] {
    struct Key: Hashable {
      let signs: [Bool?]
      let firms: Int
      let share: Int
    }
    var places: [Key: Int] = [:]
    var groups: [Group] = []
    for cell in cells {
      let firms = (min(cell.firms, 50) * 4).rounded()
      let share = cell.explainedShare.map { ($0 * 10).rounded() }
      let key = Key(signs: cell.signs, firms: Int(firms), share: share.map { Int($0) } ?? -1)
      if let place = places[key] {
        groups[place].count += 1
        continue
      }
      places[key] = groups.count
      groups.append(
        Group(
          example: DarkEvidence(
            cell: cell.cell, signs: cell.signs, explainedShare: share.map { $0 / 10 }, firms: firms / 4), count: 1))
    }
    return groups
  }

  /// The background chance of a sign that makes its expected number what was seen, with no less than the rules' share.
  ///
  /// - Returns: `nil` when no cell was observed for it.
  private static func background(
    _ groups: [Group], sign: Int, rules: DarkRules, posteriors: [Double]? = nil
  ) -> Double? {
    var (seen, observed) = (0.0, 0.0)
    for group in groups {
      guard let isThere = group.example.signs[sign] else { continue }
      observed += Double(group.count)
      if isThere { seen += Double(group.count) }
    }
    guard observed > 0 else { return nil }
    func expected(_ f: Double) -> Double {
      var sum = 0.0
      for (k, group) in groups.enumerated() where group.example.signs[sign] != nil {
        let dark = posteriors?[k] ?? 0
        let clear = (1 - f) * clearOfFirms(group.example, sign: sign, rules: rules)
        sum += Double(group.count) * (1 - clear * (1 - dark * rules.detection[sign]))
      }
      return sum
    }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if expected(middle) < seen { low = middle } else { high = middle }
    }
    // Half a cell keeps a sign that nobody shows from having a background of nothing.
    let least = max(rules.backgroundShare[sign] * seen, 0.5) / observed
    return min(0.9, max(low, least))
  }
}
