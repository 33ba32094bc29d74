internal import Reports
internal import Workflows

/// The tables of a closed-loop campaign for a terminal.
enum CampaignTable {
  static func text(_ outcome: CampaignOutcome) -> String {
    """
    SYNTHETIC campaign, seed \(outcome.seed): no firm in it exists.

    The first day's \(outcome.targets) targets of each way to choose, in the same world
    \(table(outcome.firstDay))
    \(outcome.arms.first?.days.count ?? 0) days of \(outcome.targets) visits, each in a world of its own that mends what was found
    \(table(outcome.arms))
    """
  }

  /// The first day on which each source was found.
  private static func firstDays(_ arm: CampaignOutcome.Arm) -> [Int: Int] {
    var first: [Int: Int] = [:]
    for day in arm.days { for source in day.found where first[source] == nil { first[source] = day.day } }
    return first
  }

  /// Mean days by which an arm was at a source before the order of last visits, over what both found.
  private static func sooner(_ arm: CampaignOutcome.Arm, _ usual: [Int: Int]) -> String {
    let gains = firstDays(arm).compactMap { source, day in usual[source].map { Double($0 - day) } }
    return gains.isEmpty ? "" : oneDecimal(gains.reduce(0, +) / Double(gains.count))
  }

  private static func table(_ arms: [CampaignOutcome.Arm]) -> String {
    var table = TextTable([
      .init("chosen by"), .init("visits", .right), .init("hits", .right), .init("hit rate", .right),
      .init("severity", .right), .init("off list", .right), .init("to PM2.5 only", .right), .init("to random", .right),
      .init("days sooner", .right),
    ])
    let usual = arms.first { $0.name == "last visit" }.map(firstDays) ?? [:]
    func severity(_ name: String) -> Double? {
      arms.first { $0.name == name }.map { $0.days.reduce(0) { $0 + $1.severity } }
    }
    func ratio(_ value: Double, _ other: Double?) -> String {
      guard let other, other > 0 else { return "" }
      return "\((value / other * 100).rounded() / 100)"
    }
    for arm in arms {
      let visits = arm.days.reduce(0) { $0 + $1.visits }
      let hits = arm.days.reduce(0) { $0 + $1.hits }
      let total = arm.days.reduce(0) { $0 + $1.severity }
      table.add([
        arm.name, "\(visits)", "\(hits)", "\(oneDecimal(100 * Double(hits) / Double(max(1, visits)))) %", "\(total)",
        "\(arm.days.reduce(0) { $0 + $1.offList })", ratio(total, severity("PM2.5 only")),
        ratio(total, severity("random")), arm.days.count > 1 ? sooner(arm, usual) : "",
      ])
    }
    return table.text
  }
}
