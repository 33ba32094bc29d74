public import Diagnostics
internal import Export
internal import Foundation
public import Grids
internal import Ingest
internal import Quantities
public import SyntheticWorld

/// What `simulate` wrote.
public struct SimulateSummary: Sendable, Codable {
  /// Files written, the truth, the manifest and the README among them.
  public var files = 0
  /// In those files together, as on disk.
  public var bytes = 0
  /// Firms and unregistered workshops that emit; what was planted stands in `truth/`.
  public var sources = 0
  /// Monitors of all kinds, moving ones among them.
  public var stations = 0
  /// Beijing days from the options' first on.
  public var days = 0
}

/// Writes a synthetic campaign over the real counties: files in the layouts a user would bring, a manifest to ingest
/// them by, and `truth/`, which the analysis never reads.
///
/// - Throws: `Problem` without county boundaries, for a folder that is not empty, or when the disk is full.
public func simulate(
  _ options: SyntheticOptions, grid: Grid, to folder: String, version: String, threads: Int, progress: any ProgressSink
) throws -> SimulateSummary {
  let manager = FileManager.default
  if let entries = try? manager.contentsOfDirectory(atPath: folder), !entries.isEmpty {
    throw Problem("\(folder) is not empty", remedy: "name a new folder with --out")
  }
  let region = try RegionSource.region(grid: grid, sizeMetres: grid.coarsestMetres).region
  let world = SyntheticWorld(options: options, region: region, grid: grid)
  for part in ["readings", "raster", "swath", "power", "truth"] {
    try manager.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
  }
  var output = CampaignOutput(folder: folder)
  try output.writeRegister(world)
  try output.write("complaints", "synthetic-complaints.csv", world.complaintsFile())
  try output.write("fires", "synthetic-fires.csv", world.firesFile())
  try output.write("wind", "synthetic-wind.csv", world.windFile())
  // For dispatch; no kind of their own, because people are not kept in a workspace.
  try output.write(nil, "synthetic-teams.csv", world.teamsFile())
  try output.write(nil, "synthetic-inspectors.csv", world.inspectorsFile())
  var hot = Array("cell,period,increment_ugm3\n".utf8)
  for day in 0..<options.days {
    progress.report(task: "synthetic campaign", completed: day, total: options.days, unit: "days")
    let air = world.air(day: day, threads: threads)
    try output.writeDay(world, air: air)
    hot += world.hotCellsTruth(air)
  }
  progress.finish(task: "synthetic campaign")
  try output.write(nil, "truth/sources.csv", world.sourcesTruth())
  try output.write(nil, "truth/faults.csv", world.faultsTruth())
  try output.write(nil, "truth/hot-cells.csv", hot)
  try output.write(nil, "README.txt", Array(readme(options, version).utf8))
  try output.writeManifest()
  return SimulateSummary(
    files: output.files, bytes: output.bytes, sources: world.sources.count, stations: world.stations.count,
    days: options.days)
}

private func readme(_ options: SyntheticOptions, _ version: String) -> String {
  """
  SYNTHETIC DATA. Nothing in this folder was measured and no firm in it exists.
  Made by hotgrid \(version) simulate, seed \(options.seed), \(options.days) days from \(options.start):
  \(options.stations) national-type stations, \(options.micro) micro-stations, \(options.mobile) moving monitors,
  \(options.firms) firms of which \(options.metered) metered, \(options.unregistered) unregistered workshops,
  \(options.residential) households.
  The same seed and sizes give the same bytes. truth/ says what was planted; no verb of the analysis reads it.

  """
}
