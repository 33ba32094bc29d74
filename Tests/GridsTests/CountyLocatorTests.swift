import Geometry
import Grids
import Randomness
import Testing

@Suite struct CountyLocatorTests {
  private static func county(_ code: String) -> County {
    County(code: code, name: code, cityCode: "130100", cityName: "", provinceName: "")
  }

  private static func boundary(_ code: String, _ polygons: [[[(Double, Double)]]]) -> CountyBoundary {
    CountyBoundary(
      county: county(code),
      polygons: polygons.map { $0.map { $0.map { LonLat(longitude: $0.0, latitude: $0.1) } } })
  }

  /// Two squares that share the border at 115°, one with a hole that a third fills, and an exclave of the first.
  static let small = [
    boundary("130102", [[[(115, 38), (116, 38), (116, 39), (115, 39)]]]),
    boundary(
      "130101",
      [
        [
          [(114, 38), (115, 38), (115, 39), (114, 39)],
          [(114.25, 38.25), (114.75, 38.25), (114.75, 38.75), (114.25, 38.75)],
        ],
        [[(117, 38), (117.5, 38), (117.5, 38.5)]],
      ]),
    boundary("130103", [[[(114.25, 38.25), (114.75, 38.25), (114.75, 38.75), (114.25, 38.75)]]]),
  ]

  @Test func `holes, exclaves and the rule for borders`() {
    let locator = CountyLocator(Self.small)
    func code(_ x: Double, _ y: Double) -> String? {
      locator.county(longitude: x, latitude: y).map { locator.counties[$0].code }
    }
    #expect(code(114.1, 38.1) == "130101" && code(114.5, 38.5) == "130103" && code(115.5, 38.5) == "130102")
    #expect(code(117.4, 38.2) == "130101" && code(117.1, 38.4) == nil && code(116.5, 38.5) == nil)
    // On a border: the county to the east, on a parallel the one to the north.
    #expect(code(115, 38.5) == "130102" && code(114, 38.5) == "130101" && code(116, 38.5) == nil)
    #expect(code(114.25, 38.5) == "130103" && code(114.75, 38.5) == "130101")
    #expect(code(114.5, 38.25) == "130103" && code(114.5, 38.75) == "130101")
    #expect(code(114.5, 38) == "130101" && code(114.5, 39) == nil)
    #expect(code(.nan, 38) == nil && code(114, .infinity) == nil && code(1e300, -1e300) == nil)
    #expect(CountyLocator([]).county(longitude: 114, latitude: 38) == nil)
  }

  /// Wiggly stars with a hole each; neighbours overlap, so that the first by code has to answer.
  static func stars(_ count: Int, seed: UInt64) -> [CountyBoundary] {
    var random = SplitMix(state: seed)
    return (0..<count).map { number in
      let (x, y) = (114 + 2 * random.unit(), 36 + 2 * random.unit())
      func ring(_ radius: Double, _ corners: Int) -> [(Double, Double)] {
        (0..<corners).map { k in
          let angle = 2 * Double.pi * Double(k) / Double(corners)
          let r = radius * (0.6 + 0.4 * random.unit())
          // Some vertices on round numbers, where test points lie too.
          let px = ((x + r * cosine(angle)) * 1000).rounded() / 1000
          return (px, ((y + r * cosine(angle - .pi / 2)) * 1000).rounded() / 1000)
        }
      }
      return boundary("13\(1000 + number)", [[ring(0.3, 200), ring(0.1, 40)]])
    }
  }

  /// A cosine good enough to draw with.
  private static func cosine(_ angle: Double) -> Double {
    var sum = 1.0
    var term = 1.0
    let x = angle > .pi ? angle - 2 * .pi : angle
    for k in 1...12 {
      term *= -x * x / Double((2 * k - 1) * 2 * k)
      sum += term
    }
    return sum
  }

  struct SplitMix {
    private var stream: RandomStream
    init(state: UInt64) { stream = RandomStream(state: state) }
    mutating func unit() -> Double { stream.fraction() }
  }

  @Test(arguments: [1, 2, 3])
  func `random positions get the county a plain even-odd test gives`(seed: UInt64) {
    let boundaries = Self.stars(12, seed: seed)
    let locator = CountyLocator(boundaries)
    let shapes = boundaries.sorted { $0.county.code < $1.county.code }.map { boundary in
      boundary.polygons.map { rings in
        let plane = rings.map { $0.map { PlanePoint(x: $0.longitude, y: $0.latitude) } }
        return PlanePolygon(exterior: plane[0], holes: Array(plane.dropFirst()))
      }
    }
    var random = SplitMix(state: seed &+ 99)
    for _ in 0..<4000 {
      let point = PlanePoint(x: 113.5 + 3 * random.unit(), y: 35.5 + 3 * random.unit())
      let expected = shapes.firstIndex { $0.contains { $0.contains(point) } }
      #expect(locator.county(longitude: point.x, latitude: point.y) == expected, "\(point) seed \(seed)")
    }
  }

