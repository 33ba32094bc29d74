public import Geometry
internal import Threads

/// Estimates a field between readings, with the variance of each estimate.
///
/// Each target has its own neighbourhood of nearest readings, so the cost is that of targets times neighbours³ and
/// not of all readings at once. Targets are independent: any number of threads gives the same bytes.
public struct Kriging: Sendable {
  /// What the mean of the field is taken for.
  public enum Trend: Hashable, Sendable {
    /// An unknown constant in each neighbourhood: ordinary kriging.
    case constant
    /// A plane in each neighbourhood: universal kriging.
    case plane
    /// A constant plus an unknown multiple of ``Observations/drifts``: kriging with external drift.
    case external
  }

  /// What one estimate stands for.
  public enum Support: Hashable, Sendable {
    /// The value at a place.
    case point
    /// The mean over a square around the place: γ is averaged over `pointsPerSide`² points of it.
    case block(sideMetres: Double, pointsPerSide: Int)
  }

  /// An estimate at one target.
  public struct Estimate: Hashable, Sendable {
    /// In the unit of the quantity.
    public var value: Double
    /// Kriging variance, unit squared: of the field itself, without the error of any reading.
    public var variance: Double
  }

  public let observations: Observations
  public let model: VariogramModel
  public let trend: Trend
  public let neighbours: Int
  private let us: [Double]
  private let vs: [Double]
  private let frame: VariogramModel.Frame
  private let index: NearestPlaces

  /// - Parameters:
  ///   - neighbours: Readings of a neighbourhood at most; 32 is usual.
  /// - Precondition: at least one reading; drifts for `external`, all known.
  public init(_ observations: Observations, model: VariogramModel, trend: Trend = .constant, neighbours: Int = 32) {
    precondition(observations.count > 0, "kriging needs a reading")
    precondition(
      trend != .external
        || (observations.drifts.count == observations.count && observations.drifts.allSatisfy(\.isFinite)),
      "every reading needs a drift")
    self.observations = observations
    self.model = model
    self.trend = trend
    self.neighbours = max(1, min(neighbours, observations.count))
    let frame = VariogramModel.Frame(model)
    let places = zip(observations.xs, observations.ys).map { frame.place($0, $1) }
    us = places.map(\.u)
    vs = places.map(\.v)
    self.frame = frame
    index = NearestPlaces(us: us, vs: vs)
  }

  private var driftCount: Int {
    switch trend {
    case .constant: 1
    case .plane: 3
    case .external: 2
    }
  }

  /// - Parameters:
  ///   - drifts: External drift at each target; needed for `external`, and NaN where it is not known.
  ///   - accept: Whether a reading may take part in a target's neighbourhood, by target and reading.
  /// - Returns: One per target; `nil` where the drift is not known or no reading may take part.
  public func estimates(
    at targets: [PlanePoint], support: Support = .point, drifts: [Double] = [], threads: Int = 1,
    accept: @Sendable (_ target: Int, _ reading: Int) -> Bool = { _, _ in true }
  ) -> [Estimate?] {
    let piece = 256
    let pieces = (targets.count + piece - 1) / piece
    return mapConcurrently(pieces, threads: threads) { number in
      var worker = Worker(self, support: support)
      return (number * piece..<min(targets.count, (number + 1) * piece)).map { k in
        worker.estimate(targets[k], drift: drifts.isEmpty ? .nan : drifts[k]) { accept(k, $0) }
      }
    }.flatMap(\.self)
  }

  /// How much each reading counts in each estimate.
  public struct Weights: Sendable {
    /// Readings of a neighbourhood at most: entries per target.
    public let stride: Int
    /// Readings of each target, 0 where it has no estimate.
    public let counts: [Int32]
    /// Positions in ``Kriging/observations``, `stride` per target.
    public let readings: [Int32]
    /// Beside `readings`; they add up to 1.
    public let weights: [Double]

    /// Σ λ z for every target, of other values at the same places; NaN where a target has no estimate.
    public func applied(to values: [Double]) -> [Double] {
      var sums = [Double](repeating: .nan, count: counts.count)
      values.withUnsafeBufferPointer { values in
        for target in counts.indices where counts[target] > 0 {
          var sum = 0.0
          for k in target * stride..<target * stride + Int(counts[target]) {
            sum += weights[k] * values[Int(readings[k])]
          }
          sums[target] = sum
        }
      }
      return sums
    }
  }

  /// The weights behind ``estimates(at:support:drifts:threads:accept:)`` at places, without drift of their own.
  ///
  /// - Precondition: a trend other than `external`.
  public func weights(at targets: [PlanePoint], threads: Int = 1) -> Weights {
    precondition(trend != .external, "weights of an external drift differ by target's drift")
    let piece = 256
    let pieces = (targets.count + piece - 1) / piece
    let stride = neighbours
    let parts = mapConcurrently(pieces, threads: threads) { number -> ([Int32], [Int32], [Double]) in
      var worker = Worker(self, support: .point)
      let range = number * piece..<min(targets.count, (number + 1) * piece)
      var counts = [Int32](repeating: 0, count: range.count)
      var readings = [Int32](repeating: 0, count: range.count * stride)
      var weights = [Double](repeating: 0, count: range.count * stride)
      for (k, target) in range.enumerated() {
        counts[k] = Int32(
          worker.weights(targets[target]) { entry, reading, weight in
            readings[k * stride + entry] = reading
            weights[k * stride + entry] = weight
          })
      }
      return (counts, readings, weights)
    }
    return Weights(
      stride: stride, counts: parts.flatMap(\.0), readings: parts.flatMap(\.1), weights: parts.flatMap(\.2))
  }

