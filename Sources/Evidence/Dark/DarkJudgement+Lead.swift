internal import Glibc
internal import Grids
public import Quantities

extension DarkJudgement {
  /// The suspect as a lead of its cell. - Returns: `nil` for a cell about which the screen keeps silent.
  ///
  /// - Parameters:
  ///   - sources: Lines of flags, fires, complaints and the field behind it.
  public func lead(days: ClosedRange<LocalDay>, sources: [LeadSource]) -> Lead? {
    guard abstention == nil, evidence.history != 0 else { return nil }
    let there = DarkSign.allCases.indices.filter { evidence.signs[$0] == true }
    let words = there.map { Self.words[$0] }
    let list = words.count > 1 ? words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "") : words[0]
    let verb = words.count > 1 ? "meet" : "stands alone"
    let firms: String
    if let share = evidence.explainedShare {
      firms = "Registered firms explain \(percent(share)) of its excess."
    } else if evidence.firms < 0.05 {
      firms = "No registered air-related firm in operation is known there."
    } else {
      firms =
        "\(plain(evidence.firms, decimals: 1)) registered air-related firms are expected there, too few to explain it."
    }
    return Lead(
      kind: .darkEmitter, cell: evidence.cell, creditCode: nil, meterID: nil, firstDay: days.lowerBound,
      lastDay: days.upperBound, strength: posterior,
      statement:
        "In cell \(evidence.cell) \(list) \(verb) between \(days.lowerBound) and \(days.upperBound). \(firms) The chance "
        + "of an unregistered source is put at \(percent(posterior)).",
      disproof:
        "Traffic, heating, burning in the open or a firm missing from the register would explain it, as would a "
        + "registered firm next door. The chance rests on assumed detection rates: compare the parts, then look.",
      numbers: [
        LeadNumber("posterior", posterior), LeadNumber("registered firms", evidence.firms),
      ]
        + DarkSign.allCases.indices.map {
          LeadNumber("log ratio of \(DarkSign.allCases[$0].rawValue)", logRatios[$0])
        }, sources: sources)
  }

  private static let words = [
    "a residual hotspot", "factory-like load at a meter without a firm", "satellite fires", "complaints above usual",
  ]
}
