import Diagnostics
import Foundation
import Gridding
import Grids
import Ingest
import Quantities
import TestSupport
import Testing

/// Seeded mutations of good files. `HOTGRID_FUZZ_ROUNDS` asks for more; a failure names its seed.
struct ByteMutator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % max(1, bound)
  }

  /// What tends to break number and table readers.
  private static let pieces: [[UInt8]] = [
    "", ",", "\n", "\r\n", "\"", "-", ".", "e", "1e308", "-1e308", "1e-320", "nan", "inf", "-999", "9.97e36", "0x1p3",
    ";",
    "\t", "—", "180", "-180", "360", "90.0001", "99999999999999999999", "\u{FEFF}", "\0",
  ].map { Array($0.utf8) }

  mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...next(6) {
      let at = next(bytes.count)
      switch next(6) {
      case 0: if !bytes.isEmpty { bytes[at] = UInt8(next(256)) }
      case 1: bytes.insert(contentsOf: Self.pieces[next(Self.pieces.count)], at: at)
      case 2: bytes.removeSubrange(at..<min(bytes.count, at + next(40)))
      case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + next(200))], at: next(bytes.count))
      case 4:
        // A whole field is replaced.
        let end = bytes[at...].firstIndex { $0 == 0x2C || $0 == 0x0A } ?? bytes.count
        let start = (bytes[..<at].lastIndex { $0 == 0x2C || $0 == 0x0A } ?? -1) + 1
        bytes.replaceSubrange(start..<end, with: Self.pieces[next(Self.pieces.count)])
      default: if next(8) == 0 { bytes.removeSubrange(at...) } else { bytes.insert(0xFF, at: at) }
      }
    }
    return bytes
  }
}

@Suite struct PixelTextFuzzTests {
  static let rounds = ProcessInfo.processInfo.environment["HOTGRID_FUZZ_ROUNDS"].flatMap(Int.init) ?? 150

  private static func swath() -> [UInt8] {
    var text = "lon1,lat1,lon2,lat2,lon3,lat3,lon4,lat4,value,quality,sigma\n"
    for k in 0..<30 {
      let (x, y) = (114 + 0.1 * Double(k % 6), 36 + 0.1 * Double(k / 6))
      text += "\(x),\(y),\(x + 0.1),\(y),\(x + 0.1),\(y + 0.1),\(x),\(y + 0.1),\(40 + k),0.9,3\n"
    }
    return Array(text.utf8)
  }

  private static func mobile() -> [UInt8] {
    var text = "station_id,time,lon,lat,pm25\n"
    for k in 0..<60 { text += "V\(k % 3),2017-11-21T08:\(10 + k / 3):00,\(114 + Double(k) / 1000),38.05,\(50 + k)\n" }
    return Array(text.utf8)
  }

  @Test func `mutated swath and mobile files lose no row in silence`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let grid = try Grid(definition: .national2p26)
    let read = ReadOptions(now: Instant(secondsSinceEpoch: 1_600_000_000), threads: 2)
    for seed in 1...UInt64(Self.rounds) {
      var mutator = ByteMutator(seed: seed)
      let path = folder.appending(path: "synthetic.csv").path
      let isSwath = seed % 2 == 0
      try Data(mutator.mutate(isSwath ? Self.swath() : Self.mobile())).write(to: URL(filePath: path))
      do {
        if isSwath {
          let result = try SwathMapping.cells(
            path: path, options: SwathMapping.Options(), grid: grid, sizeMetres: 3000, read: read)
          #expect(result.rowsRead == result.rowsKept + result.rejects.count, "seed \(seed)")
          let tally = result.value.tally
          #expect(tally.total - tally.refusals.total == result.rowsKept, "seed \(seed)")
          #expect(result.value.field.coverages.allSatisfy { (0...1).contains($0) }, "seed \(seed)")
        } else {
          let result = try MobileFile.read(
            path: path, options: read, pollutant: .pm25, grid: grid, locator: nil, validRange: nil)
          #expect(result.rowsRead == result.rowsKept + result.rejects.count, "seed \(seed)")
          let readings = result.value.readings
          let faults = TrackFilter().faults(of: readings, threads: 2)
          let cells = MobileAverages(lattice: try grid.lattice(sizeMetres: 3000), vote: .segment, threads: 2)
            .cells(of: readings, faults: faults, periods: readings.seconds.map { _ in 0 })
          let used = faults.count { $0 == .none }
          #expect(cells.counts.reduce(0) { $0 + Int($1) } == used, "seed \(seed)")
        }
      } catch let problem as Problem {
        #expect(!problem.remedy.isEmpty, "seed \(seed)")
      }
    }
  }
}
