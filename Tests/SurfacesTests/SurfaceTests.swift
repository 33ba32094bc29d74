import Geometry
import Grids
import Testing

@testable import Surfaces

/// Numbers from a seed, so that a failure can be repeated.
struct Numbers {
  var state: UInt64
  mutating func unit() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 9_007_199_254_740_992
  }
  /// Standard normal, by twelve uniform numbers.
  mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + unit() } }
}

@Suite struct NearestPlacesTests {
  @Test(arguments: 1...12)
  func `the nearest are those of a plain sort`(seed: Int) {
    var random = Numbers(state: UInt64(seed))
    let count = 1 + Int(random.unit() * 300)
    // Whole numbers make ties; every third seed puts all places on a line.
    let us = (0..<count).map { _ in (random.unit() * 20).rounded() }
    let vs = (0..<count).map { _ in seed % 3 == 0 ? 5 : (random.unit() * 6).rounded() }
    let index = NearestPlaces(us: us, vs: vs)
    var found: [(square: Double, place: Int32)] = []
    for _ in 0..<60 {
      let (u, v) = (random.unit() * 60 - 20, random.unit() * 60 - 20)
      let skipped = Int32(random.unit() * Double(count))
      let wanted = 1 + Int(random.unit() * 12)
      index.nearest(wanted, to: u, v, found: &found) { $0 != skipped }
      let plain = us.indices.filter { Int32($0) != skipped }.map { k in
        (square: (us[k] - u) * (us[k] - u) + (vs[k] - v) * (vs[k] - v), place: Int32(k))
      }.sorted { ($0.square, $0.place) < ($1.square, $1.place) }.prefix(wanted)
      #expect(found.map(\.place) == plain.map(\.place), "seed \(seed) at \(u), \(v)")
    }
  }
}

@Suite struct KrigingTests {
  static let model = VariogramModel(shape: .exponential, nugget: 2, partialSill: 30, rangeMetres: 30_000)

  static func observations(_ seed: UInt64, count: Int = 60, error: Double = 0) -> Observations {
    var random = Numbers(state: seed)
    let places = (0..<count).map { _ in PlanePoint(x: random.unit() * 80_000, y: random.unit() * 80_000) }
    return Observations(
      places: places, values: places.map { 50 + $0.x / 4000 + 5 * random.normal() },
      errorVariances: places.map { _ in error })
  }

  static func places(_ observations: Observations) -> [PlanePoint] {
    zip(observations.xs, observations.ys).map { PlanePoint(x: $0, y: $1) }
  }

  @Test(arguments: [Kriging.Trend.constant, .plane])
  func `an exact reading is reproduced, and a constant added to all is added to the estimate`(
    trend: Kriging.Trend
  ) throws {
    let readings = Self.observations(3)
    let raised = readings.replacing(values: readings.values.map { $0 + 1000 })
    let places = Self.places(readings) + [PlanePoint(x: 40_123, y: 7_777), PlanePoint(x: -30_000, y: 99_000)]
    let estimates = Kriging(readings, model: Self.model, trend: trend, neighbours: 20).estimates(at: places)
    let higher = Kriging(raised, model: Self.model, trend: trend, neighbours: 20).estimates(at: places, threads: 3)
    for k in places.indices {
      let estimate = try #require(estimates[k])
      if k < readings.count {
        #expect(abs(estimate.value - readings.values[k]) < 1e-8 && estimate.variance < 1e-8)
      } else {
        #expect(estimate.variance > Self.model.nugget)
      }
      #expect(abs(try #require(higher[k]).value - estimate.value - 1000) < 1e-7)
    }
  }

