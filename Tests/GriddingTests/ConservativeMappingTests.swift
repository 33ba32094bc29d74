import Geometry
import Gridding
import Grids
import Quantities
import Readings
import Testing

@Suite struct ConservativeMappingTests {
  static let lattice = Lattice(originX: -3_000_000, originY: 0, sizeMetres: 3000)

  struct Generator {
    var state: UInt64
    mutating func unit() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
  }

  /// Rotated pixels of 5.5 by 3.5 km, jittered but convex, some corners on lattice lines.
  static func pixels(_ count: Int, seed: UInt64) -> PixelQuads {
    var random = Generator(state: seed)
    var quads = PixelQuads()
    for k in 0..<count {
      let x = 800_000 + 90_000 * random.unit()
      let y = 4_000_000 + 90_000 * random.unit()
      let (w, h) = (2750.0, 1750.0)
      let (c, s) = (0.8, 0.6)
      let corners = [(-w, -h), (w, -h), (w, h), (-w, h)].map { dx, dy in
        let px = x + c * dx - s * dy + 200 * random.unit()
        return PlanePoint(x: k % 5 == 0 ? (px / 3000).rounded() * 3000 : px, y: y + s * dx + c * dy)
      }
      quads.append(corners, value: 10 + 50 * random.unit(), weight: 0.5 + 0.5 * random.unit(), sigma: random.unit())
    }
    return quads
  }

  @Test func `every cell equals the GEOS intersections`() throws {
    let pixels = Self.pixels(60, seed: 3)
    var mapping = ConservativeMapping(lattice: Self.lattice)
    mapping.add(pixels)
    let field = mapping.field()
    let context = GeosContext()
    for slot in field.cells.indices {
      let box = Self.lattice.box(of: field.cells[slot])
      let square = try GeosGeometry(
        PlaneMultiPolygon(polygons: [
          PlanePolygon(exterior: [
            PlanePoint(x: box.minX, y: box.minY), PlanePoint(x: box.maxX, y: box.minY),
            PlanePoint(x: box.maxX, y: box.maxY), PlanePoint(x: box.minX, y: box.maxY),
          ])
        ]), in: context)
      var (weight, weighted, squares, area) = (0.0, 0.0, 0.0, 0.0)
      for pixel in 0..<pixels.count {
        let corners = (0..<4).map { PlanePoint(x: pixels.xs[4 * pixel + $0], y: pixels.ys[4 * pixel + $0]) }
        let shape = PlanePolygon(exterior: corners)
        guard let around = shape.box, around.intersects(box) else { continue }
        let quad = try GeosGeometry(PlaneMultiPolygon(polygons: [shape]), in: context)
        let common = try square.intersection(quad).area()
        let w = common * pixels.weights[pixel]
        weight += w
        weighted += w * pixels.values[pixel]
        squares += w * w * pixels.sigmas[pixel] * pixels.sigmas[pixel]
        area += common
      }
      #expect(abs(field.values[slot] - weighted / weight) < 1e-6)
      #expect(abs(field.coverages[slot] - min(1, area / 9e6)) < 1e-9)
      #expect(abs(field.variances[slot] - squares / (weight * weight)) < 1e-6)
    }
  }

  @Test func `mass is kept`() {
    var pixels = Self.pixels(500, seed: 5)
    for k in pixels.weights.indices { pixels.weights[k] = 1 }
    // One pixel per mapping: cells then hold the pixel's own areas.
    var total = 0.0
    var exact = 0.0
    for pixel in 0..<pixels.count {
      var one = PixelQuads()
      let corners = (0..<4).map { PlanePoint(x: pixels.xs[4 * pixel + $0], y: pixels.ys[4 * pixel + $0]) }
      one.append(corners, value: pixels.values[pixel])
      var mapping = ConservativeMapping(lattice: Self.lattice)
      mapping.add(one)
      let field = mapping.field()
      total += field.cells.indices.reduce(0) { $0 + field.values[$1] * field.coverages[$1] * 9e6 }
      exact += pixels.values[pixel] * PlanePolygon(exterior: corners).area
    }
    #expect(abs(total - exact) < 1e-9 * exact)
  }

  @Test func `one and two threads give the same bytes`() {
    let pixels = Self.pixels(20_000, seed: 9)
    var fields: [CellField] = []
    for threads in 1...2 {
      var mapping = ConservativeMapping(lattice: Self.lattice)
      mapping.add(pixels, threads: threads)
      fields.append(mapping.field())
    }
    #expect(fields[0] == fields[1])
  }

  /// The largest double is a common undeclared fill value; its sums would overflow.
  @Test func `an undeclared fill value is passed over, not summed`() {
    let corners = [(0.0, 0.0), (1000, 0), (1000, 1000), (0, 1000)].map { PlanePoint(x: $0.0, y: $0.1) }
    var pixels = PixelQuads()
    pixels.append(corners, value: .greatestFiniteMagnitude)
    pixels.append(corners, value: -1e308)
    pixels.append(corners, value: 7)
    var mapping = ConservativeMapping(lattice: Self.lattice)
    mapping.add(pixels)
    #expect(mapping.field().values == [7])
  }

  @Test func `folded, flat, missing and endless pixels are refused and counted`() {
    var pixels = PixelQuads()
    func p(_ x: Double, _ y: Double) -> PlanePoint { PlanePoint(x: x, y: y) }
    pixels.append([p(0, 0), p(4000, 4000), p(4000, 0), p(0, 4000)], value: 1)
    pixels.append([p(0, 0), p(1000, 0), p(2000, 0), p(3000, 0)], value: 1)
    pixels.append([p(0, 0), p(.nan, 0), p(1, 1), p(0, 1)], value: 1)
    pixels.append([p(0, 0), p(2e6, 0), p(2e6, 1000), p(0, 1000)], value: 1)
    pixels.append([p(0, 0), p(1000, 0), p(1000, 1000), p(0, 1000)], value: .nan)
    var mapping = ConservativeMapping(lattice: Self.lattice)
    mapping.add(pixels)
    #expect(mapping.refusals[.folded] == 1 && mapping.refusals[.degenerate] == 1)
    #expect(mapping.refusals[.withoutCorners] == 1 && mapping.refusals[.tooLarge] == 1)
    #expect(mapping.field().count == 0)
  }
}

@Suite struct CellAveragesTests {
  @Test func `a day needs twenty hours, and excluded hours do not count`() throws {
    let day = try #require(LocalDay("2017-11-21"))
    var hours = StationHours(pollutant: .pm25)
    for hour in 0..<24 {
      hours.append(
        station: 0, hour: day.ordinal * 24 + Int32(hour), mean: Double(hour), median: 0, count: 1,
        flags: hour < 4 ? .spike : [], firstLine: 1)
    }
    for hour in 0..<19 {
      hours.append(
        station: 1, hour: day.ordinal * 24 + Int32(hour), mean: 9, median: 9, count: 1, flags: [], firstLine: 1)
    }
    let cell = CellID(sizeMetres: 3000, column: 1, row: 1)
    let field = CellAverages.day(day, of: hours, cellOfStation: [cell, cell], excluding: [.spike])
    #expect(field.cells == [cell] && field.values == [13.5] && field.counts == [1])
    #expect(
      CellAverages.day(
        day, of: hours, cellOfStation: [cell, cell], excluding: [.spike, .range], validity: .init(hoursOfDay: 19)
      ).values == [11.25])
  }
}
