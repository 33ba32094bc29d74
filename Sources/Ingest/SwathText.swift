internal import Diagnostics
internal import Geometry
internal import Gridding

extension SwathPixels {
  /// Reads `lon1..lon4,lat1..lat4,value[,quality,sigma]`; a row that cannot be mapped is rejected with its line.
  mutating func readText(path: String, options read: ReadOptions) throws -> TableFacts {
    let corners = (1...4).flatMap { ["lon\($0)", "lat\($0)"] }
    let columns =
      corners.map { TableColumn($0, aliases: []) } + [
        TableColumn(options.variable ?? "value", aliases: []),
        TableColumn("quality", isRequired: false, aliases: ["qa", "qa_value"]),
        TableColumn("sigma", isRequired: false, aliases: ["precision", "uncertainty"]),
      ]
    let converter = try PositionConverter(from: options.reference ?? .wgs84)
    var pixels = self
    let facts = try readRows(path: path, columns: columns, options: read) { row throws(RowDefect) in
      var x: [Double] = []
      var y: [Double] = []
      for k in 0..<4 {
        guard let lon = Double(row[2 * k]), let lat = Double(row[2 * k + 1]) else {
          throw RowDefect(PixelRefusal.withoutCorners.reason)
        }
        guard lon.isFinite, lat.isFinite else { throw RowDefect(PixelRefusal.withoutCorners.reason) }
        if pixels.options.reference == nil, lat.magnitude > 90 {
          throw RowDefect(
            lat.magnitude <= 180 && lon.magnitude <= 90
              ? "latitude beyond 90°: longitude and latitude look swapped" : "corners are not in degrees; declare --crs"
          )
        }
        do throws(Problem) {
          let position = try converter.wgs84(x: lon, y: lat)
          x.append(position.longitude)
          y.append(position.latitude)
        } catch {
          throw RowDefect("a corner is no position in the declared coordinate system")
        }
      }
      let quality = row[9].isEmpty ? 1 : Double(row[9])
      guard let quality, (0...1).contains(quality) else { throw RowDefect("quality is not between 0 and 1") }
      let sigma = row[10].isEmpty ? .nan : Double(row[10])
      guard let sigma, sigma.isNaN || (0..<1e100).contains(sigma) else {
        throw RowDefect("sigma is not a number from 0")
      }
      // A pixel without a value is a gap, not a fault.
      guard !row[8].isEmpty else {
        pixels.withoutValue += 1
        return
      }
      guard let value = Double(row[8]), value.magnitude < 1e100 else { throw RowDefect("value is not a number") }
      guard quality >= pixels.options.minimumQuality, quality > 0 else {
        pixels.belowQuality += 1
        return
      }
      let refusal = pixels.add(
        (x[0], x[1], x[2], x[3]), (y[0], y[1], y[2], y[3]), value: value, weight: quality, sigma: sigma)
      if let refusal {
        pixels.refused.append(refusal)
        throw RowDefect(refusal.reason)
      }
    }
    self = pixels
    return facts
  }
}