  /// Stars are simple by construction, so that GEOS takes them as they are; a tenth of the positions lie within 1e-9
  /// degrees of a border.
  @Test(arguments: [4, 5])
  func `random positions get the county GEOS gives`(seed: UInt64) throws {
    let boundaries = Self.stars(6, seed: seed)
    let locator = CountyLocator(boundaries)
    let context = GeosContext()
    var random = SplitMix(state: seed &+ 7)
    for (number, boundary) in boundaries.enumerated() {
      let rings = boundary.polygons[0].map { $0.map { PlanePoint(x: $0.longitude, y: $0.latitude) } }
      let shape = try GeosGeometry(
        PlaneMultiPolygon(polygons: [PlanePolygon(exterior: rings[0], holes: [rings[1]])]), in: context)
      let alone = CountyLocator([boundary])
      for k in 0..<400 {
        let border = rings[k % 2]
        let corner = Int(random.unit() * Double(border.count - 1))
        let t = random.unit()
        let near = k % 10 == 0
        let spread = near ? 2e-9 : 0.7
        let point = PlanePoint(
          x: border[corner].x + t * (border[corner + 1].x - border[corner].x) + spread * (random.unit() - 0.5),
          y: border[corner].y + t * (border[corner + 1].y - border[corner].y) + spread * (random.unit() - 0.5))
        let expected = try shape.covers(point)
        #expect((alone.county(longitude: point.x, latitude: point.y) != nil) == expected, "\(point) seed \(seed)")
        if expected { #expect((locator.county(longitude: point.x, latitude: point.y) ?? 99) <= number) }
      }
    }
  }

  /// Positions on vertices and edges of three-decimal numbers: every one has exactly one side of a shared border.
  @Test func `a position on a shared border has one county and not two`() {
    let border: [(Double, Double)] = (0...40).map { k in
      let swing = k % 3 == 0 ? 0.037 : -0.021
      return (115 + swing * Double(k % 5), 38 + Double(k) / 40)
    }
    let west = Self.boundary("130101", [[[(114, 38)] + border + [(114, 39)]]])
    let east = Self.boundary("130102", [[[(116, 39)] + border.reversed() + [(116, 38)]]])
    let both = CountyLocator([west, east])
    let alone = [CountyLocator([west]), CountyLocator([east])]
    for (from, to) in zip(border, border.dropFirst()) {
      for step in 0..<8 {
        let t = Double(step) / 8
        let (x, y) = (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t)
        let answers = alone.filter { $0.county(longitude: x, latitude: y) != nil }.count
        #expect(answers == 1, "\(x) \(y)")
        #expect(both.county(longitude: x, latitude: y) != nil)
      }
    }
  }
}

@Suite struct CountyBoundaryEncodingTests {
  private static let boundaries = [
    CountyBoundary(
      county: County(code: "130108", name: "裕华区", cityCode: "130100", cityName: "石家庄市", provinceName: "河北省"),
      polygons: [
        [
          [
            LonLat(longitude: 114.5, latitude: 38), LonLat(longitude: 114.7, latitude: 38.1),
            LonLat(longitude: 114.6, latitude: 38.3),
          ],
          [
            LonLat(longitude: 114.6, latitude: 38.1), LonLat(longitude: 114.62, latitude: 38.1),
            LonLat(longitude: 114.6, latitude: 38.15),
          ],
        ],
        [
          [
            LonLat(longitude: -0.1, latitude: 1e-300), LonLat(longitude: 1, latitude: 2),
            LonLat(longitude: 3, latitude: 4),
          ]
        ],
      ]),
    CountyBoundary(
      county: County(code: "130109", name: "", cityCode: "", cityName: "", provinceName: ""), polygons: []),
  ]

  @Test func `boundaries come back as they were`() throws {
    let bytes = CountyBoundary.encoded(Self.boundaries)
    #expect(CountyBoundary.decoded(bytes) == Self.boundaries)
    #expect(bytes == CountyBoundary.encoded(Self.boundaries))
  }

  @Test func `damaged bytes are not believed`() throws {
    let bytes = CountyBoundary.encoded(Self.boundaries)
    for k in bytes.indices {
      var damaged = bytes
      damaged[k] ^= 0x10
      #expect(CountyBoundary.decoded(damaged) == nil, "byte \(k)")
    }
    for count in 0..<bytes.count { #expect(CountyBoundary.decoded(Array(bytes.prefix(count))) == nil) }
  }
}
