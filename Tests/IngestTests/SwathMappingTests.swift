import Diagnostics
import Foundation
import GeoFormats
import Geometry
import Gridding
import Grids
import Ingest
import Quantities
import TestSupport
import Testing

@Suite struct SwathMappingTests {
  let grid: Grid
  init() throws { grid = try Grid(definition: .national2p26) }

  static let tropomi = TestFiles.fixture("synthetic/synthetic-tropomi-no2.nc").path
  static let column = "PRODUCT/nitrogendioxide_tropospheric_column"
  private let read = ReadOptions(now: Instant(secondsSinceEpoch: 4_000_000_000))

  private func map(_ path: String, _ change: (inout SwathMapping.Options) -> Void = { _ in }) throws
    -> ReadResult<MappedField>
  {
    var options = SwathMapping.Options()
    options.variable = Self.column
    change(&options)
    return try SwathMapping.cells(path: path, options: options, grid: grid, sizeMetres: 3000, read: read)
  }

  @Test func `every pixel of a TROPOMI layout is accounted for`() throws {
    let result = try map(Self.tropomi)
    // The fixture's script plants these: a row of low quality, one fill value, four bad outlines.
    #expect(result.rowsRead == 120 && result.rowsKept == 116)
    let tally = result.value.tally
    #expect(tally.withoutWeight == 10 && tally.withoutValue == 1 && tally.mapped == 105 && tally.total == 120)
    #expect(
      result.rejects.rows.map { "\($0.line) \($0.reason) \($0.text)" } == [
        "32 corners cross or fold over 3,1", "33 corners are not numbers 3,2", "34 no area 3,3",
        "35 corners lie on both sides of the antimeridian 3,4",
      ])
  }

  @Test func `quality weighs, and the errors become a variance with a common part`() throws {
    let all = try map(Self.tropomi)
    let field = all.value.field
    // Errors are a tenth of the values: each cell's own error lies between that of one pixel and that over many.
    for slot in field.cells.indices {
      let relative = field.variances[slot].squareRoot() / field.values[slot]
      #expect(relative > 0.02 && relative < 0.100_1)
    }
    let shared = try map(Self.tropomi) { $0.correlation = 1 }.value.field
    for slot in shared.cells.indices {
      // All errors the same error: averaging does not help. Values of neighbours differ by 20 % at most.
      #expect(abs(shared.variances[slot].squareRoot() / shared.values[slot] - 0.1) < 1e-6)
      #expect(shared.variances[slot] >= field.variances[slot] * (1 - 1e-12))
    }
    let strict = try map(Self.tropomi) { $0.minimumQuality = 0.9 }
    #expect(strict.value.tally.withoutWeight == 20)
  }

  @Test func `without bounds a NetCDF is refused in words, and mapped when told to`() throws {
    let path = TestFiles.fixture("synthetic/synthetic-no-bounds.nc").path
    let error = #expect(throws: Problem.self) { _ = try map(path) }
    #expect(error?.problem.contains("latitude_bounds") == true && error?.problem.contains("/PRODUCT/latitude") == true)
    #expect(error?.remedy.contains("--assume-regular") == true)
    let assumed = try map(path) { $0.assumesRegular = true }.value
    let exact = try map(Self.tropomi).value
    // The frame is nearly regular, so that the derived corners give nearly the same cells.
    let common = exact.field.cells.filter(assumed.field.cells.contains)
    #expect(common.count > exact.field.count * 9 / 10)
    for cell in common.prefix(50) {
      guard let a = exact.field.cells.firstIndex(of: cell), let b = assumed.field.cells.firstIndex(of: cell) else {
        continue
      }
      #expect(abs(exact.field.values[a] / assumed.field.values[b] - 1) < 0.05)
    }
  }

  @Test func `an array that is no image or has other dimensions is refused`() throws {
    #expect(throws: Problem.self) { _ = try map(Self.tropomi) { $0.variable = "PRODUCT/nothing" } }
    let error = #expect(throws: Problem.self) { _ = try map(Self.tropomi) { $0.variable = nil } }
    #expect(error?.remedy.contains("/PRODUCT/qa_value") == true)
  }

  static let header = "lon1,lat1,lon2,lat2,lon3,lat3,lon4,lat4,value,quality,sigma\n"

  private func text(_ rows: String) throws -> ReadResult<MappedField> {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "synthetic-swath.csv").path
    try Data((Self.header + rows).utf8).write(to: URL(filePath: path))
    return try map(path) { $0.variable = nil }
  }

  @Test func `each bad row of a CSV is rejected with its line, and the good ones stay`() throws {
    let result = try text(
      """
      116,39,116.1,39,116.1,39.1,116,39.1,50,1,2
      116,39,116.1,39.1,116.1,39,116,39.1,50,1,2
      39,116,39,116.1,39.1,116.1,39.1,116,50,1,2
      116,39,116.1,39,NaN,39.1,116,39.1,50,1,2
      116,39,116.1,39,inf,39.1,116,39.1,50,1,2
      116,39,116.1,39,116.1,39.1,116,39.1,50,7,2
      116,39,116.1,39,116.1,39.1,116,39.1,50,1,-2
      116,39,116.1,39,116.1,39.1,116,39.1,x,1,2
      116,39,116.1,39,116.1,39.1,116,39.1,,1,2
      116,39,116.1,39,116.1,39.1,116,39.1,50,0.1,2
      179.9,39,-179.9,39,-179.9,39.1,179.9,39.1,50,1,2
      116,39,130,39,130,52,116,52,50,1,2

      """)
    #expect(result.rowsRead == 12 && result.rowsKept + result.rejects.count == 12)
    #expect(
      result.rejects.rows.map { "\($0.line) \($0.reason)" } == [
        "3 corners cross or fold over", "4 latitude beyond 90°: longitude and latitude look swapped",
        "5 corners are not numbers", "6 corners are not numbers", "7 quality is not between 0 and 1",
        "8 sigma is not a number from 0", "9 value is not a number",
        "12 corners lie on both sides of the antimeridian",
        "13 wider than 500 km: across the edge of the map, or wrong corners",
      ])
    #expect(result.value.tally.mapped == 1)
    #expect(result.value.field.values.allSatisfy { abs($0 - 50) < 1e-12 })
  }

  @Test func `corners in rows instead of round the pixel are pointed out`() throws {
    let row = "116,39,116.1,39,116,39.1,116.1,39.1,50,1,2\n"
    let result = try text(String(repeating: row, count: 20))
    #expect(result.rowsKept == 0 && result.value.notes.contains { $0.contains("go round the pixel") })
  }

  static let tempo = TestFiles.sharedData(
    "satellite/tempo_no2_l2/TEMPO_NO2_L2_V03_20240601T210934Z_S012G01_subsetted.nc4")

  @Test(.enabled(if: tempo != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `the real TEMPO swath is accounted for pixel by pixel`() throws {
    let path = try #require(Self.tempo).path
    var options = SwathMapping.Options()
    options.variable = "product/vertical_column_stratosphere"
    options.assumesRegular = true
    // A lattice of its own: on a map of China North America would be torn out of shape.
    let definition = """
      {"name":"conus","crs":"+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-96 +ellps=GRS80 +units=m",
      "origin":{"x":-3000000,"y":0},"levels_metres":[12000],"region":{"name":"none","codes":[]}}
      """
    let america = try Grid(definition: JSONDecoder().decode(GridDefinition.self, from: Data(definition.utf8)))
    let result = try SwathMapping.cells(path: path, options: options, grid: america, sizeMetres: 12_000, read: read)
    #expect(result.rowsRead == 132 * 2048 && result.value.tally.total == result.rowsRead)
    #expect(result.rowsKept + result.rejects.count == result.rowsRead)
    #expect(result.value.tally.mapped > 200_000, "\(result.value.tally)")
    #expect(result.value.field.values.allSatisfy { (1e14...1e17).contains($0) })
  }
}
