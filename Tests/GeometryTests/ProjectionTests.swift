import Diagnostics
import Geometry
import Randomness
import Testing

@Suite struct EqualAreaProjectionTests {
  static let national = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"

  /// Values of pyproj 3.7.2, as listed in the project's domain notes.
  @Test(arguments: [
    (116.4, 39.9, 956_439.170, 4_343_540.014), (113.63, 34.75, 775_247.491, 3_740_290.223),
  ])
  func `published positions fall where PROJ puts them`(lon: Double, lat: Double, x: Double, y: Double) throws {
    let point = try EqualAreaProjection(projString: Self.national).forward(LonLat(longitude: lon, latitude: lat))
    #expect(abs(point.x - x) < 0.001 && abs(point.y - y) < 0.001)
  }

  @Test func `all of China agrees with PROJ to a tenth of a micrometre`() throws {
    let ours = try EqualAreaProjection(projString: Self.national)
    let theirs = try PositionConverter(from: .proj(Self.national))
    var generator = SystemlessGenerator(state: 7)
    for _ in 0..<2000 {
      let position = LonLat(
        longitude: 73 + 62 * generator.unit(), latitude: 18 + 36 * generator.unit())
      let point = ours.forward(position)
      let back = try theirs.wgs84(x: point.x, y: point.y)
      // 1e-12 degrees are 0.1 µm.
      #expect(abs(back.longitude - position.longitude) < 2e-12 && abs(back.latitude - position.latitude) < 2e-12)
      let own = ours.inverse(point)
      #expect(abs(own.longitude - position.longitude) < 2e-12 && abs(own.latitude - position.latitude) < 2e-12)
    }
  }

  @Test(arguments: [
    "+proj=merc +units=m", "+proj=aea +lat_1=25 +lat_2=47 +units=us-ft", "+proj=aea +lat_1=25 +lat_2=-25",
    "+proj=aea +lat_1=25 +lat_2=47 +ellps=krass", "+proj=aea +lat_1=x +lat_2=47", "+proj=aea +lat_1=25 +towgs84=1",
  ])
  func `what is no metric Albers is refused as a usage error`(text: String) {
    let error = #expect(throws: Problem.self) { try EqualAreaProjection(projString: text) }
    #expect(error?.exitStatus == .usage)
  }
}

@Suite struct ChinaDatumTests {
  @Test func `the published point moves to its published GCJ-02 and BD-09`() {
    let start = LonLat(longitude: 116.42079, latitude: 39.90105)
    let gcj = ChinaDatum.gcj02(fromWGS84: start)
    #expect(abs(gcj.longitude - 116.42703) < 1e-5 && abs(gcj.latitude - 39.90245) < 1e-5)
    let bd = ChinaDatum.bd09(fromWGS84: start)
    #expect(abs(bd.longitude - 116.4335) < 5e-5 && abs(bd.latitude - 39.9085) < 5e-5)
  }

  @Test func `there and back ends within a centimetre all over China`() {
    var generator = SystemlessGenerator(state: 11)
    for _ in 0..<3000 {
      let start = LonLat(longitude: 75 + 58 * generator.unit(), latitude: 18 + 35 * generator.unit())
      let gcj = ChinaDatum.gcj02(fromWGS84: start)
      let bd = ChinaDatum.bd09(fromWGS84: start)
      for back in [
        ChinaDatum.wgs84(fromGCJ02: gcj.longitude, gcj.latitude), ChinaDatum.wgs84(fromBD09: bd.longitude, bd.latitude),
      ] {
        // A centimetre is 9e-8 degrees.
        #expect(abs(back.longitude - start.longitude) < 5e-8 && abs(back.latitude - start.latitude) < 5e-8)
      }
    }
  }

  @Test func `outside China nothing moves`() {
    let paris = LonLat(longitude: 2.35, latitude: 48.86)
    #expect(ChinaDatum.gcj02(fromWGS84: paris) == (2.35, 48.86))
    #expect(ChinaDatum.wgs84(fromBD09: 2.35, 48.86) == paris)
  }
}

@Suite struct PositionConverterTests {
  /// pyproj 3.7.2, zone 39 of the three-degree Gauss-Krüger system.
  @Test func `Gauss-Krüger coordinates with zone prefix become degrees`() throws {
    let found = try PositionConverter(from: .proj("EPSG:4527")).wgs84(x: 39_448_688.856, y: 4_418_598.001)
    #expect(abs(found.longitude - 116.4) < 1e-7 && abs(found.latitude - 39.9) < 1e-7)
  }

  @Test func `an unknown code is refused with the choices`() {
    let error = #expect(throws: Problem.self) { try PositionConverter(from: .proj("EPSG:99999")).wgs84(x: 1, y: 1) }
    #expect(error?.exitStatus == .usage)
  }

  @Test func `a latitude beyond 90 degrees is told as a swap`() {
    let error = #expect(throws: Problem.self) { try PositionConverter(from: .wgs84).wgs84(x: 39.9, y: 116.4) }
    #expect(error?.problem.contains("swapped") == true)
  }

  @Test func `many at once equal one by one`() throws {
    let converter = try PositionConverter(from: .proj("EPSG:4527"))
    var xs = [39_448_688.856, 39_500_000, .nan]
    var ys = [4_418_598.001, 4_300_000, 1]
    let single = try converter.wgs84(x: xs[1], y: ys[1])
    converter.wgs84(xs: &xs, ys: &ys)
    #expect(xs[1] == single.longitude && ys[1] == single.latitude && xs[2].isNaN)
  }
}

/// Repeatable numbers for property tests.
struct SystemlessGenerator {
  private var stream: RandomStream

  init(state: UInt64) { stream = RandomStream(state: state) }

  mutating func unit() -> Double { stream.fraction() }
}
