import Diagnostics
import Geometry
import Testing

/// Values of pyproj 3.7.2 (PROJ 9.5.1), printed to a nanometre.
private struct ProjVector: Sendable {
  let crs: String
  let lon, lat, x, y: Double
}

@Suite struct EqualAreaEdgeTests {
  private static let national = EqualAreaProjectionTests.national
  private static let vectors = [
    ProjVector(crs: national, lon: 73, lat: 18, x: -3_417_344.395968886, y: 2_403_709.686604248),
    ProjVector(crs: national, lon: 73, lat: 54, x: -2_149_658.422562533, y: 6_199_580.451824728),
    ProjVector(crs: national, lon: 135, lat: 18, x: 3_210_529.024650298, y: 2_336_948.490507626),
    ProjVector(crs: national, lon: 135, lat: 54, x: 2_019_562.548879203, y: 6_157_584.752573947),
    ProjVector(crs: national, lon: 105, lat: 35, x: 0, y: 3_734_810.818186950),
    ProjVector(crs: national, lon: 116.4, lat: 39.9, x: 956_439.170017684, y: 4_343_540.014385502),
    // False origin, another ellipsoid.
    ProjVector(
      crs: "+proj=aea +lat_1=25 +lat_2=47 +lat_0=30 +lon_0=105 +x_0=4000000 +y_0=-250000.5 +ellps=WGS84 +units=m",
      lon: 116.4, lat: 39.9, x: 4_956_439.170010889, y: 921_899.165765860),
    // One standard parallel: the cone constant is its sine.
    ProjVector(
      crs: "+proj=aea +lat_1=35 +lat_2=35 +lat_0=0 +lon_0=110 +ellps=GRS80 +units=m", lon: 116.4, lat: 39.9,
      x: 549_069.886135268, y: 4_251_571.486062193),
    // A cone that opens to the south.
    ProjVector(
      crs: "+proj=aea +lat_1=-18 +lat_2=-36 +lat_0=0 +lon_0=132 +ellps=GRS80 +units=m", lon: 151.2, lat: -33.9,
      x: 1_759_614.416025312, y: -3_832_061.664777043),
    // Across the antimeridian.
    ProjVector(
      crs: "+proj=aea +lat_1=55 +lat_2=65 +lat_0=50 +lon_0=-154 +ellps=GRS80 +units=m", lon: 172.9, lat: 52.9,
      x: -2_143_153.024944096, y: 866_156.670443450),
  ]

  @Test(arguments: vectors.indices)
  func `metres are those of PROJ to a tenth of a micrometre`(k: Int) throws {
    let vector = Self.vectors[k]
    let projection = try EqualAreaProjection(projString: vector.crs)
    let point = projection.forward(LonLat(longitude: vector.lon, latitude: vector.lat))
    #expect(abs(point.x - vector.x) < 1e-7 && abs(point.y - vector.y) < 1e-7, "\(point)")
    let back = projection.inverse(point)
    // 1e-12 degrees are 0.1 µm; a longitude may come back a whole turn away.
    let turn = abs(back.longitude - vector.lon)
    #expect(min(turn, abs(turn - 360)) < 2e-12 && abs(back.latitude - vector.lat) < 2e-12, "\(back)")
  }

  @Test func `a batch equals point by point, and the empty batch is nothing`() throws {
    let projection = try EqualAreaProjection(projString: Self.national)
    var xs = [73, 116.4, 135, .nan]
    var ys = [18, 39.9, 54, 1.0]
    let single = zip(xs, ys).map { projection.forward(LonLat(longitude: $0, latitude: $1)) }
    projection.forward(xs: &xs, ys: &ys)
    for k in 0..<3 { #expect(xs[k] == single[k].x && ys[k] == single[k].y) }
    #expect(xs[3].isNaN)
    var none: [Double] = []
    var nothing: [Double] = []
    projection.forward(xs: &none, ys: &nothing)
    #expect(none.isEmpty && nothing.isEmpty)
  }

  @Test func `area is kept: a degree square measures what the authalic formula says`() throws {
    // Snyder (1987) eq. 3-12 integrated over the quadrangle 116-117° E, 39-40° N on GRS80: a² π/180 (q2 - q1) / 2.
    let projection = try EqualAreaProjection(projString: Self.national)
    let steps = 2000
    var ring: [PlanePoint] = []
    func add(_ lon: Double, _ lat: Double) { ring.append(projection.forward(LonLat(longitude: lon, latitude: lat))) }
    for k in 0..<steps { add(116 + Double(k) / Double(steps), 39) }
    for k in 0..<steps { add(117, 39 + Double(k) / Double(steps)) }
    for k in 0..<steps { add(117 - Double(k) / Double(steps), 40) }
    for k in 0..<steps { add(116, 40 - Double(k) / Double(steps)) }
    // pyproj.Geod(ellps="GRS80") with edges along parallels in 100,000 steps says the same to a millimetre squared.
    #expect(abs(PlanePolygon(exterior: ring).area - Self.degreeSquareMetres) < 1e-8 * Self.degreeSquareMetres)
  }

  private static let degreeSquareMetres = 9_549_520_093.970
}

@Suite struct ChinaDatumEdgeTests {
  @Test func `a shift is never more than 800 m and never less than 5 m over the region`() {
    var generator = SystemlessGenerator(state: 3)
    for _ in 0..<2000 {
      let start = LonLat(longitude: 111 + 9 * generator.unit(), latitude: 34 + 7 * generator.unit())
      let moved = ChinaDatum.gcj02(fromWGS84: start)
      let east = (moved.longitude - start.longitude) * 87_000
      let north = (moved.latitude - start.latitude) * 111_000
      let metres = (east * east + north * north).squareRoot()
      #expect(metres > 5 && metres < 800, "\(start) moves \(metres) m")
    }
  }

