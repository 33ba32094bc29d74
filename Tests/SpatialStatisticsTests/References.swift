import Foundation
import Grids
import Randomness
import SpatialStatistics
import TestSupport

/// `fixtures/reference/golden.json`, the parts this room is checked against.
struct Golden: Decodable {
  struct Star: Decodable {
    let x: [Double]
    let z: [Double]
    let pTwoSided: [Double]
    enum CodingKeys: String, CodingKey {
      case x, z
      case pTwoSided = "p_two_sided"
    }
  }
  struct Missing: Decodable {
    let keep: [Int]
    let z: [Double]
  }
  let star: Star
  let missing: Missing
  let thresholds: [String: Double]
  let bins: [Int]

  enum CodingKeys: String, CodingKey {
    case star = "gistar_5x5_queen_self"
    case missing = "gistar_missing_0_12"
    case thresholds = "bh_crit"
    case bins = "gi_bin_fdr"
  }

  static func load() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: Data(contentsOf: TestFiles.fixture("reference/golden.json")))
  }
}

/// A comma-separated fixture as columns of numbers by name.
func columns(_ path: String) throws -> [String: [Double]] {
  let text = try String(contentsOf: TestFiles.fixture(path), encoding: .utf8)
  let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
  let names = lines[0].map { $0.trimmingCharacters(in: ["\""]) }
  var columns: [String: [Double]] = [:]
  for line in lines.dropFirst() {
    for (name, field) in zip(names, line) {
      guard let number = Double(field) else { throw CocoaError(.fileReadCorruptFile) }
      columns[name, default: []].append(number)
    }
  }
  return columns
}

/// Cells `0..<side` both ways, west of the origin so that negative columns are exercised, from the south-west.
func square(side: Int32, sizeMetres: Int32 = 3000) -> [CellID] {
  (0..<side).flatMap { row in
    (0..<side).map { CellID(sizeMetres: sizeMetres, column: $0 - 2, row: row - 3) }
  }
}

/// A small lattice with holes and arbitrary values, the same for the same seed.
struct RandomLattice {
  let cells: [CellID]
  let values: [Double]

  init(seed: UInt64) {
    var stream = RandomStream(seed: seed, slot: 0, replicate: 0)
    let width = Int32(stream.number(below: 9)) + 2
    let height = Int32(stream.number(below: 9)) + 2
    let keep = stream.number(below: 80) + 20
    let isCoarse = stream.number(below: 3) == 0
    var cells: [CellID] = []
    var values: [Double] = []
    for row in 0..<height {
      for column in 0..<width where stream.number(below: 100) < keep {
        cells.append(CellID(sizeMetres: 500, column: column - 4, row: row - 4))
        let draw = Double(stream.number(below: 1 << 40)) / Double(1 << 40)
        values.append(isCoarse ? (draw * 6).rounded() - 2 : draw * 120 - 30)
      }
    }
    self.cells = cells
    self.values = values
  }
}

enum TestSupportFixture {
  static let columbus = TestFiles.fixture("spatialstat/columbus.gal")
}
