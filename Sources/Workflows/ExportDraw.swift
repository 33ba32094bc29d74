internal import Diagnostics
internal import Export
internal import Foundation
internal import Ingest
public import Quantities
internal import Sampling
public import Store

/// What `draw export` wrote.
public struct ExportedDraw: Sendable {
  /// Units of the frame, drawn or not.
  public let units: Int
  /// Empty while the draw is sealed.
  public let seed: String
  /// Options of `draw` that repeat it.
  public let options: String
}

/// Writes the frame and the outcome of a plan's draw, for anybody who wants to check it: `frame.csv`, `drawn.csv`, and of a
/// sealed draw `seal.json` and `opening.json`; `drawn.csv` and `opening.json` only once it is opened.
///
/// - Parameter withSecret: Writes `secret.txt` too, readable by its owner alone: proofs are cut with it, and it unmasks the
///   whole list.
public func exportDraw(
  date: LocalDay?, to folder: String, withSecret: Bool, in workspace: Workspace
) throws -> ExportedDraw {
  guard let day = try planDate(date, in: workspace), let plan = try workspace.planHeader(date: day) else {
    throw Problem("there is no plan yet", remedy: "make one with 'hotgrid plan --date DATE'")
  }
  try makeFolder(folder)
  let frame = try Frame(try workspace.plannedTargets(date: day).map(\.unit))
  try writeFrame(frame, path: "\(folder)/frame.csv")
  if let seal = plan.sealJSON { try writeWhole(seal, path: "\(folder)/seal.json") }
  if let opening = plan.openingJSON { try writeWhole(opening, path: "\(folder)/opening.json") }
  if withSecret {
    guard let secret = try workspace.sealSecret(date: day) else {
      throw Problem(
        "the draw of \(day) was not sealed: it has no secret", remedy: "leave --secret out", exitStatus: .usage)
    }
    let path = "\(folder)/secret.txt"
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data("hotgrid-secret-1 \(secret)\n".utf8), attributes: [.posixPermissions: 0o600])
    else { throw Problem("cannot write \(path)", remedy: "name a folder that is yours") }
  }
  // Plans of format 1 knew no rules but a size.
  let size = try workspace.drawnTargets(date: day).count
  let rules = DrawPlan(lines: plan.drawRules) ?? DrawPlan(size: size)
  if !plan.isSealed { try DrawnOutput.write(try frame.draw(plan: rules, seed: plan.seed), path: "\(folder)/drawn.csv") }
  return ExportedDraw(units: frame.units.count, seed: plan.seed, options: rules.lines.joined(separator: ", "))
}

private func writeFrame(_ frame: Frame, path: String) throws {
  var file = try OutputFile(path: path)
  try file.write("id,score,stratum,min_probability,max_probability,county,city,class,x,y\n")
  for unit in frame.units {
    var line = CSVLine()
    line.add(unit.id)
    line.add(unit.score)
    line.add(unit.stratum)
    line.add(unit.minimumProbability)
    line.add(unit.maximumProbability)
    line.add(unit.county)
    line.add(unit.city)
    line.add(unit.unitClass)
    line.add(unit.position?.x)
    line.add(unit.position?.y)
    try file.write(line.end())
  }
  try file.commit()
}

private func writeWhole(_ text: String, path: String) throws {
  var file = try OutputFile(path: path)
  try file.write(text)
  try file.commit()
}