  @Test func `a position that is no number stays one`() {
    let nowhere = LonLat(longitude: .nan, latitude: 39)
    #expect(ChinaDatum.gcj02(fromWGS84: nowhere).longitude.isNaN)
    #expect(ChinaDatum.wgs84(fromBD09: .nan, 39).longitude.isNaN)
  }
}

@Suite struct PositionEdgeTests {
  @Test(arguments: [(Double.nan, 39.9), (116.4, .infinity), (200, 39.9), (116.4, -91), (448_688.9, 4_418_598)])
  func `what is no position in degrees is refused with a remedy`(x: Double, y: Double) {
    for reference in [CoordinateReference.wgs84, .cgcs2000, .gcj02, .bd09] {
      let error = #expect(throws: Problem.self) { try PositionConverter(from: reference).wgs84(x: x, y: y) }
      #expect(error?.remedy.contains("longitude first") == true)
    }
  }

  @Test func `EPSG 4490 is longitude first here, whatever the register says`() throws {
    let found = try PositionConverter(from: .proj("EPSG:4490")).wgs84(x: 116.4, y: 39.9)
    #expect(abs(found.longitude - 116.4) < 1e-9 && abs(found.latitude - 39.9) < 1e-9)
  }

  @Test(arguments: [
    ("WGS84", CoordinateReference.wgs84), ("gcj-02", .gcj02), ("BD_09", .bd09), ("CGCS 2000", .cgcs2000),
    ("EPSG:4490", .cgcs2000), ("epsg:4527", .proj("EPSG:4527")), ("OGC:CRS84", .wgs84),
  ])
  func `names of systems are read in the ways people write them`(text: String, reference: CoordinateReference) {
    #expect(CoordinateReference(text) == reference)
  }

  @Test(arguments: ["", "beijing54", "EPSG:", "EPSG:x", "4326"])
  func `a name of no system is nil`(text: String) { #expect(CoordinateReference(text) == nil) }
}

@Suite struct PlanePolygonTests {
  static let square = [
    PlanePoint(x: 0, y: 0), PlanePoint(x: 10, y: 0), PlanePoint(x: 10, y: 10), PlanePoint(x: 0, y: 10),
  ]
  static let hole = [PlanePoint(x: 4, y: 4), PlanePoint(x: 6, y: 4), PlanePoint(x: 6, y: 6), PlanePoint(x: 4, y: 6)]

  @Test func `orientation does not change an area, a hole does`() {
    #expect(PlanePolygon(exterior: Self.square, holes: [Self.hole]).area == 96)
    #expect(PlanePolygon(exterior: Self.square.reversed(), holes: [Self.hole.reversed()]).area == 96)
    #expect(PlanePolygon.signedArea(Self.square) == 100 && PlanePolygon.signedArea(Self.square.reversed()) == -100)
  }

  @Test func `less than three points hold nothing`() {
    for ring in [[], [Self.square[0]], Array(Self.square.prefix(2))] {
      let polygon = PlanePolygon(exterior: ring)
      #expect(polygon.area == 0 && !polygon.contains(PlanePoint(x: 1, y: 1)))
    }
    #expect(PlanePolygon(exterior: []).box == nil)
  }

  @Test func `a point in a hole is outside`() {
    let polygon = PlanePolygon(exterior: Self.square, holes: [Self.hole])
    #expect(polygon.contains(PlanePoint(x: 1, y: 5)) && !polygon.contains(PlanePoint(x: 5, y: 5)))
    #expect(!polygon.contains(PlanePoint(x: -1, y: 5)) && !polygon.contains(PlanePoint(x: 5, y: 11)))
    // A ray through corners must not count them twice.
    #expect(!polygon.contains(PlanePoint(x: -1, y: 4)) && !polygon.contains(PlanePoint(x: -1, y: 0)))
  }

  @Test func `far from the origin a small square keeps its area`() {
    let far = Self.square.map { PlanePoint(x: $0.x + 3e6, y: $0.y + 5e6) }
    #expect(PlanePolygon(exterior: far).area == 100)
  }
}
