internal import Glibc

/// A variogram model fitted to what readings show, by weighted least squares.
public struct VariogramFit: Sendable {
  /// Why nothing could be fitted.
  public enum Failure: String, Error, Sendable {
    case tooFewReadings = "fewer than 10 readings at different places"
    case tooFewBins = "fewer than 3 classes of distance have enough pairs"
    case noSpread = "the readings do not differ by more than their errors"
  }

  public let model: VariogramModel
  /// Weighted sum of squares of the fit.
  public let sumOfSquares: Double
  /// Classes of distance and direction behind it.
  public let bins: Int

  /// Fits nugget, partial sill and range of each shape and keeps the best.
  ///
  /// The weights are N/γ(h)² with γ of the model itself (Cressie 1985, "Fitting variogram models by weighted least
  /// squares"), found by repetition. For a given shape, range and anisotropy, nugget and partial sill follow in closed
  /// form, neither below 0; range and anisotropy are searched on a grid and then by golden section, which always ends
  /// and gives the same result everywhere.
  ///
  /// - Parameters:
  ///   - shapes: Candidates; ties go to the first.
  ///   - anisotropic: Whether directions are told apart; needs enough pairs in all four sectors, else they are not.
  public init(
    _ experimental: ExperimentalVariogram, shapes: [VariogramModel.Shape] = [.exponential, .spherical],
    anisotropic: Bool = false
  ) throws(Failure) {
    guard experimental.readings >= 10 else { throw .tooFewReadings }
    let hasSectors = anisotropic && experimental.bins.allSatisfy { $0.count >= 3 }
    let bins = hasSectors ? experimental.bins.flatMap(\.self) : experimental.overall
    guard bins.count >= 3 else { throw .tooFewBins }
    guard bins.contains(where: { $0.gamma > 0 }) else { throw .noSpread }
    let longest = bins.map(\.metres).max() ?? 1
    var best: (model: VariogramModel, cost: Double)?
    func consider(_ candidate: (model: VariogramModel, cost: Double)?) {
      guard let candidate, candidate.cost < best?.cost ?? .infinity else { return }
      best = candidate
    }
    for shape in shapes {
      consider(Self.searched(bins, shape, nil, longest))
      guard hasSectors else { continue }
      for azimuth in stride(from: 0.0, to: 180, by: 15) {
        for ratio in [0.25, 0.4, 0.55, 0.7, 0.85] {
          let anisotropy = VariogramModel.Anisotropy(azimuthDegrees: azimuth, ratio: ratio)
          consider(Self.searched(bins, shape, anisotropy, longest))
        }
      }
    }
    guard let best, best.model.sill > 0 else { throw .noSpread }
    model = best.model
    sumOfSquares = best.cost
    self.bins = bins.count
  }

  /// The best range for a shape and anisotropy.
  private static func searched(
    _ bins: [ExperimentalVariogram.Bin], _ shape: VariogramModel.Shape, _ anisotropy: VariogramModel.Anisotropy?,
    _ longest: Double
  ) -> (model: VariogramModel, cost: Double)? {
    func fit(_ logRange: Double) -> (model: VariogramModel, cost: Double)? {
      linear(bins, shape, anisotropy, range: exp(logRange))
    }
    let low = log(longest / 100)
    let high = log(longest * 3)
    let steps = 24
    var best: (step: Int, cost: Double)?
    for step in 0...steps {
      guard let found = fit(low + (high - low) * Double(step) / Double(steps)) else { continue }
      if found.cost < best?.cost ?? .infinity { best = (step, found.cost) }
    }
    guard let best else { return nil }
    let width = (high - low) / Double(steps)
    var a = low + width * Double(max(0, best.step - 1))
    var b = low + width * Double(min(steps, best.step + 1))
    let golden = (5.0.squareRoot() - 1) / 2
    for _ in 0..<40 {
      let c = b - golden * (b - a)
      let d = a + golden * (b - a)
      if fit(c)?.cost ?? .infinity <= fit(d)?.cost ?? .infinity { b = d } else { a = c }
    }
    return fit((a + b) / 2)
  }

  /// Nugget and partial sill for a given range: two-parameter least squares, both at least 0.
  private static func linear(
    _ bins: [ExperimentalVariogram.Bin], _ shape: VariogramModel.Shape, _ anisotropy: VariogramModel.Anisotropy?,
    range: Double
  ) -> (model: VariogramModel, cost: Double)? {
    let unit = VariogramModel(shape: shape, nugget: 0, partialSill: 1, rangeMetres: range, anisotropy: anisotropy)
    let rises = bins.map { bin in
      // Directions do not matter without anisotropy, and the mean vector is shorter than the mean distance.
      anisotropy == nil ? unit.gamma(dx: 0, dy: bin.metres) : unit.gamma(along: bin)
    }
    let largest = bins.map(\.gamma).max() ?? 1
    var curve = bins.map { max($0.gamma, largest * 0.01) }
    var nugget = 0.0
    var sill = 0.0
    for _ in 0..<8 {
      var (s0, s1, s2, t0, t1) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for k in bins.indices {
        let weight = Double(bins[k].pairs) / (curve[k] * curve[k])
        s0 += weight
        s1 += weight * rises[k]
        s2 += weight * rises[k] * rises[k]
        t0 += weight * bins[k].gamma
        t1 += weight * rises[k] * bins[k].gamma
      }
      let determinant = s0 * s2 - s1 * s1
      guard s0 > 0, s2 > 0 else { return nil }
      if determinant > 1e-12 * s0 * s2 {
        nugget = (t0 * s2 - t1 * s1) / determinant
        sill = (t1 * s0 - t0 * s1) / determinant
      } else {
        (nugget, sill) = (t0 / s0, 0)
      }
      if nugget < 0 { (nugget, sill) = (0, t1 / s2) }
      if sill < 0 { (nugget, sill) = (t0 / s0, 0) }
      for k in bins.indices { curve[k] = max(nugget + sill * rises[k], largest * 0.01) }
    }
    var cost = 0.0
    for k in bins.indices {
      let residual = bins[k].gamma - nugget - sill * rises[k]
      cost += Double(bins[k].pairs) * residual * residual / (curve[k] * curve[k])
    }
    guard cost.isFinite else { return nil }
    return (
      VariogramModel(
        shape: shape, nugget: max(0, nugget), partialSill: max(0, sill), rangeMetres: range, anisotropy: anisotropy),
      cost
    )
  }
}

extension VariogramModel {
  /// γ at a bin's mean distance in its mean direction.
  fileprivate func gamma(along bin: ExperimentalVariogram.Bin) -> Double {
    let length = (bin.dx * bin.dx + bin.dy * bin.dy).squareRoot()
    guard length > 0 else { return gamma(dx: 0, dy: bin.metres) }
    return gamma(dx: bin.dx / length * bin.metres, dy: bin.dy / length * bin.metres)
  }
}