  @Test func `a plane is reproduced by universal kriging, also outside the readings`() throws {
    let readings = Self.observations(4)
    let plane = readings.replacing(values: zip(readings.xs, readings.ys).map { 7 + $0 / 1000 - $1 / 500 })
    let far = PlanePoint(x: 150_000, y: -20_000)
    let estimate = try #require(
      Kriging(plane, model: Self.model, trend: .plane, neighbours: 25).estimates(at: [far])[0])
    #expect(abs(estimate.value - (7 + 150 + 40)) < 1e-6)
  }

  /// Two readings 3 km apart, target half-way: by symmetry both weigh 1/2; σ² = 2·γ(1.5 km) - γ(3 km)/2.
  @Test func `two readings, by hand`() throws {
    let readings = Observations(
      places: [PlanePoint(x: 0, y: 0), PlanePoint(x: 3000, y: 0)], values: [10, 20], errorVariances: [0, 0])
    let estimate = try #require(Kriging(readings, model: Self.model).estimates(at: [PlanePoint(x: 1500, y: 0)])[0])
    let expected = 2 * Self.model.gamma(dx: 1500, dy: 0) - Self.model.gamma(dx: 3000, dy: 0) / 2
    #expect(abs(estimate.value - 15) < 1e-12 && abs(estimate.variance - expected) < 1e-12)
  }

  /// Dubrule 1983: with the inverse Q of the whole system, the error left out is [Qz]_i / Q_ii and its variance 1/Q_ii.
  @Test func `leaving one out equals the identity of Dubrule`() throws {
    let readings = Self.observations(8, count: 14, error: 3)
    let n = readings.count
    // [C 1; 1' 0] inverted by Gauss-Jordan.
    var a = (0...n).map { i in
      (0...n).map { j -> Double in
        if i == n || j == n { return i == j ? 0 : 1 }
        if i == j { return Self.model.sill + 3 }
        return Self.model.sill
          - Self.model.gamma(
            dx: readings.xs[i] - readings.xs[j], dy: readings.ys[i] - readings.ys[j])
      } + (0...n).map { $0 == i ? 1.0 : 0 }
    }
    for column in 0...n {
      let pivot = (column...n).max { abs(a[$0][column]) < abs(a[$1][column]) } ?? column
      a.swapAt(column, pivot)
      let scale = a[column][column]
      a[column] = a[column].map { $0 / scale }
      for row in 0...n where row != column {
        let factor = a[row][column]
        for k in a[row].indices { a[row][k] -= factor * a[column][k] }
      }
    }
    let q = a.map { Array($0[(n + 1)...]) }
    var (squares, ratios) = (0.0, 0.0)
    for i in 0..<n {
      let error = (0..<n).reduce(0) { $0 + q[i][$1] * readings.values[$1] } / q[i][i]
      squares += error * error
      ratios += error * error * q[i][i]
    }
    let left = LeaveOneOut(Kriging(readings, model: Self.model, neighbours: n))
    #expect(abs(left.rootMeanSquare - (squares / Double(n)).squareRoot()) < 1e-9)
    #expect(abs(left.meanSquaredRatio - ratios / Double(n)) < 1e-9 && left.count == n)
  }

  @Test func `readings of one place are averaged, and a singular system leaves readings out`() throws {
    let place = PlanePoint(x: 5, y: 5)
    let twice = Observations(
      places: [place, PlanePoint(x: 0, y: 0), place], values: [10, 3, 20], errorVariances: [1, 0, 4])
    #expect(twice.count == 2 && twice.merged == 1)
    // Weights 1 and 1/4: 12, with variance 1 / 1.25.
    #expect(abs(twice.values[1] - 12) < 1e-12 && abs(twice.errorVariances[1] - 0.8) < 1e-12)
    // Metres apart under a very smooth model without a nugget: numerically one reading.
    let smooth = VariogramModel(shape: .gaussian, nugget: 0, partialSill: 1, rangeMetres: 1_000_000)
    let close = Observations(
      places: (0..<9).map { PlanePoint(x: Double($0), y: 0) }, values: (0..<9).map { Double($0 % 2) },
      errorVariances: [Double](repeating: 0, count: 9))
    let estimate = try #require(Kriging(close, model: smooth).estimates(at: [PlanePoint(x: 4, y: 400)])[0])
    #expect(estimate.value.isFinite && estimate.variance.isFinite && abs(estimate.value) < 1000)
  }

  @Test func `a drift that is constant nearby falls back to ordinary kriging, an unknown one to nothing`() throws {
    let readings = Self.observations(11)
    let drifted = Observations(
      places: Self.places(readings), values: readings.values, errorVariances: readings.errorVariances,
      drifts: readings.values.map { _ in 4 })
    let target = [PlanePoint(x: 33_000, y: 44_000)]
    let ordinary = try #require(Kriging(readings, model: Self.model).estimates(at: target)[0])
    let external = Kriging(drifted, model: Self.model, trend: .external)
    #expect(abs(try #require(external.estimates(at: target, drifts: [4])[0]).value - ordinary.value) < 1e-9)
    #expect(external.estimates(at: target, drifts: [.nan])[0] == nil)
  }

  @Test func `the mean over a block varies less than a point, and equals the mean of its points`() throws {
    let readings = Self.observations(5)
    let model = VariogramModel(shape: .spherical, nugget: 0, partialSill: 30, rangeMetres: 30_000)
    let kriging = Kriging(readings, model: model, neighbours: readings.count)
    let centre = PlanePoint(x: 41_500, y: 38_500)
    let block = try #require(
      kriging.estimates(at: [centre], support: .block(sideMetres: 3000, pointsPerSide: 4))[0])
    let points = (0..<16).map { k in
      PlanePoint(x: 41_500 + (Double(k % 4) - 1.5) * 750, y: 38_500 + (Double(k / 4) - 1.5) * 750)
    }
    let estimates = kriging.estimates(at: points).compactMap(\.self)
    #expect(abs(block.value - estimates.reduce(0) { $0 + $1.value } / 16) < 1e-9)
    #expect(block.variance < estimates.map(\.variance).min() ?? 0)
  }
}

