public import Diagnostics
internal import Export
internal import Foundation
internal import GeoFormats
public import Grids
internal import Ingest
internal import Quantities
public import SyntheticWorld

/// What `simulate` wrote.
public struct SimulateSummary: Sendable, Codable {
  public var files = 0
  public var bytes = 0
  public var sources = 0
  public var stations = 0
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
  try output.write("stations", "synthetic-stations.csv", world.stationsFile())
  try output.write("enterprises", "synthetic-enterprises.csv", world.enterprisesFile())
  try output.write("meters", "synthetic-meters.csv", world.metersFile())
  try output.write("orders", "synthetic-orders.csv", world.ordersFile())
  try output.write("complaints", "synthetic-complaints.csv", world.complaintsFile())
  try output.write("fires", "synthetic-fires.csv", world.firesFile())
  try output.write("wind", "synthetic-wind.csv", world.windFile())
  var hot = Array("cell,period,increment_ugm3\n".utf8)
  for day in 0..<options.days {
    progress.report(task: "synthetic campaign", completed: day, total: options.days, unit: "days")
    let date = options.start.advanced(by: day)
    let air = world.air(day: day, threads: threads)
    if options.stations > 0 {
      try output.write("readings", "readings/synthetic-national-\(date).csv", world.nationalFile(air))
    }
    if options.micro > 0 { try output.write("readings", "readings/synthetic-micro-\(date).csv", world.microFile(air)) }
    if options.mobile > 0 {
      try output.write("readings", "readings/synthetic-mobile-\(date).csv", world.mobileFile(air))
    }
    try output.writeRaster(
      world.raster(air), "raster/synthetic-pm25-\(date).tif", date: date.description, seed: options.seed)
    try output.write("swath", "swath/synthetic-no2-\(date).csv", world.swathFile(air))
    if options.metered + options.unregistered + options.residential > 0 {
      try output.write("power", "power/synthetic-power-\(date).csv", world.powerFile(day: day))
    }
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

/// Files of a campaign as they are written, and the manifest that lists them.
private struct CampaignOutput {
  let folder: String
  var files = 0
  var bytes = 0
  private var manifest: [(kind: String, file: String)] = []

  init(folder: String) { self.folder = folder }

  /// - Parameter kind: `nil` keeps the file out of the manifest.
  mutating func write(_ kind: String?, _ name: String, _ content: [UInt8]) throws(Problem) {
    var file = try OutputFile(path: "\(folder)/\(name)")
    try file.write(content)
    try file.commit()
    if let kind { manifest.append((kind, name)) }
    files += 1
    bytes += content.count
  }

  mutating func writeRaster(_ raster: SyntheticRaster, _ name: String, date: String, seed: UInt64) throws(Problem) {
    let writer = RasterWriter(
      columns: raster.columns, rows: raster.rows,
      placement: RasterPlacement(coefficients: [
        raster.west, raster.stepDegrees, 0, raster.north, 0, -raster.stepDegrees,
      ]),
      coordinateSystem: "EPSG:4326", number: .float32, noData: -9999,
      metadata: [("TIFFTAG_IMAGEDESCRIPTION", "SYNTHETIC daily PM2.5 of \(date), seed \(seed)")])
    try writer.write([RasterBand(name: "pm25", unit: "ug/m3", values: raster.values)], to: "\(folder)/\(name)")
    manifest.append(("raster", name))
    files += 1
    let size = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.size] as? Int
    bytes += size ?? 0
  }

  mutating func writeManifest() throws(Problem) {
    let rows = manifest.map { "\($0.kind),\($0.file),synthetic" }
    try write(nil, "manifest.csv", Array((["kind,file,note"] + rows).joined(separator: "\n").utf8) + [0x0A])
  }
}
