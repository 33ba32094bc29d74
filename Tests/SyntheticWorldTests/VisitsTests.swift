import Grids
import Inspections
import Quantities
import SyntheticWorld
import Testing

@Suite struct VisitsTests {
  @Test func `a workshop is found until it is closed, and its load ends with it`() throws {
    var world = try SmallWorld.make()
    let workshop = try #require(world.sources.firstIndex { !$0.isRegistered && $0.strength > 0 })
    let found = try #require(world.finding(at: workshop, day: 3))
    #expect(found.classes == [.scatteredOffList] && found.severity == 3)
    let meter = try #require(world.sources[workshop].meter)
    let before = world.air(day: 3, threads: 1).dailyIncrement
    world.rectify(workshop)
    #expect(world.finding(at: workshop, day: 3) == nil)
    let load = String(decoding: world.powerFile(day: 3), as: UTF8.self).split(separator: "\n")
      .filter { $0.hasPrefix("\(meter),") }.compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
    #expect(load.count == 96 && load.allSatisfy { $0 <= 0.2 })
    let after = world.air(day: 3, threads: 1).dailyIncrement
    #expect(zip(before, after).allSatisfy { $0 >= $1 } && before != after)
  }

  @Test func `a firm that was made to mend has nothing to be found`() throws {
    var world = try SmallWorld.make(days: 30)
    let wrong = world.sources.indices.filter { world.sources[$0].isRegistered && world.finding(at: $0, day: 29) != nil }
    #expect(wrong.count > 3)
    for number in wrong { world.rectify(number) }
    #expect(wrong.allSatisfy { world.finding(at: $0, day: 29) == nil && world.finding(at: $0, day: 28) == nil })
    #expect(
      world.sources.indices.filter { world.sources[$0].isRegistered }.allSatisfy {
        world.finding(at: $0, day: 29) == nil
      })
  }

  @Test func `honest firms, shutdowns and own generation are only ever found with their books`() throws {
    let world = try SmallWorld.make(days: 30)
    for (number, source) in world.sources.enumerated()
    where [.honest, .plainShutdown, .selfGeneration].contains(source.behaviour) {
      let classes = world.finding(at: number, day: 29)?.classes ?? [.other]
      #expect(classes == [.other], "\(source.id)")
    }
  }

  @Test func `searching a cell brings up only workshops that stand in it`() throws {
    let world = try SmallWorld.make()
    var found: Set<Int> = []
    for day in 0..<6 {
      for cell in world.region.cells {
        for finding in world.findings(inCell: cell, day: day) {
          #expect(world.region.lattice.cell(at: world.sources[finding.source].point) == cell)
          #expect(!world.sources[finding.source].isRegistered)
          found.insert(finding.source)
        }
      }
    }
    #expect(!found.isEmpty)
  }

  @Test func `the days of the event files are those of the whole file`() throws {
    let world = try SmallWorld.make()
    func lines(_ bytes: [UInt8]) -> [Substring] { Array(String(decoding: bytes, as: UTF8.self).split(separator: "\n")) }
    for file in [world.complaintsFile, world.firesFile, world.windFile] {
      let whole = lines(file(nil))
      let parts = (0..<6).flatMap { lines(file($0..<$0 + 1)).dropFirst() }
      #expect(whole.count > 6 && Array(whole.dropFirst()) == parts)
    }
  }

  @Test func `a day's random order holds every registered firm once and differs from the next day's`() throws {
    let world = try SmallWorld.make()
    let order = world.randomOrder(day: 1)
    #expect(order.sorted() == world.sources.indices.filter { world.sources[$0].isRegistered })
    #expect(order != world.randomOrder(day: 2) && order == world.randomOrder(day: 1))
  }
}
