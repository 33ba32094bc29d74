import Foundation
import Grids
import Randomness
import TestSupport
import Testing

@testable import SpatialStatistics

/// `fixtures/reference/local-statistics.json`, made by `tools/reference/local_statistics.py` with esda and libpysal.
struct EsdaReference: Decodable {
  struct Case: Decodable {
    /// Per cell: slot and weight of each neighbour.
    let rows: [[[Double]]]
    let g: [Double?]
    let star: [Double?]
    let moran: [Double?]
    let quadrant: [Int]
    let moranP: [Double?]
    let bivariate: [Double?]
    let bivariateQuadrant: [Int]
    let bivariateP: [Double?]
    let geary: [Double?]
    let globalMoran: [Double]
    let globalGeary: [Double]

    enum CodingKeys: String, CodingKey {
      case rows, g, star, moran, quadrant, bivariate, geary
      case moranP = "moran_p_folded"
      case bivariateQuadrant = "bivariate_quadrant"
      case bivariateP = "bivariate_p_folded"
      case globalMoran = "global_moran"
      case globalGeary = "global_geary"
    }
  }
  let cells: [[Int32]]
  let x: [Double]
  let y: [Double]
  let cases: [String: Case]

  static let loaded = Result {
    try JSONDecoder().decode(
      EsdaReference.self, from: Data(contentsOf: TestFiles.fixture("reference/local-statistics.json")))
  }

  var ids: [CellID] { cells.map { CellID(sizeMetres: 3000, column: $0[0], row: $0[1]) } }

  func neighbours(_ name: String) throws -> LatticeNeighbours {
    if let neighbourhood = Neighbourhood(name) { return LatticeNeighbours(cells: ids, neighbourhood: neighbourhood) }
    return LatticeNeighbours(try lists(name))
  }

  func lists(_ name: String) throws -> SpatialWeights {
    let rows = try #require(cases[name]).rows
    var starts = [0]
    for row in rows { starts.append((starts.last ?? 0) + row.count) }
    let entries = rows.flatMap { $0 }
    return SpatialWeights(
      starts: starts, neighbours: entries.map { Int32($0[0]) }, weights: entries.map { $0[1] })
  }
}

private func expectClose(
  _ found: some Collection<Double?>, _ expected: [Double?], _ tolerance: Double = 1e-9, _ note: String
) {
  #expect(found.count == expected.count)
  for (slot, pair) in zip(found, expected).enumerated() {
    switch pair {
    case (let found?, let expected?): #expect(abs(found - expected) < tolerance, "\(note) slot \(slot)")
    default: #expect(pair.0 == nil && pair.1 == nil, "\(note) slot \(slot): \(pair)")
    }
  }
}

private let names = ["queen", "rook", "inverse:7500", "list"]
/// esda's numbers of the quadrants.
private let quadrants: [MoranClass: Int] = [.highHigh: 1, .lowHigh: 2, .lowLow: 3, .highLow: 4]

@Suite struct EsdaReferenceTests {
  @Test(arguments: names) func `z of Gi and Gi* agree, with any weights, holes and an island`(name: String) throws {
    let reference = try EsdaReference.loaded.get()
    let expected = try #require(reference.cases[name])
    for (way, neighbours) in [("lattice", try reference.neighbours(name)), ("list", .init(try reference.lists(name)))] {
      expectClose(LocalG.g(reference.x, neighbours).z, expected.g, 1e-9, "\(name) \(way) g")
      expectClose(LocalG.star(reference.x, neighbours).z, expected.star, 1e-9, "\(name) \(way) g*")
    }
  }

  @Test(arguments: names) func `local Moran, bivariate Moran and Geary agree, classes exactly`(name: String) throws {
    let reference = try EsdaReference.loaded.get()
    let expected = try #require(reference.cases[name])
    let neighbours = try reference.neighbours(name)
    let moran = LocalMoran(reference.x, neighbours)
    expectClose(moran.i, expected.moran, 1e-9, name)
    let both = LocalMoran(reference.x, neighbourValues: reference.y, neighbours)
    expectClose(both.i, expected.bivariate, 1e-9, name)
    for slot in reference.x.indices where expected.moran[slot] != nil {
      #expect(moran.classes[slot].map { quadrants[$0] } == expected.quadrant[slot])
      #expect(both.classes[slot].map { quadrants[$0] } == expected.bivariateQuadrant[slot])
    }
    expectClose(
      LocalGeary(reference.x, neighbours).c,
      expected.geary.enumerated().map { slot, c in
        expected.moran[slot] == nil ? nil : c
      }, 1e-9, name)
  }

