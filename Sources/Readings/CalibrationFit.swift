/// Fits one sensor: weighted least squares with Huber weights, standard errors by a jackknife over blocks of days, and
/// the errors of left-out blocks of days.
///
/// Huber (1964), doi:10.1214/aoms/1177703732; block jackknife: Künsch (1989), doi:10.1214/aos/1176347265.
struct CalibrationFit {
  let rules: CalibrationRules
  /// Predictors of each hour, five by five, and what the reference had.
  private var x: [Double] = []
  private var y: [Double] = []
  private var dayOf: [Int32] = []

  init(rules: CalibrationRules) { self.rules = rules }

  var hours: Int { y.count }

  mutating func add(_ predictors: [Double], reference: Double, day: Int32) {
    x += predictors
    y.append(reference)
    dayOf.append(day)
  }

  /// - Returns: `nil` when the hours do not determine a slope.
  func fit() -> SensorCalibration? {
    var result = SensorCalibration(status: .calibrated)
    let n = y.count
    // Days rank from 0 in order: hours come by time.
    var rank = [Int](repeating: 0, count: n)
    for k in 1..<max(1, n) { rank[k] = rank[k - 1] + (dayOf[k] == dayOf[k - 1] ? 0 : 1) }
    let days = n == 0 ? 0 : rank[n - 1] + 1
    result.hours = n
    result.days = days
    guard n >= rules.leastHours, days >= rules.leastDays else { return nil }
    // Centred and scaled columns keep the normal equations well-conditioned; a constant column is left out.
    var middle = [Double](repeating: 0, count: 5)
    var scale = [Double](repeating: 0, count: 5)
    for j in 1..<5 {
      var sum = 0.0
      for k in 0..<n { sum += x[k * 5 + j] }
      middle[j] = sum / Double(n)
      var square = 0.0
      for k in 0..<n { square += (x[k * 5 + j] - middle[j]) * (x[k * 5 + j] - middle[j]) }
      scale[j] = (square / Double(n)).squareRoot()
    }
    guard scale[1] > 1e-9 else { return nil }
    scale[0] = 1
    let used = (0..<5).filter { scale[$0] > 1e-9 }
    var z = [Double](repeating: 0, count: n * 5)
    for k in 0..<n {
      for j in used { z[k * 5 + j] = j == 0 ? 1 : (x[k * 5 + j] - middle[j]) / scale[j] }
    }
    // What the sensor's own noise adds to the squares of its column, and nothing else: errors in variables (Fuller
    // 1987, Measurement Error Models, section 1.2). Without it the slope would be drawn towards 0.
    let noise = (0..<n).map { k in
      let own = rules.sensorNoiseShare * x[k * 5 + 1] / scale[1]
      return own * own
    }
    // Errors grow with the level: half constant, half in proportion.
    let level = max(1e-9, middle[1])
    // The level is that of the hours beside: an hour's own noise must not choose its weight.
    let base = (0..<n).map { k in
      let beside = (x[max(0, k - 1) * 5 + 1] + x[min(n - 1, k + 1) * 5 + 1]) / 2
      return 1 / (level * level + beside * beside)
    }
    var weights = base
    var gamma = [Double](repeating: 0, count: 5)
    for _ in 0..<5 {
      guard let solved = Self.solve(Self.normal(z, y, weights, noise), used) else { return nil }
      gamma = solved
      var sizes = (0..<n).map { abs(y[$0] - Self.dot(gamma, z, $0)) * base[$0].squareRoot() }
      let spread = 1.4826 * Readings.middle(&sizes)
      guard spread > 0 else { break }
      for k in 0..<n {
        let size = abs(y[k] - Self.dot(gamma, z, k)) * base[k].squareRoot() / spread
        weights[k] = base[k] * (size > rules.huber ? rules.huber / size : 1)
      }
    }
    guard var clustered = leftOutCovariance(z, weights, noise, gamma, rank, days, used) else { return nil }
    // Weights held fixed move less than the robust fit would: the sum of weights over that of the slopes of Huber's
    // function, which is 0 for the hours that were held back (Huber 1973, doi:10.1214/aos/1176342503).
    var (held, free) = (0.0, 0.0)
    for k in 0..<n {
      held += weights[k]
      if weights[k] == base[k] { free += base[k] }
    }
    if free > 0 { for k in clustered.indices { clustered[k] *= (held / free) * (held / free) } }
    unscale(&result, gamma, clustered, middle, scale, used)
    rate(&result, z, weights, noise, gamma, rank, days, used)
    return result
  }

  // MARK: Parts

