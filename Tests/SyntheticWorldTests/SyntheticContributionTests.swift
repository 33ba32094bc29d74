import Grids
import SyntheticWorld
import Testing

@Suite struct SyntheticContributionTests {
  @Test func `contributions of all sources add up to the air`() throws {
    let world = try SmallWorld.make()
    let air = world.air(day: 2, threads: 1)
    let means = air.dailyIncrement
    let slot = try #require(means.indices.max { means[$0] < means[$1] })
    let parts = world.contributions(to: [world.region.cells[slot]], days: 2...2)
    #expect(abs(parts.reduce(0) { $0 + $1.mean } / means[slot] - 1) < 1e-4)
    #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.mean >= $1.mean })
  }

  @Test func `readings are those of the files, unrounded`() throws {
    let world = try SmallWorld.make()
    let air = world.air(day: 1, threads: 1)
    let number = try #require(world.stations.firstIndex { $0.isMicro && $0.fault == "none" })
    let own = try #require(world.readings(of: number, air: air))
    let lines = String(decoding: world.microFile(air), as: UTF8.self).split(separator: "\n")
    let written = lines.filter { $0.hasPrefix(world.stations[number].id + ",") }
      .compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
    #expect(written.count == 24 && zip(own, written).allSatisfy { abs($0 - $1) <= 0.0501 })
  }

  @Test func `the square region has every cell once and belongs to its counties`() throws {
    let region = try #require(SyntheticWorld.squareRegion(side: 20, grid: try Grid(definition: .national2p26)))
    #expect(region.cells.count == 400 && Set(region.cells).count == 400 && region.counties.count == 4)
    #expect(region.cells.indices.allSatisfy { region.slot(of: region.cells[$0]) == $0 })
  }
}
