internal import Glibc

/// How a linear sum becomes an expectation.
public enum RegressionLink: String, Hashable, Sendable, Codable {
  /// 1 / (1 + exp(-sum)), by log loss.
  case logistic
  /// The sum itself, by half the squared error.
  case identity
}

/// A regression with a ridge and, if asked for, coefficients that cannot be negative.
///
/// Minimises (1/W) Σ w ℓ(y, a + b·x) + λ/2 Σ b², with b ≥ 0 where asked; the intercept a is free and not penalised.
/// The problem is convex. Projected Newton steps, each solved by coordinate descent on its quadratic model, with
/// Armijo's line search (Lee, Sun & Saunders 2014, doi:10.1137/130921428, without their sparsity).
public struct RegressionFit: Hashable, Sendable {
  /// On the scale of the link; free and not penalised.
  public let intercept: Double
  /// One per feature, in the order of the rows; exactly 0 for one held back by the bound.
  public let coefficients: [Double]
  /// What turns the linear sum into an expectation.
  public let link: RegressionLink
  /// `false` when steps still moved it after the last iteration, such as when finds are separated and λ is 0.
  public let isConverged: Bool

  private static let mostIterations = 60

  /// - Parameters:
  ///   - ridge: λ, not negative.
  ///   - multiplicities: How often each row counts, beside its weight; `nil` for once.
  /// - Precondition: Weights that add up to more than 0.
  public init(
    _ rows: RegressionRows, link: RegressionLink, ridge: Double, isNonNegative: Bool, multiplicities: [Double]? = nil
  ) {
    let weights = multiplicities.map { zip(rows.weights, $0).map { $0 * $1 } } ?? rows.weights
    let total = weights.reduce(0, +)
    precondition(total > 0, "a regression needs rows with weight")
    let p = rows.featureCount
    var intercept = 0.0
    if link == .logistic {
      let mean = zip(weights, rows.targets).reduce(0) { $0 + $1.0 * $1.1 } / total
      let kept = min(1 - 1e-6, max(1e-6, mean))
      intercept = log(kept / (1 - kept))
    }
    var coefficients = [Double](repeating: 0, count: p)
    var objective = RegressionFit.objective(rows, weights, total, intercept, coefficients, link, ridge)
    var isConverged = false
    for _ in 0..<RegressionFit.mostIterations {
      var model = QuadraticModel(rows, weights, total, intercept, coefficients, link, ridge)
      let step = model.step(lower: isNonNegative ? coefficients.map { -$0 } : nil)
      let slope = model.slope(step)
      if slope > -1e-13 * max(1, abs(objective)) {
        isConverged = true
        break
      }
      var length = 1.0
      while true {
        let nextIntercept = intercept + length * step[p]
        var next = coefficients
        for k in 0..<p {
          next[k] += length * step[k]
          if isNonNegative { next[k] = max(0, next[k]) }
        }
        let value = RegressionFit.objective(rows, weights, total, nextIntercept, next, link, ridge)
        if value <= objective + 1e-4 * length * slope {
          (intercept, coefficients, objective) = (nextIntercept, next, value)
          break
        }
        length /= 2
        if length < 1e-10 {
          isConverged = true
          break
        }
      }
      if isConverged { break }
    }
    self.intercept = intercept
    self.coefficients = coefficients
    self.link = link
    self.isConverged = isConverged
  }

  /// What is expected of given features.
  public func expected(_ features: [Double]) -> Double {
    var sum = intercept
    for (coefficient, value) in zip(coefficients, features) { sum += coefficient * value }
    return RegressionFit.inverse(sum, link)
  }

  func expected(_ rows: RegressionRows, row: Int) -> Double {
    RegressionFit.inverse(rows.linear(row, intercept, coefficients), link)
  }

  @inline(__always)
  static func inverse(_ sum: Double, _ link: RegressionLink) -> Double {
    link == .identity ? sum : sigmoid(sum)
  }

  @inline(__always)
  static func sigmoid(_ sum: Double) -> Double {
    sum >= 0 ? 1 / (1 + exp(-sum)) : exp(sum) / (1 + exp(sum))
  }

  private static func objective(
    _ rows: RegressionRows, _ weights: [Double], _ total: Double, _ intercept: Double, _ coefficients: [Double],
    _ link: RegressionLink, _ ridge: Double
  ) -> Double {
    var sum = 0.0
    for row in 0..<rows.count where weights[row] > 0 {
      let eta = rows.linear(row, intercept, coefficients)
      let y = rows.targets[row]
      switch link {
      case .identity: sum += weights[row] * 0.5 * (y - eta) * (y - eta)
      case .logistic: sum += weights[row] * (max(eta, 0) + log1p(exp(-abs(eta))) - y * eta)
      }
    }
    return sum / total + ridge / 2 * coefficients.reduce(0) { $0 + $1 * $1 }
  }
}

/// Gradient and Hessian at one place; the intercept is the last variable.
private struct QuadraticModel {
  private let size: Int
  private var gradient: [Double]
  private var hessian: [Double]

  init(
    _ rows: RegressionRows, _ weights: [Double], _ total: Double, _ intercept: Double, _ coefficients: [Double],
    _ link: RegressionLink, _ ridge: Double
  ) {
    let p = rows.featureCount
    size = p + 1
    gradient = [Double](repeating: 0, count: size)
    hessian = [Double](repeating: 0, count: size * size)
    for row in 0..<rows.count where weights[row] > 0 {
      let eta = rows.linear(row, intercept, coefficients)
      let mean = RegressionFit.inverse(eta, link)
      let pull = weights[row] * (mean - rows.targets[row]) / total
      let curvature = weights[row] * (link == .identity ? 1 : mean * (1 - mean)) / total
      gradient[p] += pull
      hessian[p * size + p] += curvature
      let range = rows.starts[row]..<rows.starts[row + 1]
      for a in range {
        let column = Int(rows.columns[a])
        let value = rows.values[a]
        gradient[column] += pull * value
        hessian[column * size + p] += curvature * value
        // Columns ascend within a row, so this fills the upper triangle.
        for b in a..<range.upperBound {
          hessian[column * size + Int(rows.columns[b])] += curvature * value * rows.values[b]
        }
      }
    }
    for k in 0..<p {
      gradient[k] += ridge * coefficients[k]
      hessian[k * size + k] += ridge
    }
    for a in 0..<size {
      for b in (a + 1)..<max(a + 1, size) { hessian[b * size + a] = hessian[a * size + b] }
    }
  }

  /// The least of the quadratic model by coordinate descent, each coefficient's step at least its `lower`.
  mutating func step(lower: [Double]?) -> [Double] {
    var step = [Double](repeating: 0, count: size)
    // gradient + H step, kept up to date.
    var slope = gradient
    for _ in 0..<2000 {
      var largest = 0.0
      for k in (0..<size).reversed() {
        let curvature = hessian[k * size + k]
        guard curvature > 1e-300 else { continue }
        var next = step[k] - slope[k] / curvature
        if k < size - 1, let lower { next = max(lower[k], next) }
        let move = next - step[k]
        guard move != 0 else { continue }
        step[k] = next
        for j in 0..<size { slope[j] += hessian[k * size + j] * move }
        largest = max(largest, abs(move) * curvature.squareRoot())
      }
      if largest < 1e-12 { break }
    }
    return step
  }

  func slope(_ step: [Double]) -> Double { zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 } }
}
