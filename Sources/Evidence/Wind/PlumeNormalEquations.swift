internal import Glibc

/// XᵀWX and XᵀWy of a design with the errors that receptors share taken out.
///
/// Value minus background = plumes + an error of the hour's background, common to all receptors + a gain error of the
/// receptor times the background + noise. The first two errors are normal with known spread; integrating them out is a
/// Schur complement: hours are eliminated one by one, then receptors together.
struct PlumeNormalEquations {
  let products: [Double]
  let moments: [Double]

  /// - Parameters:
  ///   - weights: One over the variance of the noise, by used hour, then receptor; 0 leaves the row out.
  ///   - backgroundShare: Standard deviation of the hour's error as a share of the background.
  init(_ design: PlumeDesign, _ rows: PlumeRows, weights: [Double], backgroundShare: Double) {
    let columns = design.columns.count
    // The last column is y.
    let width = columns + 1
    let receptors = design.receptorCount
    var s = [Double](repeating: 0, count: width * width)
    var z = [Double](repeating: 0, count: receptors * width)
    var gains = [Double](repeating: 0, count: receptors * receptors)
    var v = [Double](repeating: 0, count: width)
    var isTouched = [Bool](repeating: false, count: width)
    var touched: [Int] = []
    var shared = [Double](repeating: 0, count: receptors)
    for (number, hour) in design.hours.enumerated() {
      let background = design.background[hour]
      let spread = max(1, backgroundShare * background)
      var total = 1 / (spread * spread)
      touched.removeAll(keepingCapacity: true)
      for receptor in 0..<receptors {
        let row = number * receptors + receptor
        let weight = weights[row]
        shared[receptor] = weight * background
        guard weight > 0 else { continue }
        let y = design.residuals[receptor * design.hourCount + hour]
        total += weight
        gains[receptor * receptors + receptor] += weight * background * background
        let slice = Int(rows.starts[row])..<Int(rows.starts[row + 1])
        for a in slice {
          let (column, value) = (Int(rows.entries[a].column), rows.entries[a].value)
          let weighted = weight * value
          if !isTouched[column] {
            isTouched[column] = true
            touched.append(column)
          }
          v[column] += weighted
          z[receptor * width + column] += weighted * background
          s[column * width + columns] += weighted * y
          for b in a..<slice.upperBound {
            let other = Int(rows.entries[b].column)
            s[min(column, other) * width + max(column, other)] += weighted * rows.entries[b].value
          }
        }
        v[columns] += weight * y
        z[receptor * width + columns] += weight * y * background
        s[columns * width + columns] += weight * y * y
      }
      touched.append(columns)
      for a in touched {
        let share = v[a] / total
        for b in touched where b >= a { s[a * width + b] -= share * v[b] }
      }
      for receptor in 0..<receptors where shared[receptor] > 0 {
        let share = shared[receptor] / total
        for a in touched { z[receptor * width + a] -= share * v[a] }
        for other in 0..<receptors { gains[receptor * receptors + other] -= share * shared[other] }
      }
      for a in touched {
        v[a] = 0
        isTouched[a] = false
      }
    }
    for receptor in 0..<receptors {
      let gain = max(0.005, design.receptorGain[receptor])
      gains[receptor * receptors + receptor] += 1 / (gain * gain)
    }
    Self.eliminate(&gains, &z, receptors, width)
    var products = [Double](repeating: 0, count: columns * columns)
    var moments = [Double](repeating: 0, count: columns)
    for receptor in 0..<receptors {
      let start = receptor * width
      for a in 0..<columns where z[start + a] != 0 {
        let own = z[start + a]
        for b in a..<width { s[a * width + b] -= own * z[start + b] }
      }
    }
    for a in 0..<columns {
      moments[a] = s[a * width + columns]
      for b in a..<columns {
        products[a * columns + b] = s[a * width + b]
        products[b * columns + a] = s[a * width + b]
      }
    }
    self.products = products
    self.moments = moments
  }

  /// Replaces `z` by L⁻¹ z, where L Lᵀ is the Cholesky factorisation of `m`.
  private static func eliminate(_ m: inout [Double], _ z: inout [Double], _ n: Int, _ width: Int) {
    for k in 0..<n {
      for j in 0..<k {
        let factor = m[k * n + j]
        guard factor != 0 else { continue }
        for column in 0..<width { z[k * width + column] -= factor * z[j * width + column] }
      }
      // Positive by construction; the guard is for rounding.
      let root = max(m[k * n + k], 1e-12).squareRoot()
      for column in 0..<width { z[k * width + column] /= root }
      m[k * n + k] = root
      for i in k + 1..<max(n, k + 1) { m[i * n + k] /= root }
      for j in k + 1..<max(n, k + 1) {
        let factor = m[j * n + k]
        guard factor != 0 else { continue }
        for i in j..<n { m[i * n + j] -= factor * m[i * n + k] }
      }
    }
  }
}
