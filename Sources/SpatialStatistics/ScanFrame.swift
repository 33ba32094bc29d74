internal import Glibc
internal import Grids
internal import Randomness

/// A cylinder by its numbers, with a statistic that rises with the likelihood ratio.
struct ScanCandidate {
  var slot: Int
  var radius: Int
  /// Places of a flexible window that are in it; 0 for a circle.
  var chosen: UInt32 = 0
  var span: Int
  var statistic: Double
}

/// What does not change from replicate to replicate.
struct ScanFrame: Sendable {
  let spans: [Range<Int>]
  /// The data, summed over the steps of each span.
  let observedCumulative: [Double]

  private let model: ScanStatistic.Model
  private let window: LatticeWindow
  private let n: Int
  private let steps: Int
  private let radii: Int
  /// Cells of a flexible window; `nil` for circles.
  private let flexible: FlexibleWindow?
  /// Per span and slot, the least data that make a cell raised; for flexible windows.
  private let thresholds: [Double]
  /// Half widths of the rows of each zone: `halfWidths[radius][row + radius]`.
  private let halfWidths: [[Int]]
  private let mostCells: Int
  /// Per span, radius and slot: expected counts, or the number of values. 0 where a zone is too large.
  private let weights: [Double]
  /// All counts, or the number of values.
  private let total: Double
  private let mean: Double
  private let variance: Double
  /// Events or values to be dealt: where they are, and for values what they are.
  private let places: [Int32]
  private let dealt: [Double]
  /// Cumulated expectation over places, for drawing.
  private let cumulated: [Double]

  init?(_ scan: ScanStatistic, cells: [CellID], values: [Double], expected: [Double]) {
    n = cells.count
    var (level, reach) = (1.0, scan.maximumRadius)
    switch scan.zones {
    case .circular: flexible = nil
    case .flexible(let nearest, let asked):
      let own = FlexibleWindow(nearest: nearest)
      flexible = own
      (level, reach) = (asked, own.reach)
    }
    guard n > 0, values.count % n == 0, values.count > 0, let window = LatticeWindow(cells: cells, margin: reach + 1)
    else { return nil }
    self.window = window
    model = scan.model
    steps = values.count / n
    // A flexible zone is made of single cells.
    let radii = flexible == nil ? scan.maximumRadius + 1 : 1
    self.radii = radii
    mostCells = max(1, Int(scan.maximumShare * Double(n)))
    let all = values.count / n
    let duration = min(scan.maximumDuration, all)
    switch scan.span {
    // Longer ones after shorter, so that each adds one step to the one before.
    case .alive: spans = (1...duration).map { all - $0..<all }
    case .any: spans = (0..<all).flatMap { last in (1...min(duration, last + 1)).map { last + 1 - $0..<last + 1 } }
    }
    halfWidths = (0..<radii).map { radius in
      (-radius...radius).map { row in Int(Double(radius * radius - row * row).squareRoot()) }
    }
    var (sum, count, squares) = (0.0, 0.0, 0.0)
    for value in values where !value.isNaN {
      sum += value
      count += 1
    }
    switch scan.model {
    case .poisson, .permutation:
      guard sum > 0 else { return nil }
      total = sum
      (mean, variance) = (0, 0)
      var places: [Int32] = []
      for (place, value) in values.enumerated() where value > 0 {
        for _ in 0..<Int(value) { places.append(Int32(place)) }
      }
      self.places = places
      dealt = []
    case .normal:
      guard count >= 3 else { return nil }
      let middle = sum / count
      for value in values where !value.isNaN { squares += (value - middle) * (value - middle) }
      guard squares > 1e-18 * count * max(1, middle * middle) else { return nil }
      total = count
      mean = middle
      variance = squares / count
      places = values.indices.filter { !values[$0].isNaN }.map { Int32($0) }
      dealt = places.map { values[Int($0)] - middle }
    }
    // Expectation of every cell and step, or 1 where there is a value.
    var expectation = [Double](repeating: 0, count: values.count)
    switch scan.model {
    case .poisson:
      guard expected.count == values.count else { return nil }
      let whole = expected.reduce(0) { $0 + max(0, $1) }
      guard whole > 0 else { return nil }
      for place in expected.indices { expectation[place] = max(0, expected[place]) / whole * total }
    case .permutation:
      var ofCell = [Double](repeating: 0, count: n)
      var ofStep = [Double](repeating: 0, count: steps)
      for place in values.indices {
        ofCell[place % n] += values[place]
        ofStep[place / n] += values[place]
      }
      for place in values.indices { expectation[place] = ofCell[place % n] * ofStep[place / n] / total }
    case .normal: for place in places { expectation[Int(place)] = 1 }
    }
    var running = 0.0
    cumulated =
      scan.model == .poisson
      ? expectation.map {
        running += $0
        return running
      } : []
    let shape = ScanShape(
      window: window, n: n, steps: steps, radii: radii, halfWidths: halfWidths, spans: spans)
    let middle = mean
    observedCumulative = shape.sums(
      overSpans: scan.model == .normal ? values.map { $0.isNaN ? 0 : $0 - middle } : values)
    let present = shape.disks([Double](repeating: 1, count: n))
    let ofSpans = shape.sums(overSpans: expectation)
    var weights = [Double](repeating: 0, count: spans.count * radii * n)
    for span in spans.indices {
      let disks = shape.disks(Array(ofSpans[span * n..<(span + 1) * n]))
      for place in 0..<radii * n where present[place] <= Double(mostCells) {
        weights[span * radii * n + place] = disks[place]
      }
    }
    self.weights = weights
    let (deviation, quantile) = (variance.squareRoot(), level < 1 ? Significance.normalQuantile(upperTail: level) : -40)
    thresholds =
      flexible == nil
      ? []
      : ofSpans.map {
        Self.threshold(model: scan.model, expected: $0, deviation: deviation, level: level, quantile: quantile)
      }
  }

