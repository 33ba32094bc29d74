import Evaluation
import TestSupport
import Testing

@Suite struct RegressionFitTests {
  @Test func `free logistic coefficients are those of scikit-learn, bounded ones those of SciPy`() throws {
    for reference in try EvaluationReference.load().logistic {
      var rows = RegressionRows(featureCount: reference.free.count)
      for k in reference.y.indices {
        rows.append(reference.x[k], target: reference.y[k], weight: reference.w[k])
      }
      let free = RegressionFit(rows, link: .logistic, ridge: reference.ridge, isNonNegative: false)
      let bounded = RegressionFit(rows, link: .logistic, ridge: reference.ridge, isNonNegative: true)
      #expect(free.isConverged && bounded.isConverged)
      // L-BFGS stops at a gradient of about 1e-8; with curvatures near 0.01 that is 1e-5 in a coefficient.
      for (own, peer) in zip(free.coefficients + [free.intercept], reference.free + [reference.freeIntercept]) {
        #expect(abs(own - peer) < 1e-5, "\(own) \(peer)")
      }
      for (own, peer) in zip(
        bounded.coefficients + [bounded.intercept], reference.bounded + [reference.boundedIntercept])
      {
        #expect(abs(own - peer) < 2e-4, "\(own) \(peer)")
      }
      #expect(bounded.coefficients.allSatisfy { $0 >= 0 })
    }
  }

  @Test func `bounded least squares are those of SciPy's nnls`() throws {
    for reference in try EvaluationReference.load().linear {
      var rows = RegressionRows(featureCount: reference.bounded.count)
      for k in reference.y.indices { rows.append(reference.x[k], target: reference.y[k]) }
      let fit = RegressionFit(rows, link: .identity, ridge: reference.ridge, isNonNegative: true)
      for (own, peer) in zip(fit.coefficients + [fit.intercept], reference.bounded + [reference.boundedIntercept]) {
        #expect(abs(own - peer) < 1e-8, "\(own) \(peer)")
      }
    }
  }

  @Test func `a row that counts twice is the row given twice`() {
    var numbers = TestNumbers(3)
    var once = RegressionRows(featureCount: 3)
    var twice = RegressionRows(featureCount: 3)
    var counts: [Double] = []
    for k in 0..<80 {
      let features = (0..<3).map { _ in numbers.uniform() < 0.5 ? 0 : numbers.uniform() }
      let target = numbers.uniform() < 0.2 + 0.5 * features[0] ? 1.0 : 0
      once.append(features, target: target)
      counts.append(Double(k % 3))
      for _ in 0..<(k % 3) { twice.append(features, target: target) }
    }
    let a = RegressionFit(once, link: .logistic, ridge: 0.01, isNonNegative: true, multiplicities: counts)
    let b = RegressionFit(twice, link: .logistic, ridge: 0.01, isNonNegative: true)
    for (x, y) in zip(a.coefficients, b.coefficients) { #expect(abs(x - y) < 1e-9) }
  }

  @Test func `a feature that never occurs has no weight, and no feature leaves the mean`() {
    var rows = RegressionRows(featureCount: 1)
    for k in 0..<10 { rows.append([0], target: k < 3 ? 1 : 0) }
    let fit = RegressionFit(rows, link: .logistic, ridge: 0, isNonNegative: true)
    #expect(fit.coefficients == [0])
    #expect(abs(fit.expected([5]) - 0.3) < 1e-9)
  }
}