  /// One thread's scratch space.
  private struct Worker: ~Copyable {
    private let kriging: Kriging
    private var system: KrigingSystem
    private var found: [(square: Double, place: Int32)] = []
    private var driftAtTarget: [Double]
    /// Offsets of a block's points, in units of the range; one of nothing for a point.
    private let offsets: [(u: Double, v: Double)]
    /// Mean covariance within the target.
    private let ownVariance: Double
    private let isPoint: Bool

    init(_ kriging: Kriging, support: Support) {
      self.kriging = kriging
      system = KrigingSystem(readings: kriging.neighbours, drifts: kriging.driftCount)
      driftAtTarget = [Double](repeating: 0, count: kriging.driftCount)
      driftAtTarget[0] = 1
      let model = kriging.model
      switch support {
      case .point:
        offsets = [(0, 0)]
        ownVariance = model.sill
        isPoint = true
      case .block(let side, let pointsPerSide):
        let n = max(1, pointsPerSide)
        var offsets: [(u: Double, v: Double)] = []
        for row in 0..<n {
          for column in 0..<n {
            let x = ((Double(column) + 0.5) / Double(n) - 0.5) * side
            let y = ((Double(row) + 0.5) / Double(n) - 0.5) * side
            offsets.append(kriging.frame.place(x, y))
          }
        }
        // The nugget is what differs at no distance: it averages out over a square.
        var sum = 0.0
        for a in offsets {
          for b in offsets {
            let (du, dv) = (a.u - b.u, a.v - b.v)
            sum += model.partialSill * model.correlation(squaredDistance: du * du + dv * dv)
          }
        }
        self.offsets = offsets
        ownVariance = sum / Double(offsets.count * offsets.count)
        isPoint = false
      }
    }

    /// Tells the weight of each reading of a target's neighbourhood. - Returns: How many there are; 0 without estimate.
    mutating func weights(_ target: PlanePoint, _ take: (_ entry: Int, _ reading: Int32, _ weight: Double) -> Void)
      -> Int
    {
      guard estimate(target, drift: .nan, accept: { _ in true }) != nil else { return 0 }
      let weights = system.weights(found.count, kriging.driftCount)
      for k in found.indices { take(k, found[k].place, weights[k]) }
      return found.count
    }

    mutating func estimate(_ target: PlanePoint, drift: Double, accept: (Int) -> Bool) -> Estimate? {
      let kriging = kriging
      if kriging.trend == .external, !drift.isFinite { return nil }
      let (u, v) = kriging.frame.place(target.x, target.y)
      kriging.index.nearest(kriging.neighbours, to: u, v, found: &found) { accept(Int($0)) }
      let n = found.count
      guard n > 0 else { return nil }
      fill(n, u, v)
      for i in 0..<n {
        let place = Int(found[i].place)
        system.drift(0)[i] = 1
        switch kriging.trend {
        case .constant: break
        case .plane:
          // Measured from the target, so that its own values are 0 and the sums stay small.
          system.drift(1)[i] = kriging.us[place] - u
          system.drift(2)[i] = kriging.vs[place] - v
        case .external: system.drift(1)[i] = kriging.observations.drifts[place] - drift
        }
      }
      let solution = system.solve(
        n, kriging.driftCount, driftAtTarget: driftAtTarget, variance: ownVariance)
      return solution.map { Estimate(value: $0.value, variance: $0.variance) }
    }

    /// Covariances among the readings and to the target.
    private mutating func fill(_ n: Int, _ u: Double, _ v: Double) {
      let kriging = kriging
      let model = kriging.model
      kriging.us.withUnsafeBufferPointer { us in
        kriging.vs.withUnsafeBufferPointer { vs in
          for i in 0..<n {
            let place = Int(found[i].place)
            let (ui, vi) = (us[place], vs[place])
            let row = system.row(i)
            for j in 0..<i {
              let other = Int(found[j].place)
              let (du, dv) = (ui - us[other], vi - vs[other])
              row[j] = model.partialSill * model.correlation(squaredDistance: du * du + dv * dv)
            }
            row[i] = model.sill + kriging.observations.errorVariances[place]
            system.values[i] = kriging.observations.values[place]
            var sum = 0.0
            for offset in offsets {
              let (du, dv) = (ui - u - offset.u, vi - v - offset.v)
              let square = du * du + dv * dv
              sum += model.partialSill * model.correlation(squaredDistance: square)
              if isPoint, square == 0 { sum += model.nugget }
            }
            system.covariances[i] = sum / Double(offsets.count)
          }
        }
      }
    }
  }
}
