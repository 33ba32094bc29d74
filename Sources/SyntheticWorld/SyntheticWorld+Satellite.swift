internal import Geometry
internal import Grids
internal import Quantities

/// A north-up raster in degrees with gaps.
public struct SyntheticRaster: Sendable {
  /// Pixels from west to east.
  public let columns: Int
  /// Pixels from north to south.
  public let rows: Int
  /// Western edge, degrees east (WGS 84).
  public let west: Double
  /// Northern edge, degrees north (WGS 84).
  public let north: Double
  /// Width and height of a pixel, degrees.
  public let stepDegrees: Double
  /// Row by row from the north; NaN under clouds and outside the region.
  public let values: [Double]
}

extension SyntheticWorld {
  private static let step = 0.03

  /// Daily mean PM2.5 as a satellite product might give it: noise of 8 %, whole areas lost to clouds.
  public func raster(_ air: SyntheticAir) -> SyntheticRaster {
    let means = air.dailyIncrement
    let window = slotWindow()
    let corners = region.cells.map { grid.projection.inverse(region.lattice.centre(of: $0)) }
    let west = ((corners.map(\.longitude).min() ?? 0) - 0.06).rounded(.down)
    let east = ((corners.map(\.longitude).max() ?? 0) + 0.06).rounded(.up)
    let south = ((corners.map(\.latitude).min() ?? 0) - 0.06).rounded(.down)
    let north = ((corners.map(\.latitude).max() ?? 0) + 0.06).rounded(.up)
    let columns = Int(((east - west) / Self.step).rounded())
    let rows = Int(((north - south) / Self.step).rounded())
    var values = [Double](repeating: .nan, count: columns * rows)
    for row in 0..<rows {
      var stream = SyntheticStream(options.seed, 7, row, air.day)
      for column in 0..<columns {
        let noise = stream.normal()
        let position = LonLat(
          longitude: west + (Double(column) + 0.5) * Self.step, latitude: north - (Double(row) + 0.5) * Self.step)
        let point = grid.projection.forward(position)
        guard let cell = region.lattice.cell(at: point), let slot = window.slot(cell.column, cell.row),
          !isCloudy(point, day: air.day)
        else { continue }
        values[row * columns + column] =
          (dailyBackground(air.day, point) + means[slot]) * (1 + 0.08 * noise)
      }
    }
    return SyntheticRaster(
      columns: columns, rows: rows, west: west, north: north, stepDegrees: Self.step, values: values)
  }

  /// Daily mean PM2.5 of the region's cells as a satellite might give it, by slot, µg/m³; NaN under clouds.
  public func cellMeans(_ air: SyntheticAir) -> [Double] {
    let means = air.dailyIncrement
    return region.cells.indices.map { slot in
      let point = region.lattice.centre(of: region.cells[slot])
      guard !isCloudy(point, day: air.day) else { return .nan }
      var stream = SyntheticStream(options.seed, 33, slot, air.day)
      return (dailyBackground(air.day, point) + means[slot]) * (1 + 0.08 * stream.normal())
    }
  }

  private func dailyBackground(_ day: Int, _ point: PlanePoint) -> Double {
    stride(from: 0, to: 24, by: 4).reduce(0) { $0 + background(day: day, hour: $1, at: point) } / 6
  }

  /// Clouds are large smooth shapes that drift; on one day in six they cover most of the region.
  private func isCloudy(_ point: PlanePoint, day: Int) -> Bool {
    let drift = Double(day) * 1.7
    let shape =
      wave(point.x / 130_000 + drift) + wave(point.y / 110_000 - drift * 0.7)
      + wave((point.x + point.y) / 90_000 + drift)
    return shape > (day % 6 == 5 ? -0.6 : 1.1)
  }

  /// One overpass a day over part of the region: rotated pixels of 5.5 by 3.5 km with four corners, NO2-like values in
  /// µg/m³, quality below one half under clouds.
  public func swathFile(_ air: SyntheticAir) -> [UInt8] {
    var text = ByteText()
    text.add("lon1,lat1,lon2,lat2,lon3,lat3,lon4,lat4,value,quality,sigma\n")
    let means = air.dailyIncrement
    let window = slotWindow()
    let middle = region.lattice.centre(of: region.cells[region.cells.count / 2])
    let (c, s) = (0.978, 0.208)
    for row in -45..<45 {
      var stream = SyntheticStream(options.seed, 8, row, air.day)
      for column in -35..<35 {
        let noise = stream.normal()
        func corner(_ dx: Double, _ dy: Double) -> PlanePoint {
          let x = (Double(column) + dx) * 3500
          let y = (Double(row) + dy) * 5500
          return PlanePoint(x: middle.x + c * x - s * y, y: middle.y + s * x + c * y)
        }
        let centre = corner(0.5, 0.5)
        guard let cell = region.lattice.cell(at: centre), let slot = window.slot(cell.column, cell.row) else {
          continue
        }
        for (dx, dy) in [(0.0, 0.0), (1, 0), (1, 1), (0, 1)] {
          addPosition(grid.projection.inverse(corner(dx, dy)), &text)
          text.comma()
        }
        text.add(max(0.5, (24 + 0.9 * means[slot]) * (1 + 0.1 * noise)), 2)
        text.add(isCloudy(centre, day: air.day) ? ",0.3,8\n" : ",0.9,3\n")
      }
    }
    return text.bytes
  }
}
