import Enterprises
import Quantities
import SyntheticWorld
import Testing

@Suite struct SyntheticEmissionMonitorsTests {
  private let options = SyntheticEmissionMonitors.Options(
    seed: 5, outlets: 40, days: 20, start: LocalDay(ordinal: 17_471), fraudShare: 0.5)

  @Test func `the same seed gives the same bytes, another seed others`() {
    let one = SyntheticEmissionMonitors(options)
    let two = SyntheticEmissionMonitors(options)
    #expect(one.csv == two.csv && one.frauds == two.frauds && one.loads == two.loads)
    var other = options
    other.seed = 6
    #expect(SyntheticEmissionMonitors(other).csv != one.csv)
  }

  @Test func `every kind of fraud is planted, and the file has one line per report`() {
    let world = SyntheticEmissionMonitors(options)
    #expect(Set(world.frauds.map(\.kind)) == Set(SyntheticEmissionMonitors.kinds))
    #expect(world.hours.outlets.count == 40 && world.enterprises.count == 40 && world.loads.count == 20)
    // Fraud is planted after the honest report was made: outlets without one do not depend on the share.
    var none = options
    none.fraudShare = 0
    let honest = SyntheticEmissionMonitors(none)
    let guilty = Set(world.frauds.map(\.outlet))
    let (outlet, first) = ((0..<40).first { !guilty.contains($0) } ?? 0, EmissionChannel.so2.ordinal)
    let rows = (world.hours.starts[outlet]..<world.hours.starts[outlet + 1]).map { world.hours.values[first][$0] }
    let same = (honest.hours.starts[outlet]..<honest.hours.starts[outlet + 1]).map { honest.hours.values[first][$0] }
    #expect(rows == same && rows.count > 300)
    #expect(world.csv.count { $0 == 0x0A } == world.hours.count + 1)
    #expect(zip(world.hours.outlets, world.enterprises).allSatisfy { $0.0.creditCode == $0.1.creditCode })
  }
}