  /// Jackknife over blocks of days: how far the coefficients move when a block is left out.
  ///
  /// It bears errors with a memory within a block, errors that grow with the level and single days with a large pull,
  /// which make the plain formula too small.
  private func leftOutCovariance(
    _ z: [Double], _ weights: [Double], _ noise: [Double], _ gamma: [Double], _ rank: [Int], _ days: Int,
    _ used: [Int]
  ) -> [Double]? {
    let length = days >= 45 ? 5 : days >= 30 ? 3 : days >= 20 ? 2 : 1
    let blocks = (days + length - 1) / length
    let all = Self.normal(z, y, weights, noise)
    var sum = [Double](repeating: 0, count: 25)
    var start = 0
    var pulls: [Double] = []
    for block in 0..<blocks {
      var end = start
      while end < y.count, rank[end] / length == block { end += 1 }
      guard end > start else { continue }
      let own = Self.normal(z, y, weights, noise, hours: start..<end)
      start = end
      pulls.append(own.matrix[6])
      let rest = (
        matrix: zip(all.matrix, own.matrix).map { $0 - $1 }, side: zip(all.side, own.side).map { $0 - $1 }
      )
      guard let without = Self.solve(rest, used) else { return nil }
      for i in 0..<5 {
        for j in 0..<5 { sum[i * 5 + j] += (without[i] - gamma[i]) * (without[j] - gamma[j]) }
      }
    }
    // A few episodes carry most of what is known of the slope: as many blocks as these are worth, and Student's t for
    // half as many degrees of freedom (a choice: their pulls have long tails), so that two standard errors mean what they
    // do for many.
    let total = pulls.reduce(0, +)
    let worth = total * total / pulls.reduce(0) { $0 + $1 * $1 }
    let widening = Self.studentWidening(freedom: max(2, worth / 2))
    let factor = Double(blocks - 1) / Double(blocks) * widening * widening
    return sum.map { $0 * factor }
  }

  /// The 97.5 % point of Student's t over that of the normal, by the expansion of Cornish and Fisher (Abramowitz and
  /// Stegun 26.7.5).
  static func studentWidening(freedom n: Double) -> Double {
    let z = 1.959963984540054
    let (z2, z4, z6) = (z * z, z * z * z * z, z * z * z * z * z * z)
    return 1 + (z2 + 1) / (4 * n) + (5 * z4 + 16 * z2 + 3) / (96 * n * n)
      + (3 * z6 + 19 * z4 + 17 * z2 - 15) / (384 * n * n * n)
  }

  /// Back from centred and scaled columns to the model's own: beta = transform · gamma.
  private func unscale(
    _ result: inout SensorCalibration, _ gamma: [Double], _ covariance: [Double], _ middle: [Double], _ scale: [Double],
    _ used: [Int]
  ) {
    var transform = [Double](repeating: 0, count: 25)
    transform[0] = 1
    for j in used where j > 0 {
      transform[j] = -middle[j] / scale[j]
      transform[j * 6] = 1 / scale[j]
    }
    result.coefficients = (0..<5).map { i in (0..<5).reduce(0) { $0 + transform[i * 5 + $1] * gamma[$1] } }
    let turned = (0..<25).map { transform[($0 % 5) * 5 + $0 / 5] }
    result.covariance = Self.product(Self.product(transform, covariance), turned)
  }

  /// Fit and left-out errors, and how they grow with the value.
  private func rate(
    _ result: inout SensorCalibration, _ z: [Double], _ weights: [Double], _ noise: [Double], _ gamma: [Double],
    _ rank: [Int], _ days: Int, _ used: [Int]
  ) {
    let n = y.count
    let mean = y.reduce(0, +) / Double(n)
    var (rest, total) = (0.0, 0.0)
    for k in 0..<n {
      let residual = y[k] - Self.dot(gamma, z, k)
      rest += residual * residual
      total += (y[k] - mean) * (y[k] - mean)
    }
    result.r2 = total > 0 ? 1 - rest / total : .nan
    result.rmse = (rest / Double(n)).squareRoot()
    // Normal equations are sums: a fold's fit is that of all hours less its own.
    let folds = min(rules.folds, days)
    let foldOf = rank.map { $0 * folds / days }
    let all = Self.normal(z, y, weights, noise)
    var predicted = [Double](repeating: .nan, count: n)
    var start = 0
    for fold in 0..<folds {
      var end = start
      while end < n, foldOf[end] == fold { end += 1 }
      let hours = start..<end
      start = end
      let own = Self.normal(z, y, weights, noise, hours: hours)
      let rest = (
        matrix: zip(all.matrix, own.matrix).map { $0 - $1 }, side: zip(all.side, own.side).map { $0 - $1 }
      )
      guard let solved = Self.solve(rest, used) else { continue }
      for k in hours { predicted[k] = Self.dot(solved, z, k) }
    }
    let known = predicted.indices.filter { !predicted[$0].isNaN }
    guard !known.isEmpty else { return }
    let squares = known.map { (y[$0] - predicted[$0]) * (y[$0] - predicted[$0]) }
    result.leftOutRMSE = (squares.reduce(0, +) / Double(known.count)).squareRoot()
    growError(&result, known.map { max(0, predicted[$0]) }, squares)
    var byDay = [(sum: Double, count: Double)](repeating: (0, 0), count: days)
    for k in known {
      byDay[rank[k]].sum += y[k] - predicted[k]
      byDay[rank[k]].count += 1
    }
    let dayMeans = byDay.filter { $0.count >= 12 }.map { ($0.sum / $0.count) * ($0.sum / $0.count) }
    if !dayMeans.isEmpty, result.leftOutRMSE > 0 {
      result.dayShare = min(
        1, dayMeans.reduce(0, +) / Double(dayMeans.count) / (result.leftOutRMSE * result.leftOutRMSE))
    }
  }