@Suite struct VariogramTests {
  /// A field of known variogram on a lattice of readings, by the Cholesky factor of its covariance.
  static func field(_ model: VariogramModel, seed: UInt64, side: Int = 17, error: Double = 0) -> Observations {
    var random = Numbers(state: seed)
    let places = (0..<side * side).map { k in
      PlanePoint(x: Double(k % side) * 6000 + random.unit() * 3000, y: Double(k / side) * 6000 + random.unit() * 3000)
    }
    let n = places.count
    var l = [[Double]](repeating: [], count: n)
    for i in 0..<n {
      l[i] = (0...i).map { j in
        model.sill - model.gamma(dx: places[i].x - places[j].x, dy: places[i].y - places[j].y)
      }
      for j in 0...i {
        var sum = l[i][j]
        for k in 0..<j { sum -= l[i][k] * l[j][k] }
        l[i][j] = i == j ? max(sum, 1e-12).squareRoot() : sum / l[j][j]
      }
    }
    let white = (0..<n).map { _ in random.normal() }
    let values = (0..<n).map { i in
      60 + (0...i).reduce(0) { $0 + l[i][$1] * white[$1] } + error.squareRoot() * random.normal()
    }
    return Observations(places: places, values: values, errorVariances: places.map { _ in error })
  }

  @Test func `the sill and range of known fields are found on average`() throws {
    let model = VariogramModel(shape: .exponential, nugget: 4, partialSill: 40, rangeMetres: 30_000)
    var (sills, ranges) = (0.0, 0.0)
    for seed in 1...8 {
      let fit = try VariogramFit(
        ExperimentalVariogram(Self.field(model, seed: UInt64(seed))), shapes: [.exponential])
      sills += fit.model.sill / 8
      ranges += fit.model.rangeMetres / 8
    }
    // One field of 100 km knows its sill within a fifth or so; the mean of eight must come nearer.
    #expect(abs(sills - 44) < 10 && abs(ranges - 30_000) < 15_000, "\(sills) \(ranges)")
  }

  @Test func `errors of the readings are not taken for the field's`() throws {
    let model = VariogramModel(shape: .exponential, nugget: 0, partialSill: 40, rangeMetres: 30_000)
    let noisy = Self.field(model, seed: 3, error: 25)
    let fit = try VariogramFit(ExperimentalVariogram(noisy), shapes: [.exponential]).model
    let careless = try VariogramFit(
      ExperimentalVariogram(
        Observations(
          places: zip(noisy.xs, noisy.ys).map { PlanePoint(x: $0, y: $1) }, values: noisy.values,
          errorVariances: noisy.values.map { _ in 0 })), shapes: [.exponential]
    ).model
    #expect(abs(careless.sill - fit.sill - 25) < 6, "\(careless) \(fit)")
  }

  @Test func `the direction of a stretched field is found`() throws {
    let model = VariogramModel(
      shape: .spherical, nugget: 0, partialSill: 40, rangeMetres: 60_000,
      anisotropy: VariogramModel.Anisotropy(azimuthDegrees: 45, ratio: 0.3))
    let fit = try VariogramFit(ExperimentalVariogram(Self.field(model, seed: 6)), anisotropic: true).model
    let anisotropy = try #require(fit.anisotropy)
    #expect(abs(anisotropy.azimuthDegrees - 45) <= 30 && anisotropy.ratio < 0.8, "\(fit)")
    // The same distance counts for less along the long axis.
    #expect(fit.gamma(dx: 10_000, dy: 10_000) < fit.gamma(dx: 10_000, dy: -10_000))
  }

