internal import Glibc

/// How far off a first fit is, and what that makes of the weights of the rows.
struct PlumeErrors {
  /// One over the variance of each row, by used hour, then receptor; 0 where there is no value.
  let weights: [Double]
  /// Variance of the standardised errors where above 1, else 1.
  let misfit: Double
  /// Correlation of the errors of one receptor from one hour to the next, 0...0.9.
  let hourCorrelation: Double

  /// Weights from the receptors' own errors alone.
  static func first(_ design: PlumeDesign) -> [Double] {
    design.hours.flatMap { hour in
      (0..<design.receptorCount).map { receptor in
        let variance = design.variances[receptor * design.hourCount + hour]
        return variance.isNaN ? 0 : 1 / variance
      }
    }
  }

  /// Judges `coefficients` by what they leave.
  ///
  /// The noise of a row is the receptor's own, plus a share of the plume it is under, because no kernel is right; rows
  /// far off count less, as under a Student-t; the whole is widened where it is too narrow, and thinned for errors that
  /// last from hour to hour: of n values with lag-one correlation r, n(1 - r)/(1 + r) are independent.
  init(_ design: PlumeDesign, _ rows: PlumeRows, coefficients: [Double], rules: AttributionRules) {
    let receptors = design.receptorCount
    let count = design.hours.count * receptors
    var left = [Double](repeating: .nan, count: count)
    var variance = [Double](repeating: .nan, count: count)
    for (number, hour) in design.hours.enumerated() {
      for receptor in 0..<receptors {
        let row = number * receptors + receptor
        let slot = receptor * design.hourCount + hour
        guard !design.residuals[slot].isNaN else { continue }
        var plume = 0.0
        for entry in rows.entries[Int(rows.starts[row])..<Int(rows.starts[row + 1])] {
          plume += coefficients[Int(entry.column)] * entry.value
        }
        left[row] = design.residuals[slot] - plume
        let kernel = rules.kernelErrorShare * plume
        variance[row] = design.variances[slot] + kernel * kernel
      }
    }
    Self.takeOutShared(design, &left, variance, rules)
    var squares: [Double] = []
    var products = (cross: 0.0, square: 0.0)
    for row in 0..<count where !left[row].isNaN {
      let own = left[row] / variance[row].squareRoot()
      squares.append(own * own)
      guard row >= receptors, !left[row - receptors].isNaN,
        design.hours[row / receptors] == design.hours[row / receptors - 1] + 1
      else { continue }
      let before = left[row - receptors] / variance[row - receptors].squareRoot()
      // Clipped, so that one spike does not make the correlation.
      products.cross += min(3, max(-3, own)) * min(3, max(-3, before))
      products.square += min(9, own * own)
    }
    squares.sort()
    // The median of a squared standard normal is 0.4549.
    let robust = squares.isEmpty ? 1 : squares[squares.count / 2] / 0.4549
    let misfit = max(1, robust)
    self.misfit = misfit
    let correlation = products.square > 0 ? min(0.9, max(0, products.cross / products.square)) : 0
    hourCorrelation = correlation
    let thin = (1 - correlation) / (1 + correlation)
    weights = (0..<count).map { row in
      guard !left[row].isNaN else { return 0 }
      let wide = variance[row] * misfit
      let tail = (rules.tailDegrees + 1) / (rules.tailDegrees + left[row] * left[row] / wide)
      return thin * tail / wide
    }
  }

  /// Takes out of the errors what the hours' backgrounds and the receptors' gains have in common.
  private static func takeOutShared(
    _ design: PlumeDesign, _ left: inout [Double], _ variance: [Double], _ rules: AttributionRules
  ) {
    let receptors = design.receptorCount
    for _ in 0..<4 {
      for (number, hour) in design.hours.enumerated() {
        let spread = max(1, rules.backgroundShare * design.background[hour])
        var (sum, total) = (0.0, 1 / (spread * spread))
        for row in number * receptors..<(number + 1) * receptors where !left[row].isNaN {
          sum += left[row] / variance[row]
          total += 1 / variance[row]
        }
        for row in number * receptors..<(number + 1) * receptors { left[row] -= sum / total }
      }
      for receptor in 0..<receptors {
        let gain = max(0.005, design.receptorGain[receptor])
        var (sum, total) = (0.0, 1 / (gain * gain))
        for (number, hour) in design.hours.enumerated() where !left[number * receptors + receptor].isNaN {
          let row = number * receptors + receptor
          sum += left[row] * design.background[hour] / variance[row]
          total += design.background[hour] * design.background[hour] / variance[row]
        }
        for (number, hour) in design.hours.enumerated() {
          left[number * receptors + receptor] -= sum / total * design.background[hour]
        }
      }
    }
  }
}