  /// Two halves by predicted value give the constant and the proportional part of the error variance.
  private func growError(_ result: inout SensorCalibration, _ values: [Double], _ squares: [Double]) {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    let half = order.count / 2
    func means(_ part: ArraySlice<Int>) -> (level: Double, error: Double) {
      let count = Double(max(1, part.count))
      return (
        part.reduce(0) { $0 + values[$1] * values[$1] } / count, part.reduce(0) { $0 + squares[$1] } / count
      )
    }
    let (low, high) = (means(order[..<half]), means(order[half...]))
    let spread = high.level - low.level
    result.errorShare = spread > 0 ? max(0, (high.error - low.error) / spread) : 0
    let floor = low.error - result.errorShare * low.level
    if floor > 0 {
      result.errorFloor = floor
    } else {
      result.errorFloor = 0
      result.errorShare = high.level > 0 ? (low.error + high.error) / (low.level + high.level) : 0
    }
  }

  // MARK: Five by five

  private static func dot(_ gamma: [Double], _ z: [Double], _ k: Int) -> Double {
    var sum = 0.0
    for j in 0..<5 { sum += gamma[j] * z[k * 5 + j] }
    return sum
  }

  private static func normal(
    _ z: [Double], _ y: [Double], _ weights: [Double], _ noise: [Double], hours: Range<Int>? = nil
  ) -> (matrix: [Double], side: [Double]) {
    var matrix = [Double](repeating: 0, count: 25)
    var side = [Double](repeating: 0, count: 5)
    z.withUnsafeBufferPointer { z in
      for k in hours ?? y.indices where weights[k] > 0 {
        for i in 0..<5 {
          let left = weights[k] * z[k * 5 + i]
          side[i] += left * y[k]
          for j in 0...i { matrix[i * 5 + j] += left * z[k * 5 + j] }
        }
        matrix[6] -= weights[k] * noise[k]
      }
    }
    for i in 0..<5 { for j in i + 1..<5 { matrix[i * 5 + j] = matrix[j * 5 + i] } }
    return (matrix, side)
  }

  private static func solve(_ system: (matrix: [Double], side: [Double]), _ used: [Int]) -> [Double]? {
    guard let inverse = inverse(system.matrix, used) else { return nil }
    return (0..<5).map { i in (0..<5).reduce(0) { $0 + inverse[i * 5 + $1] * system.side[$1] } }
  }

  /// Gauss-Jordan on the used rows and columns; zeros elsewhere. - Returns: `nil` for a singular matrix.
  private static func inverse(_ matrix: [Double], _ used: [Int]) -> [Double]? {
    let n = used.count
    var a = [Double](repeating: 0, count: n * 2 * n)
    for i in 0..<n {
      for j in 0..<n { a[i * 2 * n + j] = matrix[used[i] * 5 + used[j]] }
      a[i * 2 * n + n + i] = 1
    }
    let size = used.map { abs(matrix[$0 * 6]) }.max() ?? 0
    for column in 0..<n {
      guard let pivot = (column..<n).max(by: { abs(a[$0 * 2 * n + column]) < abs(a[$1 * 2 * n + column]) }),
        abs(a[pivot * 2 * n + column]) > 1e-10 * size
      else { return nil }
      if pivot != column { for j in 0..<2 * n { a.swapAt(pivot * 2 * n + j, column * 2 * n + j) } }
      let divisor = a[column * 2 * n + column]
      for j in 0..<2 * n { a[column * 2 * n + j] /= divisor }
      for i in 0..<n where i != column {
        let factor = a[i * 2 * n + column]
        for j in 0..<2 * n { a[i * 2 * n + j] -= factor * a[column * 2 * n + j] }
      }
    }
    var result = [Double](repeating: 0, count: 25)
    for i in 0..<n { for j in 0..<n { result[used[i] * 5 + used[j]] = a[i * 2 * n + n + j] } }
    return result
  }

  private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: 25)
    for i in 0..<5 { for j in 0..<5 { for k in 0..<5 { result[i * 5 + j] += a[i * 5 + k] * b[k * 5 + j] } } }
    return result
  }
}
