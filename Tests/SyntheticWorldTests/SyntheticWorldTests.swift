import Enterprises
import Geometry
import Grids
import Quantities
import SyntheticWorld
import Testing

/// A region of 60 by 40 cells in two counties, made up for these tests.
enum SmallWorld {
  static func make(seed: UInt64 = 5, days: Int = 6) throws -> SyntheticWorld {
    let grid = try Grid(definition: .national2p26)
    let lattice = try grid.lattice(sizeMetres: 3000)
    let cells = (0..<40).flatMap { row in
      (0..<60).map { CellID(sizeMetres: 3000, column: 1250 + Int32($0), row: 1350 + Int32(row)) }
    }
    let counties = ["130101", "130102"].map {
      County(code: $0, name: "县\($0)", cityCode: "130100", cityName: "市", provinceName: "省")
    }
    let region = Region(
      name: "small", lattice: lattice, counties: counties, cells: cells,
      shareStarts: (0...cells.count).map { Int32($0) }, shareCounties: cells.map { $0.column < 1280 ? 0 : 1 },
      shares: cells.map { _ in 1 })
    return SyntheticWorld(
      options: SyntheticOptions(
        seed: seed, start: try #require(LocalDay("2017-11-01")), days: days, stations: 20, micro: 20, mobile: 1,
        firms: 60, metered: 30, unregistered: 4, residential: 4), region: region, grid: grid)
  }
}

@Suite struct SyntheticWorldTests {
  @Test func `the same seed gives the same bytes on any number of threads, another seed others`() throws {
    let world = try SmallWorld.make()
    let one = world.air(day: 1, threads: 1)
    let two = world.air(day: 1, threads: 2)
    #expect(one.dailyIncrement == two.dailyIncrement)
    #expect(world.nationalFile(one) == world.nationalFile(two))
    #expect(world.enterprisesFile() == (try SmallWorld.make()).enterprisesFile())
    #expect(world.enterprisesFile() != (try SmallWorld.make(seed: 6)).enterprisesFile())
  }

  @Test func `every firm has a credit code that verifies`() throws {
    for source in try SmallWorld.make().sources where source.isRegistered {
      #expect(throws: Never.self) { try CreditCode(source.id) }
    }
  }

  @Test func `a working source raises its own cell above what lies upwind of it`() throws {
    let world = try SmallWorld.make()
    let means = world.air(day: 1, threads: 2).dailyIncrement
    let strongest = try #require(
      world.sources.filter { $0.behaviour == .ignoresStopOrders || !$0.isRegistered }.max { $0.strength < $1.strength })
    let cell = try #require(world.region.lattice.cell(at: strongest.point))
    let slot = try #require(world.region.slot(of: cell))
    let sorted = means.sorted()
    #expect(means[slot] > 2 * sorted[sorted.count / 2] && means[slot] > 1)
    #expect(means.allSatisfy { $0 >= 0 && $0.isFinite })
  }

  @Test func `teams stand in the middle of their city, and some inspectors are no longer certified`() throws {
    let world = try SmallWorld.make()
    let teams = String(decoding: world.teamsFile(), as: UTF8.self).split(separator: "\n")
    #expect(teams.count == 6 && teams[0] == "team,base_lon,base_lat,crs" && teams[1].hasPrefix("SYN-130100-1,"))
    let base = teams[1].split(separator: ",").compactMap { Double($0) }
    // The middle of 60 by 40 cells from column 1250 and row 1350.
    let lattice = world.region.lattice
    let corner = lattice.box(of: CellID(sizeMetres: 3000, column: 1280, row: 1370))
    let middle = world.grid.projection.inverse(PlanePoint(x: corner.minX, y: corner.minY))
    #expect(base.count == 2 && abs(base[0] - middle.longitude) < 1e-5 && abs(base[1] - middle.latitude) < 1e-5)
    let people = String(decoding: world.inspectorsFile(), as: UTF8.self).split(separator: "\n").dropFirst()
    #expect(people.count == 12 && people.allSatisfy { $0.contains(",130100,2016-11-01,2019-11-01,") })
  }

  @Test func `files have their header and one line per row`() throws {
    let world = try SmallWorld.make()
    let totalOnly = world.sources.filter { $0.meter != nil && $0.isTotalOnly }.count
    let power = String(decoding: world.powerFile(day: 0), as: UTF8.self).split(separator: "\n")
    #expect(power.count == 1 + 96 * (30 * 3 - 2 * totalOnly + 4 + 4) && power[0] == "meter_id,circuit,time,kwh")
    let air = world.air(day: 0, threads: 1)
    let micro = String(decoding: world.microFile(air), as: UTF8.self).split(separator: "\n")
    #expect(micro[0] == "station_id,time,pm25" && micro.count > 1 + 24 * 10)
    let firms = String(decoding: world.enterprisesFile(), as: UTF8.self)
    #expect(firms.split(separator: "\n").count == 61 && firms.contains("synthetic") && firms.contains("gcj02"))
  }
}
