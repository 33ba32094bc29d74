internal import Sampling
internal import Quantities
internal import Grids
internal import Digests
internal import Enterprises
internal import Evidence
internal import Hotspots
internal import Ranking
internal import Store
internal import Workflows

/// What `--json` prints of a lead.
struct LeadReport: Encodable {
  let kind: String
  let cell: String?
  let uscc: String?
  let meter: String?
  let firstDay: String
  let lastDay: String
  let strength: Double
  let statement: String
  let disproof: String
  let numbers: [LeadNumber]
  let sources: [LeadSource]

  init(_ lead: Lead) {
    kind = lead.kind.rawValue
    cell = lead.cell?.description
    uscc = lead.creditCode
    meter = lead.meterID
    firstDay = lead.firstDay.description
    lastDay = lead.lastDay.description
    strength = lead.strength
    statement = lead.statement
    disproof = lead.disproof
    numbers = lead.numbers
    sources = lead.sources
  }

  enum CodingKeys: String, CodingKey {
    case kind, cell, uscc, meter, strength, statement, disproof, numbers, sources
    case firstDay = "first_day"
    case lastDay = "last_day"
  }
}

/// What `--json` prints of a target.
struct TargetReport: Encodable {
  let id: String
  let kind: String
  let name: String
  let cell: String?
  let county: String?
  let score: Double
  let parts: [ScorePart]
  let stratum: String
  let inclusionProbability: Double?
  let ticket: String?
  let drawn: Bool
  let leads: [LeadReport]

  init(_ planned: PlannedTarget) {
    id = planned.target.id
    kind = planned.target.kind.rawValue
    name = planned.target.name
    cell = planned.target.cell?.description
    county = planned.target.countyCode
    score = planned.target.score
    parts = planned.target.parts
    stratum = planned.unit.stratum
    inclusionProbability = planned.draw?.inclusionProbability
    ticket = planned.draw?.ticket.hex
    drawn = planned.isDrawn
    leads = planned.target.leads.map(LeadReport.init)
  }

  enum CodingKeys: String, CodingKey {
    case id, kind, name, cell, county, score, parts, stratum, ticket, drawn, leads
    case inclusionProbability = "inclusion_probability"
  }
}

/// What `--json` prints of an alarm.
struct AlarmReport: Encodable {
  let cell: String
  let field: String
  let period: String
  let value: Double
  let ringMedian: Double
  let ratio: Double
  let robustZ: Double
  let rule: String

  init(_ alarm: Alarm) {
    cell = alarm.cell.description
    field = alarm.field
    period = alarm.period.description
    value = alarm.value
    ringMedian = alarm.ringMedian
    ratio = alarm.ratio
    robustZ = alarm.robustZ
    rule = alarm.rule
  }

  enum CodingKeys: String, CodingKey {
    case cell, field, period, value, ratio, rule
    case ringMedian = "ring_median"
    case robustZ = "robust_z"
  }
}

/// The lines that show a target to a person.
func targetLines(_ planned: PlannedTarget, indent: String = "  ") -> [String] {
  let probability = planned.draw.map { " π \(threeDigits($0.inclusionProbability))" } ?? ""
  return [
    "\(indent)\(planned.isDrawn ? "*" : " ") \(planned.target.id)  \(planned.target.name)  score "
      + "\(oneDecimal(planned.target.score))\(probability)  \(planned.target.leads.count) leads"
  ]
}

/// The lines that show a lead to a person, with its sources.
func leadLines(_ lead: Lead, indent: String = "  ") -> [String] {
  var lines = ["\(indent)[\(lead.kind.rawValue), strength \(threeDigits(lead.strength))] \(lead.statement)"]
  lines.append("\(indent)  would be explained by: \(lead.disproof)")
  let sources = lead.sources.prefix(8).map { source in
    source.file + (source.line > 0 ? ":\(source.line)" : "")
      + (source.fileHash.isEmpty ? "" : " (\(source.fileHash.prefix(8)))")
  }
  if !sources.isEmpty { lines.append("\(indent)  from: \(sources.joined(separator: ", "))") }
  return lines
}

func threeDigits(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }

/// Says which plan an answer speaks of.
func planLine(_ plan: PlanHeader?) -> String {
  plan.map { "plan of \($0.date) (seed \"\($0.seed)\")" } ?? "no plan yet: only what was ingested"
}