  /// The least count or sum above expectation whose one-sided p is below a level.
  ///
  /// - Parameter expected: Expected count, or the number of values in the sum.
  private static func threshold(
    model: ScanStatistic.Model, expected: Double, deviation: Double, level: Double, quantile: Double
  ) -> Double {
    guard expected > 0 else { return .infinity }
    guard model != .normal else {
      return quantile * deviation * expected.squareRoot()
    }
    guard expected < 600 else { return expected + quantile * expected.squareRoot() }
    // P(X > c) + P(X = c) / 2, from 0 upwards.
    var (count, term) = (0.0, exp(-expected))
    var above = 1 - term
    while above + term / 2 >= level, count < 10_000 {
      count += 1
      term *= expected / count
      above = max(0, above - term)
    }
    return max(count, expected.nextUp)
  }

  private var shape: ScanShape {
    ScanShape(window: window, n: n, steps: steps, radii: radii, halfWidths: halfWidths, spans: spans)
  }

  /// The best cylinder of each centre, or the best of all.
  func scan(_ cumulative: [Double], keepsAll: Bool) -> (best: [ScanCandidate], cylinders: Int) {
    if let flexible { return scan(cumulative, flexible, keepsAll: keepsAll) }
    var best = [ScanCandidate](
      repeating: ScanCandidate(slot: 0, radius: 0, span: 0, statistic: 0), count: keepsAll ? n : 1)
    var cylinders = 0
    for span in spans.indices {
      let disks = shape.disks(Array(cumulative[span * n..<(span + 1) * n]))
      let base = span * radii * n
      for radius in 0..<radii {
        for slot in 0..<n {
          let weight = weights[base + radius * n + slot]
          guard weight > 0, weight < total else { continue }
          cylinders += 1
          let own = keepsAll ? slot : 0
          let statistic = statistic(disks[radius * n + slot], weight, above: best[own].statistic)
          if statistic > best[own].statistic {
            best[own] = ScanCandidate(slot: slot, radius: radius, span: span, statistic: statistic)
          }
        }
      }
    }
    return (best, cylinders)
  }

  /// Flexible zones: connected sets of raised cells about every raised cell.
  private func scan(
    _ cumulative: [Double], _ flexible: FlexibleWindow, keepsAll: Bool
  ) -> (best: [ScanCandidate], cylinders: Int) {
    var best = [ScanCandidate](
      repeating: ScanCandidate(slot: 0, radius: 0, span: 0, statistic: 0), count: keepsAll ? n : 1)
    var cylinders = 0
    let shifts = flexible.offsets.map { $0.row * window.stride + $0.column }
    var search = FlexibleSearch(window: flexible, total: total, mostCells: mostCells)
    for span in spans.indices {
      let base = span * n
      // Slots of the raised cells, so that a quiet neighbourhood costs nothing but the look.
      var raised = [Int32](repeating: -1, count: window.size)
      var centres: [Int] = []
      for slot in 0..<n where cumulative[base + slot] >= thresholds[base + slot] && weights[base + slot] > 0 {
        guard model == .normal ? cumulative[base + slot] > 0 : cumulative[base + slot] > weights[base + slot] else {
          continue
        }
        raised[Int(window.positions[slot])] = Int32(slot)
        centres.append(slot)
      }
      for slot in centres {
        let position = Int(window.positions[slot])
        search.begin()
        for (place, shift) in shifts.enumerated() {
          let other = Int(raised[position + shift])
          if other >= 0 { search.add(place, data: cumulative[base + other], weight: weights[base + other]) }
        }
        let own = keepsAll ? slot : 0
        let found = search.run(above: best[own].statistic) { statistic($0, $1, above: $2) }
        cylinders += found.sets
        if found.statistic > best[own].statistic {
          best[own] = ScanCandidate(
            slot: slot, radius: 0, chosen: found.chosen, span: span, statistic: found.statistic)
        }
      }
    }
    return (best, cylinders)
  }

