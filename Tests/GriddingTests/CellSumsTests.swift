import Geometry
import Gridding
import Grids
import Testing

@Suite struct CellSumsTests {
  private static func sums(_ files: [PixelQuads]) -> CellSums {
    var mapping = ConservativeMapping(lattice: ConservativeMappingTests.lattice)
    for file in files {
      mapping.add(file)
      mapping.endFile()
    }
    return mapping.sums
  }

  private static func equal(_ a: CellSums, _ b: CellSums, to tolerance: Double = 1e-12) -> Bool {
    func near(_ x: [Double], _ y: [Double]) -> Bool {
      zip(x, y).allSatisfy { abs($0 - $1) <= tolerance * max(1e-6, abs($0)) }
    }
    return a.cells == b.cells && a.counts == b.counts && near(a.weights, b.weights)
      && near(a.weightedValues, b.weightedValues) && near(a.squares, b.squares)
      && near(a.commonSquares, b.commonSquares) && near(a.coverages, b.coverages)
  }

  @Test(arguments: 1...5)
  func `merging swaths in any order equals mapping them in one go`(seed: UInt64) {
    let files = (0..<4).map { ConservativeMappingTests.pixels(300, seed: seed * 10 + UInt64($0)) }
    let whole = Self.sums(files)
    let single = files.map { Self.sums([$0]) }
    var left = CellSums()
    for part in single { left.merge(part) }
    var right = CellSums()
    for part in single.reversed() { right.merge(part) }
    var pairs = single[0]
    pairs.merge(single[1])
    var others = single[2]
    others.merge(single[3])
    pairs.merge(others)
    #expect(Self.equal(whole, left) && Self.equal(whole, right) && Self.equal(whole, pairs))
    let (a, b) = (whole.field(correlation: 0.3), right.field(correlation: 0.3))
    for slot in a.cells.indices {
      #expect(abs(a.values[slot] - b.values[slot]) < 1e-12 * abs(a.values[slot]))
      #expect(abs(a.variances[slot] - b.variances[slot]) < 1e-12 * a.variances[slot])
    }
  }

  /// Four equal pixels in one cell, errors 2: independent 4/4 = 1, common 4, half and half 2.5 (by hand).
  @Test func `the common share of the error does not average out`() {
    var pixels = PixelQuads()
    for k in 0..<4 {
      let x = -3_000_000 + 3000 + 1500 * Double(k % 2)
      let y = 3000 + 1500 * Double(k / 2)
      pixels.append(
        [(0.0, 0.0), (1500, 0), (1500, 1500), (0, 1500)].map { PlanePoint(x: x + $0.0, y: y + $0.1) }, value: 8,
        sigma: 2)
    }
    let sums = Self.sums([pixels])
    #expect(sums.field().variances == [1])
    #expect(sums.field(correlation: 1).variances == [4])
    #expect(sums.field(correlation: 0.5).variances == [2.5])
    // A second day's file with its own common error: (4 + 4) / 4.
    #expect(Self.sums([pixels, pixels]).field(correlation: 1).variances == [2])
    #expect(sums.field().coverages == [1] && sums.field().counts == [4])
  }

  @Test func `tiles that adjoin add up their coverage, swaths that overlap do not`() {
    func half(_ x: Double) -> CellSums {
      var pixels = PixelQuads()
      pixels.append(
        [(0.0, 0.0), (1500, 0), (1500, 3000), (0, 3000)].map { PlanePoint(x: -3_000_000 + x + $0.0, y: $0.1) }, value: 1
      )
      return Self.sums([pixels])
    }
    var tiles = half(0)
    tiles.merge(half(1500), adjoining: true)
    #expect(tiles.coverages == [1])
    var swaths = half(0)
    swaths.merge(half(1500))
    #expect(swaths.coverages == [0.5])
  }

  @Test func `a concave pixel is mapped with its true area and a bow-tie is refused`() {
    func p(_ x: Double, _ y: Double) -> PlanePoint { PlanePoint(x: -3_000_000 + x, y: y) }
    var pixels = PixelQuads()
    // An arrowhead: the triangle (0,0) (6000,0) (3000,6000) less the notch (0,0) (6000,0) (3000,2000): 12e6 m².
    pixels.append([p(0, 0), p(3000, 2000), p(6000, 0), p(3000, 6000)], value: 1)
    pixels.append([p(0, 0), p(6000, 6000), p(6000, 0), p(0, 6000)], value: 1)
    var mapping = ConservativeMapping(lattice: ConservativeMappingTests.lattice)
    mapping.add(pixels)
    #expect(mapping.refusals[.folded] == 1 && mapping.tally.mapped == 1)
    #expect(abs(mapping.sums.weights.reduce(0, +) * 9e6 - 12e6) < 1e-3)
  }

  @Test func `an image equals its pixels one by one, with one and with several pieces per edge`() {
    let (columns, rows) = (40, 30)
    for segments in [1, 3] {
      var image = ImageLines(columns: columns, rows: rows, segments: segments)
      // A sheared image: straight edges, so that more pieces change nothing.
      func x(_ c: Double, _ r: Double) -> Double { 1000 + 0.37 * c + 0.05 * r }
      func y(_ c: Double, _ r: Double) -> Double { 1200 - 0.41 * r + 0.03 * c }
      for row in 0...rows {
        for at in 0..<image.lineLength {
          let c = Double(at) / Double(segments)
          image.lineXs[row * image.lineLength + at] = x(c, Double(row))
          image.lineYs[row * image.lineLength + at] = y(c, Double(row))
        }
      }
      for k in image.sideXs.indices {
        let (line, step) = (k / (segments - 1), k % (segments - 1) + 1)
        let (c, r) = (Double(line % (columns + 1)), Double(line / (columns + 1)))
        image.sideXs[k] = x(c, r + Double(step) / Double(segments))
        image.sideYs[k] = y(c, r + Double(step) / Double(segments))
      }
      var values = (0..<columns * rows).map { Double($0 % 23) }
      values[77] = .nan
      var pixels = PixelQuads()
      for pixel in values.indices where !values[pixel].isNaN {
        let (c, r) = (Double(pixel % columns), Double(pixel / columns))
        pixels.append(
          [(c, r), (c + 1, r), (c + 1, r + 1), (c, r + 1)].map {
            PlanePoint(x: x($0.0, $0.1) * 3000 - 3_000_000, y: y($0.0, $0.1) * 3000)
          }, value: values[pixel])
      }
      var one = ConservativeMapping(lattice: ConservativeMappingTests.lattice)
      one.addImage(image, values: values)
      var other = ConservativeMapping(lattice: ConservativeMappingTests.lattice)
      other.add(pixels)
      let (a, b) = (one.field(), other.field())
      #expect(a.cells == b.cells && a.counts == b.counts)
      for slot in a.cells.indices { #expect(abs(a.values[slot] - b.values[slot]) < 1e-9) }
      #expect(one.tally.withoutValue == 1 && one.tally.total == columns * rows)
    }
  }
}
