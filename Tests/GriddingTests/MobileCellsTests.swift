import Gridding
import Grids
import Testing

@Suite struct TrackFilterTests {
  /// A drive east at 36 km/h, one reading every 10 s, in projected metres.
  private static func drive(_ count: Int) -> MobileReadings {
    var readings = MobileReadings()
    for k in 0..<count {
      readings.append(device: 0, seconds: UInt32(1_000_000 + 10 * k), x: 100 * Double(k), y: 7, value: 50)
    }
    return readings
  }

  private static func faults(_ readings: MobileReadings) -> [TrackFault] {
    TrackFilter().faults(of: readings, threads: 2)
  }

  @Test func `a plausible drive keeps every reading, in any order of rows`() {
    let drive = Self.drive(50)
    #expect(Self.faults(drive).allSatisfy { $0 == .none })
    var shuffled = MobileReadings()
    for k in 0..<50 {
      let j = k * 37 % 50
      shuffled.append(
        device: 0, seconds: drive.seconds[j], x: drive.xs[j], y: drive.ys[j], value: drive.values[j])
    }
    #expect(Self.faults(shuffled).allSatisfy { $0 == .none })
  }

  @Test func `a position that jumps away and back is too fast, the others stay`() {
    var readings = Self.drive(20)
    readings.xs[7] += 40_000
    let faults = Self.faults(readings)
    #expect(faults[7] == .tooFast && faults.indices.allSatisfy { $0 == 7 || faults[$0] == .none })
  }

  @Test func `a wrong first position costs two good ones and not the whole run`() {
    var readings = Self.drive(20)
    readings.ys[0] = 90_000
    let faults = Self.faults(readings)
    #expect(Array(faults[1...2]) == [.tooFast, .tooFast] && faults[3...].allSatisfy { $0 == .none })
  }

  @Test func `a position that freezes in a tunnel counts once, a parked van does not freeze`() {
    var tunnel = Self.drive(30)
    // At 70 km/h the receiver keeps its last fix for 60 s and then jumps 1.2 km ahead.
    for k in 0..<30 { tunnel.xs[k] = 200 * Double(k) }
    for k in 11...16 { tunnel.xs[k] = tunnel.xs[10] }
    let faults = Self.faults(tunnel)
    #expect(
      faults[10] == .none && faults[11...16].allSatisfy { $0 == .frozen } && faults[17...].allSatisfy { $0 == .none })
    var parked = Self.drive(30)
    for k in 11...16 { parked.xs[k] = parked.xs[10] }
    for k in 17..<30 { parked.xs[k] = parked.xs[10] + 100 * Double(k - 16) }
    #expect(Self.faults(parked).allSatisfy { $0 == .none })
  }

  @Test func `the first fix after a gap is left out when the monitor moved on`() {
    var readings = Self.drive(20)
    for k in 10..<20 {
      readings.seconds[k] += 600
      readings.xs[k] += 5000
    }
    let faults = Self.faults(readings)
    #expect(faults[10] == .afterGap && faults.count { $0 == .none } == 19)
    // Silent and still: a van with its engine off.
    var resting = Self.drive(10)
    for k in 5..<10 { resting.seconds[k] += 600 }
    #expect(Self.faults(resting).allSatisfy { $0 == .none })
  }

  @Test func `no readings, one reading and equal times are fine`() {
    #expect(Self.faults(MobileReadings()).isEmpty)
    #expect(Self.faults(Self.drive(1)) == [.none])
    var same = Self.drive(3)
    same.seconds = [5, 5, 5]
    same.xs = [0, 10, 5000]
    #expect(Self.faults(same) == [.none, .none, .tooFast])
  }
}

@Suite struct MobileAveragesTests {
  static let lattice = Lattice(originX: -3_000_000, originY: 0, sizeMetres: 3000)

  private static func averages(_ vote: MobileVote, threads: Int = 2) -> MobileAverages {
    MobileAverages(lattice: lattice, vote: vote, threads: threads)
  }

