internal import Diagnostics
internal import Export
internal import Foundation
internal import GeoFormats
internal import Quantities
internal import SyntheticWorld

/// Files of a campaign as they are written, and the manifest that lists them.
struct CampaignOutput {
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

  /// Stations, firms, meters and orders: what does not change from day to day.
  mutating func writeRegister(_ world: SyntheticWorld) throws(Problem) {
    try write("stations", "synthetic-stations.csv", world.stationsFile())
    try write("enterprises", "synthetic-enterprises.csv", world.enterprisesFile())
    try write("meters", "synthetic-meters.csv", world.metersFile())
    try write("orders", "synthetic-orders.csv", world.ordersFile())
  }

  /// Readings, raster, swath and power of one day.
  ///
  /// - Parameter isWhole: Without it moving monitors and the swath are left out: a long campaign does not need them.
  mutating func writeDay(_ world: SyntheticWorld, air: SyntheticAir, isWhole: Bool = true) throws(Problem) {
    let options = world.options
    let date = options.start.advanced(by: air.day)
    if options.stations > 0 {
      try write("readings", "readings/synthetic-national-\(date).csv", world.nationalFile(air))
    }
    if options.micro > 0 { try write("readings", "readings/synthetic-micro-\(date).csv", world.microFile(air)) }
    if options.mobile > 0, isWhole {
      try write("readings", "readings/synthetic-mobile-\(date).csv", world.mobileFile(air))
    }
    try writeRaster(
      world.raster(air), "raster/synthetic-pm25-\(date).tif", date: date.description, seed: options.seed)
    if isWhole { try write("swath", "swath/synthetic-no2-\(date).csv", world.swathFile(air)) }
    if options.metered + options.unregistered + options.residential > 0 {
      try write("power", "power/synthetic-power-\(date).csv", world.powerFile(day: air.day))
    }
  }

  /// What was written since the last call, for ingestion. - Returns: Kinds and paths below the folder.
  mutating func takeWritten() -> [(kind: String, file: String)] {
    defer { manifest.removeAll() }
    return manifest
  }

  private mutating func writeRaster(_ raster: SyntheticRaster, _ name: String, date: String, seed: UInt64)
    throws(Problem)
  {
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