  @Test func `what cannot be fitted is said`() {
    let few = KrigingTests.observations(1, count: 5)
    #expect(throws: VariogramFit.Failure.tooFewReadings) { try VariogramFit(ExperimentalVariogram(few)) }
    let equal = KrigingTests.observations(1).replacing(values: [Double](repeating: 7, count: 60))
    #expect(throws: VariogramFit.Failure.noSpread) { try VariogramFit(ExperimentalVariogram(equal)) }
  }

  @Test(arguments: ["exponential:9.0:120.0:40000.0", "spherical:0.0:1.0:5.0:60.0:0.5"])
  func `a model is read as it is written`(text: String) {
    #expect(VariogramModel(text)?.description == text)
  }

  @Test(arguments: [
    "", "linear:1:1:1", "exponential:1:1", "exponential:-1:1:1", "gaussian:0:0:5", "spherical:1:1:1:2:0",
  ])
  func `other text is no model`(text: String) { #expect(VariogramModel(text) == nil) }
}

@Suite struct SurfaceEstimationTests {
  static let lattice = Lattice(originX: 0, originY: 0, sizeMetres: 3000)
  static let cells = (0..<30).flatMap { row in
    (0..<30).map { CellID(sizeMetres: 3000, column: Int32($0), row: Int32(row)) }
  }

  static func field(_ cells: [CellID], variance: Double = 1, _ value: (CellID) -> Double) -> CellField {
    CellField(
      cells: cells, values: cells.map(value), variances: cells.map { _ in variance }, counts: cells.map { _ in 1 },
      coverages: cells.map { _ in .nan })
  }

  static func truth(_ cell: CellID) -> Double {
    60 + Double(cell.column) + 8 * Double((cell.row * cell.column) % 7) / 7
  }

  static let readings = field(cells.filter { ($0.column * 7 + $0.row * 3) % 23 == 0 }, truth)
  static let satellite = field(cells.filter { $0.column < 20 }) { truth($0) * 0.5 + 12 }

  @Test(arguments: SurfaceOptions.Method.allCases)
  func `every cell gets an estimate that says what stands behind it`(method: SurfaceOptions.Method) throws {
    var options = SurfaceOptions()
    options.method = method
    options.threads = 2
    let (surface, report) = try SurfaceEstimation.surface(
      readings: Self.readings, satellite: Self.satellite, targets: Self.cells, lattice: Self.lattice, options: options)
    #expect(surface.field.cells == Self.cells && report.leaveOneOut.count > 20)
    let seen = method == .fusion || method == .cokrigingByRegression
    for (slot, cell) in surface.field.cells.enumerated() {
      let share = surface.field.coverages[slot]
      let expected: Surface.Kind =
        Self.readings.cells.contains(cell) ? .observed : seen && cell.column < 20 ? .satellite : .interpolated
      #expect(surface.kinds[slot] == expected)
      #expect((share == 0) == (expected == .interpolated) && share <= 1 && share >= 0)
      #expect((surface.field.counts[slot] > 0) == (expected == .observed))
      if expected == .observed, method != .block { #expect(share > 0.3, "\(cell) \(share)") }
    }
    options.threads = 1
    let alone = try SurfaceEstimation.surface(
      readings: Self.readings, satellite: Self.satellite, targets: Self.cells, lattice: Self.lattice, options: options)
    #expect(alone.surface.field == surface.field)
  }

  @Test func `a satellite that knows the field makes the surface better where it saw it`() throws {
    var options = SurfaceOptions()
    func error(_ method: SurfaceOptions.Method) throws -> Double {
      options.method = method
      let (surface, _) = try SurfaceEstimation.surface(
        readings: Self.readings, satellite: Self.satellite, targets: Self.cells, lattice: Self.lattice,
        options: options)
      return zip(surface.field.cells, surface.field.values).filter { $0.0.column < 20 }
        .reduce(0) { $0 + ($1.1 - Self.truth($1.0)) * ($1.1 - Self.truth($1.0)) }
    }
    let plain = try error(.kriging)
    #expect(try error(.fusion) < plain * 0.2)
    #expect(try error(.cokrigingByRegression) < plain * 0.5)
  }

  @Test func `what is missing is said`() {
    func fails(_ readings: CellField, _ satellite: CellField?) -> SurfaceFailure? {
      var options = SurfaceOptions()
      options.method = .fusion
      do throws(SurfaceFailure) {
        _ = try SurfaceEstimation.surface(
          readings: readings, satellite: satellite, targets: Self.cells, lattice: Self.lattice, options: options)
        return nil
      } catch { return error }
    }
    #expect(fails(Self.field([], Self.truth), nil) == .noReadings)
    #expect(fails(Self.readings, nil) == .noSatellite)
    #expect(fails(Self.readings, Self.field([Self.readings.cells[0]], Self.truth)) == .fewPairs(1))
    #expect(fails(Self.field(Self.readings.cells) { _ in 5 }, Self.satellite) == .variogram(.noSpread))
  }
}

@Suite struct BackgroundTests {
  typealias Field = SurfaceEstimationTests