  /// Rises with the likelihood ratio: the ratio itself for counts, the explained sum of squares for values.
  ///
  /// - Parameter above: Anything smaller may be given as 0.
  @inline(__always)
  private func statistic(_ observed: Double, _ weight: Double, above: Double) -> Double {
    if model == .normal {
      return observed > 0 ? observed * observed * total / (weight * (total - weight)) : 0
    }
    let excess = observed - weight
    guard excess > 0 else { return 0 }
    // The divergence of two Bernoulli distributions is at most χ²: no logarithm for what cannot win.
    guard excess * excess * total > above * weight * (total - weight) else { return 0 }
    let rest = total - observed
    return observed * log(observed / weight) + (rest > 0 ? rest * log(rest / (total - weight)) : 0)
  }

  /// The log likelihood ratio behind a statistic.
  func ratio(_ statistic: Double) -> Double {
    guard model == .normal else { return statistic }
    // N ln(σ0/σZ) with σZ² = σ0² - explained/N.
    let left = variance - statistic / total
    return left > 0 ? total / 2 * log(variance / left) : .infinity
  }

  /// Data as chance would have it, summed over spans.
  func replicate(_ number: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, slot: -8, replicate: number)
    var values = [Double](repeating: 0, count: n * steps)
    switch model {
    case .poisson:
      let whole = cumulated.last ?? 0
      for _ in places {
        let wanted = stream.unit() * whole
        var (low, high) = (0, cumulated.count - 1)
        while low < high {
          let middle = (low + high) / 2
          if cumulated[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        values[low] += 1
      }
    case .permutation:
      var times = places.map { Int32(Int($0) / n) }
      for k in Swift.stride(from: times.count - 1, to: 0, by: -1) {
        times.swapAt(k, Int(stream.number(below: UInt64(k + 1))))
      }
      for (place, time) in zip(places, times) { values[Int(time) * n + Int(place) % n] += 1 }
    case .normal:
      var shuffled = dealt
      for k in Swift.stride(from: shuffled.count - 1, to: 0, by: -1) {
        shuffled.swapAt(k, Int(stream.number(below: UInt64(k + 1))))
      }
      for (place, value) in zip(places, shuffled) { values[Int(place)] = value }
    }
    return shape.sums(overSpans: values)
  }

  func members(_ candidate: ScanCandidate) -> [Int] {
    let slots = window.slots
    let position = Int(window.positions[candidate.slot])
    if let flexible {
      return flexible.offsets.enumerated().filter { candidate.chosen >> UInt32($0.offset) & 1 == 1 }
        .map { Int(slots[position + $0.element.row * window.stride + $0.element.column]) }.sorted()
    }
    var members: [Int] = []
    for (number, half) in halfWidths[candidate.radius].enumerated() {
      let row = position + (number - candidate.radius) * window.stride
      for place in row - half...row + half where slots[place] >= 0 { members.append(Int(slots[place])) }
    }
    return members.sorted()
  }

  /// In steps of the lattice.
  func radius(_ candidate: ScanCandidate) -> Double {
    guard let flexible else { return Double(candidate.radius) }
    return flexible.offsets.enumerated().filter { candidate.chosen >> UInt32($0.offset) & 1 == 1 }
      .map { Double($0.element.row * $0.element.row + $0.element.column * $0.element.column).squareRoot() }.max() ?? 0
  }

  /// Counts and expectation in it, or its mean and that of all.
  func facts(_ candidate: ScanCandidate) -> (observed: Double, expected: Double) {
    let members = members(candidate)
    let base = candidate.span * radii * n
    let weight =
      flexible == nil
      ? weights[base + candidate.radius * n + candidate.slot] : members.reduce(0) { $0 + weights[base + $1] }
    let observed = members.reduce(0) { $0 + observedCumulative[candidate.span * n + $1] }
    return model == .normal ? (mean + observed / weight, mean) : (observed, weight)
  }
}
