import Quantities
import SyntheticWorld
import Testing

@Suite struct CampaignFaultTests {
  /// Values by station of one day's micro file.
  static func values(_ world: SyntheticWorld, day: Int) -> [String: [String]] {
    let text = String(decoding: world.microFile(world.air(day: day, threads: 2)), as: UTF8.self)
    return text.split(separator: "\n").dropFirst().reduce(into: [:]) { values, line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      values[fields[0], default: []].append(fields[2])
    }
  }

  @Test func `lasting faults begin on the day that the truth names`() throws {
    let small = try SmallWorld.make(days: 9)
    var options = small.options
    options.micro = 400
    let world = SyntheticWorld(options: options, region: small.region, grid: small.grid)
    let truth = String(decoding: world.faultsTruth(), as: UTF8.self).split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(Set(truth.map { $0[1] }).count == 11, "ten kinds and none")
    #expect(Set(truth.map { $0[3] }) == ["", "2017-11-04"])
    let (before, after) = (Self.values(world, day: 2), Self.values(world, day: 4))
    let copies = truth.filter { $0[1] == "copied" }.map { $0[0] }
    #expect(!copies.isEmpty)
    for copy in copies {
      #expect(after.contains { $0.key != copy && $0.value == after[copy] }, "\(copy) equals another station")
      #expect(!before.contains { $0.key != copy && $0.value == before[copy] }, "\(copy) is its own before")
    }
    for row in truth where row[1] == "flat-cut" {
      #expect(try #require(after[row[0]]).allSatisfy { (Double($0) ?? 0) <= 65 })
    }
  }
}
