public import Evaluation

/// Tables of what visits found, for terminals and Markdown pages.
public enum EvaluationTables {
  /// `0.25 (0.21 to 0.29)`; only the value where there is no interval, `—` for `nil`.
  public static func text(_ estimate: Estimate?, decimals: Int = 3) -> String {
    guard let estimate else { return "—" }
    let value = NumberText.fixed(estimate.value, decimals: decimals)
    guard let lower = estimate.lower, let upper = estimate.upper else { return value }
    return "\(value) (\(NumberText.fixed(lower, decimals: decimals)) to \(NumberText.fixed(upper, decimals: decimals)))"
  }

  /// One row per arm and measure, with difference and ratio to the baseline.
  public static func arms(_ comparison: ArmComparison) -> TextTable {
    var table = TextTable([
      .init("arm"), .init("measure"), .init("value", .right), .init("less \(comparison.baseline)", .right),
      .init("over \(comparison.baseline)", .right),
    ])
    for result in comparison.results {
      let decimals = decimals(result.measure)
      table.add([
        result.arm, name(result.measure), text(result.estimate, decimals: decimals),
        result.arm == comparison.baseline ? "" : text(result.difference, decimals: decimals),
        result.ratio == nil ? "" : text(result.ratio, decimals: 2),
      ])
    }
    return table
  }

  /// Visits, finds, severity and finds off the list of each arm.
  public static func totals(_ comparison: ArmComparison) -> TextTable {
    var table = TextTable([
      .init("arm"), .init("blocks", .right), .init("visits", .right), .init("finds", .right), .init("severity", .right),
      .init("off the list", .right),
    ])
    for total in comparison.totals {
      table.add([
        total.arm, "\(total.blocks)", NumberText.readable(total.visits), NumberText.readable(total.finds),
        NumberText.readable(total.severity), NumberText.readable(total.offListFinds),
      ])
    }
    return table
  }

  private static func decimals(_ measure: ArmMeasure) -> Int {
    switch measure {
    case .hitRate, .severityPerVisit, .offListPerVisit, .offListShare: 3
    case .daysSooner, .findsPerDay, .severityPerDay, .offListPerDay: 1
    }
  }

  static func name(_ measure: ArmMeasure) -> String {
    switch measure {
    case .hitRate: "finds per visit"
    case .severityPerVisit: "severity per visit"
    case .offListPerVisit: "off-list finds per visit"
    case .offListShare: "off-list share of finds"
    case .daysSooner: "days sooner"
    case .findsPerDay: "finds per day"
    case .severityPerDay: "severity per day"
    case .offListPerDay: "off-list finds per day"
    }
  }

  /// Everything `evaluate outcomes` prints.
  public static func outcomes(_ evaluation: OutcomeEvaluation) -> String {
    var text =
      "\(evaluation.draws) draws, \(evaluation.frameUnits) targets in their frames, \(evaluation.drawn) drawn, "
      + "\(evaluation.visits) with an outcome\n"
    for note in evaluation.notes { text += "note: \(note)\n" }
    if let arms = evaluation.arms {
      text += "\nArms; intervals \(percent(arms.level)), \(arms.replicates) replicates of \(arms.blocks) county-days, "
      text += "seed \(arms.seed)\n\(totals(arms).text)\n\(self.arms(arms).text)"
    }
    text += "\n\(prevalence(evaluation).text)"
    if let area = evaluation.area {
      text += "\nPAI of the \(area.hotCells) of \(area.cells) cells with the highest scores: "
      text += "\(NumberText.fixed(area.accuracyIndex, decimals: 2)), PEI "
      text += (area.efficiencyIndex.map { NumberText.fixed($0, decimals: 2) } ?? "—") + " (finds weighed by 1/π)\n"
    }
    if let reliability = evaluation.reliability {
      text += "\nHow far the probability that the score implies can be believed: ECE "
      text += "\(NumberText.fixed(reliability.calibrationError, decimals: 3)), Brier "
      text += "\(NumberText.fixed(reliability.brier, decimals: 3)), AUC "
      text += (reliability.areaUnderCurve.map { NumberText.fixed($0, decimals: 3) } ?? "—")
      text += "\n\(self.reliability(reliability).text)"
    }
    if !evaluation.counties.isEmpty { text += "\n\(burden(evaluation.counties, of: "county").text)" }
    if !evaluation.classes.isEmpty { text += "\n\(burden(evaluation.classes, of: "class").text)" }
    return text
  }

  /// Estimates over all targets of the frames.
  static func prevalence(_ evaluation: OutcomeEvaluation) -> TextTable {
    var table = TextTable([.init("among all targets"), .init("problems", .right), .init("severity", .right)])
    let finds = evaluation.prevalence
    let severity = evaluation.severity
    table.add(["Horvitz-Thompson", text(finds?.horvitzThompson), text(severity?.horvitzThompson)])
    table.add(["Hajek", text(finds?.hajek), text(severity?.hajek)])
    if let detection = evaluation.detection {
      table.add(["Hajek, by what visits miss", text(evaluation.correctedPrevalence), ""])
      table.add([
        "a visit finds what is there", text(detection.estimate), "\(detection.both + detection.one) blind pairs",
      ])
    }
    table.add([
      "rate among visits (not of all)", NumberText.fixed(finds?.amongVisits ?? .nan, decimals: 3),
      NumberText.fixed(severity?.amongVisits ?? .nan, decimals: 3),
    ])
    return table
  }

