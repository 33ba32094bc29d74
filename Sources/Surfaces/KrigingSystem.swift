/// The linear system of one neighbourhood, solved in place; one per thread, used again and again.
///
/// Covariance form of universal kriging (Chilès & Delfiner 2012, section 3.4; Cressie 1993, 3.4.5): with C = L Lᵀ the
/// covariances of the readings (error variances on the diagonal), c0 those to the target, F the drift functions and
/// f0 their values at the target,
///
///     β = (FᵀC⁻¹F)⁻¹ FᵀC⁻¹z,  ẑ = c0ᵀC⁻¹(z - Fβ) + f0ᵀβ,
///     σ² = C00 - c0ᵀC⁻¹c0 + (f0 - FᵀC⁻¹c0)ᵀ (FᵀC⁻¹F)⁻¹ (f0 - FᵀC⁻¹c0).
///
/// With a constant as the only drift function it is ordinary kriging, equal to the form with γ and a multiplier.
struct KrigingSystem: ~Copyable {
  /// What a solution needs beside the estimate.
  struct Solution {
    var value: Double
    var variance: Double
    /// Readings that the others determine already and that were left out.
    var redundant: Int
    /// Drift functions that are constant combinations of others here and were left out.
    var droppedDrifts: Int
  }

  private let most: Int
  private let mostDrifts: Int
  /// Lower triangle of L by rows, `most` wide.
  private let l: UnsafeMutablePointer<Double>
  /// L⁻¹ of the right-hand sides: values, covariances to the target, drift functions; `most` long each.
  private let columns: UnsafeMutablePointer<Double>
  private let a: UnsafeMutablePointer<Double>
  private let small: UnsafeMutablePointer<Double>
  private let isUsed: UnsafeMutablePointer<Bool>

  /// - Parameters:
  ///   - readings: Most of one neighbourhood.
  ///   - drifts: Drift functions, the constant included.
  init(readings: Int, drifts: Int) {
    most = max(1, readings)
    mostDrifts = max(1, drifts)
    l = .allocate(capacity: most * most)
    columns = .allocate(capacity: most * (2 + mostDrifts))
    a = .allocate(capacity: mostDrifts * mostDrifts)
    small = .allocate(capacity: 3 * mostDrifts)
    isUsed = .allocate(capacity: most)
  }

  deinit {
    l.deallocate()
    columns.deallocate()
    a.deallocate()
    small.deallocate()
    isUsed.deallocate()
  }

  /// Row `i` of the covariance matrix up to and including the diagonal, to be filled before `solve`.
  @inline(__always)
  func row(_ i: Int) -> UnsafeMutablePointer<Double> { l + i * most }
  @inline(__always)
  var values: UnsafeMutablePointer<Double> { columns }
  @inline(__always)
  var covariances: UnsafeMutablePointer<Double> { columns + most }
  /// Values of drift function `k` at the readings.
  @inline(__always)
  func drift(_ k: Int) -> UnsafeMutablePointer<Double> { columns + (2 + k) * most }