  @Test func `a bump on a slope is what the residual shows`() throws {
    let bump = CellID(sizeMetres: 3000, column: 15, row: 15)
    let field = Field.field(Field.cells) { Double($0.column) * 2 + ($0 == bump ? 30 : 0) }
    var rule = try #require(BackgroundRule("ring:1-5"))
    rule.minimumShare = 1
    let surface = Surface(field: field, kinds: field.cells.map { _ in .observed })
    let (residual, backgrounds) = rule.residual(of: surface, threads: 2)
    // Whole rings only: the five cells at the edge have none. The median of a symmetric ring of a slope is its middle.
    #expect(residual.field.count == 20 * 20 && backgrounds.count == 400)
    for (cell, value) in zip(residual.field.cells, residual.field.values) {
      #expect(abs(value - (cell == bump ? 30 : 0)) < 1e-12)
    }
    // Both know their errors: 1 of the cell, and π/2 of the ring's mean when all its errors are one.
    #expect(residual.field.variances.allSatisfy { abs($0 - (1 + .pi / 2)) < 1e-12 })
  }

  @Test func `with wind only what lies upwind counts`() throws {
    let field = Field.field(Field.cells) { $0.column < 15 ? 10 : 90 }
    let rule = try #require(BackgroundRule("ring:0-6"))
    let middle = try #require(field.cells.firstIndex(of: CellID(sizeMetres: 3000, column: 15, row: 15)))
    // A wind towards the east comes from the west.
    func background(_ east: Double, _ north: Double) -> Double? {
      rule.backgrounds(of: field, upwind: UpwindSectors(count: field.count, east: east, north: north))[middle]?.value
    }
    #expect(background(3, 0) == 10)
    #expect(background(-3, 0) == 90)
    // A calm has no direction: the whole ring counts, as without wind.
    #expect(background(0, 0) == rule.backgrounds(of: field)[middle]?.value)
  }

  @Test func `a cell takes the wind of the nearest place, or none`() throws {
    let cells = [0.0, 90_000, 100_000, 400_000].map { PlanePoint(x: $0, y: 0) }
    let places = [0.0, 0, 120_000, 120_000].map { PlanePoint(x: $0, y: 10) }
    // Steady from the west at the first place; at the second it turns by half a circle.
    let found = UpwindSectors(cells: cells, places: places, winds: [(2, 0), (4, 0.5), (3, 0), (-3, 0.1)])
    #expect(found.known == 1 && found.variable == 2 && found.withoutWind == 1)
    let none = UpwindSectors(cells: cells, places: [], winds: [])
    #expect(none.known == 0 && none.withoutWind == 4)
  }

  @Test(arguments: [(1.0, 0.0), (0, 1), (-1, 0), (0, -1), (1, 1), (-2, 1), (0.3, -2)])
  func `every direction looks to where the wind comes from`(east: Double, north: Double) throws {
    let field = Field.field(Field.cells) { -(Double($0.column) * east + Double($0.row) * north) }
    let rule = try #require(BackgroundRule("ring:0-8"))
    let middle = try #require(field.cells.firstIndex(of: CellID(sizeMetres: 3000, column: 15, row: 15)))
    let upwind = rule.backgrounds(of: field, upwind: UpwindSectors(count: field.count, east: east, north: north))
    // The field falls along the wind: upwind it is higher.
    #expect(try #require(upwind[middle]).value > field.values[middle] + 2 * (east * east + north * north).squareRoot())
  }

  @Test(arguments: [("ring:15", "ring:2-15:0.5"), ("ring:3-9:0.25", "ring:3-9:0.25"), ("ring:0-4", "ring:0-4:0.5")])
  func `a rule is read`(text: String, meaning: String) { #expect(BackgroundRule(text)?.description == meaning) }

  @Test(arguments: ["ring", "ring:", "ring:5-5", "ring:-1", "disk:3", "ring:1-2:1", "ring:1-2-3", "ring:900"])
  func `other text is no rule`(text: String) { #expect(BackgroundRule(text) == nil) }
}