  static func reliability(_ reliability: Reliability) -> TextTable {
    var table = TextTable([
      .init("said"), .init("visits", .right), .init("mean said", .right), .init("found", .right),
    ])
    for bin in reliability.bins {
      table.add([
        "\(NumberText.fixed(bin.from, decimals: 1))-\(NumberText.fixed(bin.to, decimals: 1))", "\(bin.count)",
        NumberText.fixed(bin.meanProbability, decimals: 3), NumberText.fixed(bin.observedRate, decimals: 3),
      ])
    }
    return table
  }

  static func burden(_ rows: [Burden], of kind: String) -> TextTable {
    var table = TextTable([
      .init(kind), .init("targets", .right), .init("expected", .right), .init("visits", .right),
      .init("visits per target", .right), .init("times average", .right), .init("finds per visit", .right),
      .init("to look into"),
    ])
    for row in rows {
      table.add([
        row.group, "\(row.targets)", NumberText.fixed(row.expectedVisits, decimals: 1), "\(row.visits)",
        text(row.inspectionRate), NumberText.fixed(row.burdenRatio, decimals: 2), text(row.hitRate), row.flag ?? "",
      ])
    }
    return table
  }

  /// What another policy would have found.
  public static func offPolicy(_ values: [(name: String, value: OffPolicyValue)]) -> TextTable {
    var table = TextTable([
      .init("per visit"), .init("found by the draws", .right), .init("IPS", .right), .init("SNIPS", .right),
      .init("doubly robust", .right), .init("DR less found", .right),
    ])
    for (name, value) in values {
      table.add([
        name, text(value.logged), text(value.inversePropensity), text(value.selfNormalised), text(value.doublyRobust),
        text(value.difference),
      ])
    }
    return table
  }

  /// What weights were learned, and how well they do.
  public static func fit(_ fit: WeightFit) -> String {
    var weights = TextTable([
      .init("part"), .init("visits", .right), .init("coefficient", .right), .init("weight now", .right),
      .init("proposed", .right),
    ])
    for feature in fit.features {
      weights.add([
        feature.name, "\(feature.visits)", text(feature.coefficient),
        feature.currentWeight.map(NumberText.readable) ?? "",
        text(feature.proposedWeight, decimals: 2),
      ])
    }
    var qualities = TextTable([
      .init("held out"), .init(fit.response == .found ? "log loss" : "squared error", .right), .init("AUC", .right),
      .init("Brier", .right), .init("ECE", .right),
    ])
    for quality in fit.qualities {
      qualities.add(
        [
          quality.name, NumberText.fixed(quality.loss, decimals: 4),
        ]
          + [quality.areaUnderCurve, quality.brier, quality.calibrationError].map {
            $0.map { NumberText.fixed($0, decimals: 3) } ?? ""
          })
    }
    return "\(fit.visits) visits, \(fit.finds) finds, \(fit.groups) groups in \(fit.folds) folds, worth "
      + "\(NumberText.fixed(fit.effectiveVisits, decimals: 0)) visits of equal weight; ridge \(fit.ridge), "
      + "\(fit.replicates) replicates, seed \(fit.seed)\n\n\(weights.text)\n\(qualities.text)\n"
      + "loss of the learned weights less that of the policy: \(text(fit.lossDifference, decimals: 4)); below 0 is better\n"
      + (fit.reliability.map { "\n\(reliability($0).text)" } ?? "")
  }

  /// How estimates did over repeated synthetic draws.
  public static func trial(_ rows: [EstimatorTrial.Row]) -> TextTable {
    var table = TextTable([
      .init("estimate"), .init("truth", .right), .init("mean", .right), .init("spread", .right),
      .init("stated error", .right), .init("95 % interval holds", .right),
    ])
    for row in rows {
      table.add([
        row.estimate, NumberText.fixed(row.truth, decimals: 4), NumberText.fixed(row.mean, decimals: 4),
        NumberText.fixed(row.spread, decimals: 4), row.statedError.map { NumberText.fixed($0, decimals: 4) } ?? "",
        row.coverage.map(percent) ?? "",
      ])
    }
    return table
  }

  /// How intervals of a prevalence did over a range of campaigns.
  public static func sweep(_ rows: [EstimatorSweep.Row]) -> TextTable {
    var table = TextTable([
      .init("targets", .right), .init("visits", .right), .init("prevalence", .right), .init("skill", .right),
      .init("skew", .right), .init("pi max/min", .right), .init("finds", .right), .init("HT holds", .right),
      .init("below", .right), .init("above", .right), .init("width", .right), .init("Hajek holds", .right),
      .init("below", .right), .init("above", .right), .init("width", .right),
    ])
    for row in rows {
      func cells(_ own: EstimatorTrial.Row) -> [String] {
        [own.coverage, own.below, own.above].map { $0.map(percent) ?? "" }
          + [own.width.map { NumberText.fixed($0, decimals: 3) } ?? ""]
      }
      table.add(
        [
          "\(row.setting.targets)", "\(row.setting.visits)", NumberText.fixed(row.hajek.truth, decimals: 3),
          NumberText.fixed(row.setting.skill, decimals: 1), NumberText.fixed(row.setting.skew, decimals: 1),
          NumberText.fixed(row.probabilityRatio, decimals: 0), NumberText.fixed(row.finds, decimals: 1),
        ] + cells(row.horvitzThompson) + cells(row.hajek))
    }
    return table
  }

  private static func percent(_ share: Double) -> String { "\(NumberText.fixed(share * 100, decimals: 1)) %" }
}