  /// Segment A: van 0 parked with 98 readings of 200 and car 1 with one of 20; segments B and C: car 1, 30 and 40.
  /// By hand: A = (200 + 20) / 2 = 110; mean = (110 + 30 + 40) / 3 = 60. Weights 1/6, 1/6, 1/3, 1/3: Σv² = 10/36, so the
  /// effective size is 3.6; Σv(m - 60)² = (140² + 40²) / 6 + (30² + 20²) / 3 = 3966.6667, variance that times 10/26.
  @Test func `a parked van does not outvote a street`() {
    var readings = MobileReadings()
    func add(_ device: Int32, _ x: Double, _ value: Double) {
      readings.append(device: device, seconds: 0, x: -3_000_000 + x, y: 50, value: value)
    }
    for _ in 0..<98 { add(0, 10, 200) }
    add(1, 20, 20)
    add(1, 120, 30)
    add(1, 250, 40)
    let periods = [Int32](repeating: 0, count: readings.count)
    let cells = Self.averages(.segment).cells(of: readings, periods: periods)
    #expect(cells.cells == [CellID(sizeMetres: 3000, column: 0, row: 0)])
    #expect(abs(cells.means[0] - 60) < 1e-9 && abs(cells.effectiveCounts[0] - 3.6) < 1e-12)
    #expect(abs(cells.variances[0] - 3966.666_666_666_667 * 10 / 26) < 1e-9)
    #expect(cells.counts == [101] && cells.segments == [3] && cells.devices == [2])
    let plain = Self.averages(.reading).cells(of: readings, periods: periods)
    #expect(abs(plain.means[0] - (98 * 200 + 90) / 101) < 1e-9 && plain.effectiveCounts == [101])
  }

  @Test func `one pass has no variance and an effective size of one`() {
    var readings = MobileReadings()
    for k in 0..<500 { readings.append(device: 3, seconds: UInt32(k), x: 5, y: 5, value: Double(k)) }
    let cells = Self.averages(.segment).cells(of: readings, periods: [Int32](repeating: 0, count: 500))
    #expect(cells.effectiveCounts == [1] && cells.variances[0].isNaN && cells.counts == [500])
  }

  @Test(arguments: 1...4)
  func `cells, counties and periods equal a plain grouping, for any number of threads`(seed: UInt64) {
    var random = ConservativeMappingTests.Generator(state: seed)
    var readings = MobileReadings()
    var periods: [Int32] = []
    var faults: [TrackFault] = []
    for k in 0..<3000 {
      let far = seed == 4 && k % 2 == 0 ? 2e8 : 0
      readings.append(
        device: Int32(random.unit() * 7), seconds: UInt32(k), x: 40_000 * random.unit() + far,
        y: 30_000 * random.unit() - far, value: (100 * random.unit()).rounded(), county: Int32(random.unit() * 3) - 1)
      periods.append(Int32(random.unit() * 4))
      faults.append(random.unit() < 0.1 ? .tooFast : .none)
    }
    let cells = Self.averages(.reading).cells(of: readings, faults: faults, periods: periods)
    let other = Self.averages(.reading, threads: 1).cells(of: readings, faults: faults, periods: periods)
    #expect(cells.cells == other.cells && cells.means == other.means && cells.counties == other.counties)
    struct Key: Hashable {
      let cell: CellID
      let county, period: Int32
    }
    var expected: [Key: [Double]] = [:]
    for k in 0..<3000 where faults[k] == .none {
      let column = Int32(((readings.xs[k] + 3_000_000) / 3000).rounded(.down))
      let cell = CellID(sizeMetres: 3000, column: column, row: Int32((readings.ys[k] / 3000).rounded(.down)))
      expected[Key(cell: cell, county: readings.counties[k], period: periods[k]), default: []].append(
        readings.values[k])
    }
    #expect(cells.count == expected.count)
    for k in 0..<cells.count {
      let key = Key(cell: cells.cells[k], county: cells.counties[k], period: cells.periods[k])
      let own = expected[key] ?? []
      #expect(Int(cells.counts[k]) == own.count && abs(cells.means[k] - own.reduce(0, +) / Double(own.count)) < 1e-9)
    }
    #expect(
      zip(cells.periods, cells.periods.dropFirst()).allSatisfy { $0 <= $1 })
    let segments = Self.averages(.segment).cells(of: readings, faults: faults, periods: periods)
    for k in 0..<segments.count {
      #expect(
        segments.effectiveCounts[k] <= Double(segments.counts[k]) + 1e-9 && segments.effectiveCounts[k] >= 1 - 1e-9)
    }
  }
}