  /// - Parameters:
  ///   - n: Readings.
  ///   - p: Drift functions; the first is the constant 1.
  ///   - driftAtTarget: f0.
  ///   - variance: C00.
  /// - Returns: `nil` when not even one reading and the constant are left.
  mutating func solve(_ n: Int, _ p: Int, driftAtTarget: [Double], variance: Double) -> Solution? {
    var redundant = 0
    for i in 0..<n {
      let rowI = row(i)
      var diagonal = rowI[i]
      let whole = diagonal
      for j in 0..<i where isUsed[j] {
        let rowJ = row(j)
        var sum = rowI[j]
        for k in 0..<j { sum -= rowI[k] * rowJ[k] }
        rowI[j] = sum / rowJ[j]
        diagonal -= rowI[j] * rowI[j]
      }
      isUsed[i] = diagonal > whole * 1e-10
      if isUsed[i] {
        rowI[i] = diagonal.squareRoot()
      } else {
        // A row of zeros takes the reading out of every later sum.
        redundant += 1
        for k in 0...i { rowI[k] = 0 }
      }
      for j in 0..<i where !isUsed[j] { rowI[j] = 0 }
    }
    guard redundant < n else { return nil }
    for column in 0..<(2 + p) {
      let x = columns + column * most
      for i in 0..<n {
        guard isUsed[i] else {
          x[i] = 0
          continue
        }
        let rowI = row(i)
        var sum = x[i]
        for k in 0..<i { sum -= rowI[k] * x[k] }
        x[i] = sum / rowI[i]
      }
    }
    // (FᵀC⁻¹F) β = FᵀC⁻¹z and the same matrix with d = f0 - FᵀC⁻¹c0, by Cholesky with dependent functions left out.
    let beta = small
    let d = small + mostDrifts
    let solved = small + 2 * mostDrifts
    for i in 0..<p {
      for j in 0...i { a[i * mostDrifts + j] = dot(drift(i), drift(j), n) }
      beta[i] = dot(drift(i), values, n)
      d[i] = driftAtTarget[i] - dot(drift(i), covariances, n)
      solved[i] = d[i]
    }
    var dropped = 0
    for i in 0..<p {
      var diagonal = a[i * mostDrifts + i]
      let whole = diagonal
      for j in 0..<i {
        let pivot = a[j * mostDrifts + j]
        var sum = a[i * mostDrifts + j]
        for k in 0..<j { sum -= a[i * mostDrifts + k] * a[j * mostDrifts + k] }
        a[i * mostDrifts + j] = pivot > 0 ? sum / pivot : 0
        diagonal -= a[i * mostDrifts + j] * a[i * mostDrifts + j]
      }
      let isIndependent = whole > 0 && diagonal > whole * 1e-8
      a[i * mostDrifts + i] = isIndependent ? diagonal.squareRoot() : 0
      if !isIndependent {
        guard i > 0 else { return nil }
        dropped += 1
      }
      for vector in [beta, solved] {
        var sum = vector[i]
        for k in 0..<i { sum -= a[i * mostDrifts + k] * vector[k] }
        vector[i] = isIndependent ? sum / a[i * mostDrifts + i] : 0
      }
    }
    var driftVariance = 0.0
    for i in 0..<p { driftVariance += solved[i] * solved[i] }
    // Back substitution for β.
    for i in stride(from: p - 1, through: 0, by: -1) {
      let pivot = a[i * mostDrifts + i]
      guard pivot > 0 else {
        beta[i] = 0
        continue
      }
      var sum = beta[i]
      for k in (i + 1)..<max(i + 1, p) { sum -= a[k * mostDrifts + i] * beta[k] }
      beta[i] = sum / pivot
    }
    var value = dot(covariances, values, n)
    for i in 0..<p { value += d[i] * beta[i] }
    let left = variance - dot(covariances, covariances, n) + driftVariance
    return Solution(value: value, variance: max(0, left), redundant: redundant, droppedDrifts: dropped)
  }

  /// Turns the system that `solve` left behind into the weight of each reading, ẑ = Σ λ z, written into `covariances`.
  ///
  /// λ = L⁻ᵀ (L⁻¹c0 + L⁻¹F g) with g = (FᵀC⁻¹F)⁻¹ d; a reading that was left out has weight 0.
  func weights(_ n: Int, _ p: Int) -> UnsafeMutablePointer<Double> {
    let g = small + 2 * mostDrifts
    for i in stride(from: p - 1, through: 0, by: -1) {
      let pivot = a[i * mostDrifts + i]
      guard pivot > 0 else {
        g[i] = 0
        continue
      }
      var sum = g[i]
      for k in (i + 1)..<max(i + 1, p) { sum -= a[k * mostDrifts + i] * g[k] }
      g[i] = sum / pivot
    }
    let weights = covariances
    for i in 0..<n { for k in 0..<p { weights[i] += g[k] * drift(k)[i] } }
    for i in stride(from: n - 1, through: 0, by: -1) {
      guard isUsed[i] else {
        weights[i] = 0
        continue
      }
      let own = weights[i] / row(i)[i]
      weights[i] = own
      let rowI = row(i)
      for k in 0..<i { weights[k] -= rowI[k] * own }
    }
    return weights
  }

  @inline(__always)
  private func dot(_ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ n: Int) -> Double {
    var sum = 0.0
    for k in 0..<n { sum += x[k] * y[k] }
    return sum
  }
}
