import Quantities
import Readings
import SyntheticWorld
import Testing

@Suite struct SyntheticNetworkTests {
  static let options = SyntheticNetwork.Options(
    seed: 3, stations: 160, days: 30, start: LocalDay(ordinal: 17_471), faultShare: 0.4)

  @Test func `the same seed gives the same network on any number of threads, another seed another`() {
    let one = SyntheticNetwork(Self.options, threads: 1)
    let two = SyntheticNetwork(Self.options, threads: 2)
    #expect(zip(one.fine.values, two.fine.values).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    #expect(one.faults == two.faults && one.plantedFine == two.plantedFine)
    var options = Self.options
    options.seed = 4
    #expect(SyntheticNetwork(options, threads: 1).faults != one.faults)
  }

  @Test func `every kind is planted, each where the truth says`() {
    let network = SyntheticNetwork(Self.options, threads: 2)
    #expect(Set(network.faults.map(\.name)) == Set(QualityFlags.all.map(\.name)))
    let count = network.fine.hourCount
    for fault in network.faults {
      let marked = fault.hours.count { network.plantedFine[fault.station * count + $0] & fault.flag.rawValue != 0 }
      #expect(marked > 0, "\(fault)")
    }
    for slot in network.plantedFine.indices
    where network.plantedFine[slot] & (QualityFlags.stuck.rawValue | QualityFlags.spike.rawValue) != 0 {
      #expect(!network.fine.values[slot].isNaN)
    }
  }
}