  @Test(arguments: names) func `global Moran and Geary and their z agree`(name: String) throws {
    let reference = try EsdaReference.loaded.get()
    let expected = try #require(reference.cases[name])
    for neighbours in [try reference.neighbours(name), LatticeNeighbours(try reference.lists(name))] {
      let moran = try #require(GlobalStatistic(moran: reference.x, neighbours))
      let geary = try #require(GlobalStatistic(geary: reference.x, neighbours))
      for (found, expected) in [(moran, expected.globalMoran), (geary, expected.globalGeary)] {
        #expect(abs(found.value - expected[0]) < 1e-10)
        #expect(abs(found.expectation - expected[1]) < 1e-12)
        #expect(abs(found.variance - expected[2]) < 1e-12)
        #expect(abs(found.z - expected[3]) < 1e-9)
      }
    }
  }

  @Test(arguments: names) func `permutation p are twice esda's folded ones, within Monte Carlo error`(
    name: String
  ) throws {
    let reference = try EsdaReference.loaded.get()
    let expected = try #require(reference.cases[name])
    let neighbours = try reference.neighbours(name)
    let permutation = ConditionalPermutation(replicates: 9999, seed: 3)
    for (values, folded) in [(reference.x, expected.moranP), (reference.y, expected.bivariateP)] {
      let p = permutation.counts(values, neighbours).p()
      for slot in values.indices {
        guard let p = p[slot], let folded = folded[slot] else {
          #expect(p[slot] == nil && folded[slot] == nil, "slot \(slot)")
          continue
        }
        // Five standard errors of the difference of two shares of 9,999 draws.
        #expect(abs(p / 2 - folded) < 5 * (2 * folded * (1 - folded) / 9999).squareRoot() + 2e-4, "slot \(slot)")
      }
    }
  }

  @Test func `z of local Geary is that of all arrangements`() throws {
    // Exact moments by enumerating every pair of other cells for cells with two neighbours.
    let values: [Double] = [1, 4, 2, 8, 5, 7]
    let lists = SpatialWeights(lists: [[1, 2], [0, 3], [0, 4], [1, 5], [2, 5], [3, 4]])
    let geary = LocalGeary(values, LatticeNeighbours(lists))
    let mean = values.reduce(0, +) / 6
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 6
    for slot in values.indices {
      let others = values.indices.filter { $0 != slot }
      var all: [Double] = []
      for a in others {
        for b in others where a < b {
          all.append(
            ((values[a] - values[slot]) * (values[a] - values[slot]) + (values[b] - values[slot])
              * (values[b] - values[slot]))
              / 2 / variance)
        }
      }
      let centre = all.reduce(0, +) / Double(all.count)
      let spread = (all.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(all.count)).squareRoot()
      let c = try #require(geary.c[slot])
      #expect(abs(try #require(geary.scores.z[slot]) - (c - centre) / spread) < 1e-12)
    }
  }

  @Test func `the mean of bivariate I over many dealt y has the stated variance`() throws {
    let reference = try EsdaReference.loaded.get()
    let neighbours = try reference.neighbours("inverse:7500")
    let stated = try #require(GlobalStatistic(moran: reference.x, neighbourValues: reference.y, neighbours))
    let local = LocalMoran(reference.x, neighbourValues: reference.y, neighbours).i.compactMap(\.self)
    #expect(abs(stated.value - local.reduce(0, +) / Double(local.count)) < 1e-12)
    var stream = RandomStream(seed: 5, slot: 0, replicate: 0)
    let draws = (0..<4000).map { _ -> Double in
      let y = reference.y.shuffled(using: &stream)
      return GlobalStatistic(moran: reference.x, neighbourValues: y, neighbours)?.value ?? .nan
    }
    let variance = draws.reduce(0) { $0 + $1 * $1 } / 4000
    // The relative standard error of a variance of 4,000 draws is √(2/4000) = 2.2 %.
    #expect(abs(variance / stated.variance - 1) < 0.11)
  }
}
