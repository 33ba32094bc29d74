internal import Glibc
public import Grids
internal import Threads

/// Kulldorff's scan statistic over circular zones of a lattice and spans of time.
///
/// A zone is a cell and all cells whose centres lie within a whole number of steps; a cylinder is a zone during consecutive steps.
/// The most likely cluster is the cylinder with the highest log likelihood ratio; its p is the rank of that ratio among the
/// highest of replicates made under the null (Kulldorff 1997, doi:10.1080/03610929708831995; Kulldorff et al. 2005,
/// doi:10.1371/journal.pmed.0020059; Kulldorff, Huang & Konty 2009, doi:10.1186/1476-072X-8-58).
public struct ScanStatistic: Sendable {
  /// What chance does.
  public enum Model: String, CaseIterable, Hashable, Sendable {
    /// Counts fall on cells and steps in proportion to an expectation.
    case poisson
    /// Counts keep their cells and their steps, and are matched anew.
    case permutation
    /// Values are dealt anew over cells and steps; clusters are of high values.
    case normal
  }

  /// Which spans of time are looked at.
  public enum Span: String, CaseIterable, Hashable, Sendable {
    /// Those that reach the last step.
    case alive
    /// All.
    case any
  }

  public var model: Model
  public var span = Span.alive
  /// Steps of the lattice to the farthest cell of a zone.
  public var maximumRadius = 10
  /// Steps of time in a cylinder.
  public var maximumDuration = 7
  /// Share of all cells that a zone holds at most.
  public var maximumShare = 0.5
  public var replicates = 999
  public var seed: UInt64 = 1
  public var threads = 1

  public init(model: Model) { self.model = model }

  /// A cylinder with a high ratio.
  public struct Cluster: Sendable, Hashable {
    /// Slot of its centre.
    public let centre: Int
    /// Steps of the lattice.
    public let radius: Int
    /// Slots, ascending.
    public let members: [Int]
    public let steps: Range<Int>
    /// Counts in it, or for normal values their mean.
    public let observed: Double
    /// Expected counts, or for normal values the mean of all.
    public let expected: Double
    /// Log likelihood ratio.
    public let ratio: Double
    /// Rank among the replicates' highest, (1 + #≥)/(R + 1): never 0.
    public let p: Double
    /// From a Gumbel distribution fitted to the replicates' highest by moments (Abrams, Kulldorff & Kleinman 2010,
    /// doi:10.1186/1476-072X-9-61).
    public let gumbelP: Double
  }

  /// What a scan gave.
  public struct Outcome: Sendable {
    /// The most likely first, then those that share no cell with an earlier one.
    public let clusters: [Cluster]
    /// Highest ratio of each replicate, in order of number.
    public let highest: [Double]
    /// Cylinders looked at.
    public let cylinders: Int
  }

  /// - Parameters:
  ///   - cells: Strictly ascending, all of one size.
  ///   - values: `step * cells.count + slot`; counts for poisson and permutation; NaN where a normal value is missing.
  ///   - expected: The same of expectations, for poisson only; any scale.
  ///   - mostClusters: Clusters told at most.
  /// - Returns: `nil` where there is nothing to scan: no events, fewer than 3 values or all equal, cells too scattered.
  public func run(
    cells: [CellID], values: [Double], expected: [Double] = [], mostClusters: Int = 10,
    progress: (Int) -> Void = { _ in }
  ) -> Outcome? {
    guard let frame = ScanFrame(self, cells: cells, values: values, expected: expected) else { return nil }
    let (best, cylinders) = frame.scan(frame.observedCumulative, keepsAll: true)
    let batch = 16
    var highest: [Double] = []
    for first in stride(from: 0, to: replicates, by: batch) {
      highest += mapConcurrently(min(batch, replicates - first), threads: threads) { k in
        frame.scan(frame.replicate(first + k, seed: seed), keepsAll: false).best.first?.statistic ?? 0
      }
      progress(highest.count)
    }
    let ratios = highest.map(frame.ratio)
    var taken: Set<Int> = []
    var clusters: [Cluster] = []
    let n = Double(ratios.count)
    let mean = ratios.reduce(0, +) / max(1, n)
    let deviation = (ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)).squareRoot()
    let beta = deviation * 6.0.squareRoot() / .pi
    let mu = mean - 0.577_215_664_901_532_9 * beta
    for candidate in best.sorted(by: { ($1.statistic, $0.slot) < ($0.statistic, $1.slot) }) {
      guard clusters.count < mostClusters, candidate.statistic > 0 else { break }
      let members = frame.members(candidate)
      guard taken.isDisjoint(with: members) else { continue }
      taken.formUnion(members)
      let ratio = frame.ratio(candidate.statistic)
      let atLeast = ratios.count { $0 >= ratio * (1 - 1e-12) }
      let (observed, expectation) = frame.facts(candidate)
      clusters.append(
        Cluster(
          centre: candidate.slot, radius: candidate.radius, members: members, steps: frame.spans[candidate.span],
          observed: observed, expected: expectation, ratio: ratio, p: Double(1 + atLeast) / (n + 1),
          gumbelP: beta > 0 ? -expm1(-exp(-(ratio - mu) / beta)) : 1))
    }
    return Outcome(clusters: clusters, highest: ratios, cylinders: cylinders)
  }
}

/// A cylinder by its numbers, with a statistic that rises with the likelihood ratio.
private struct Candidate {
  var slot: Int
  var radius: Int
  var span: Int
  var statistic: Double
}

/// What does not change from replicate to replicate.
private struct ScanFrame: Sendable {
  let spans: [Range<Int>]
  /// The data, summed over the steps of each span.
  let observedCumulative: [Double]

  private let model: ScanStatistic.Model
  private let window: LatticeWindow
  private let n: Int
  private let steps: Int
  private let radii: Int
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
    guard n > 0, values.count % n == 0, values.count > 0,
      let window = LatticeWindow(cells: cells, margin: scan.maximumRadius + 1)
    else { return nil }
    self.window = window
    model = scan.model
    steps = values.count / n
    radii = scan.maximumRadius + 1
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
    let shape = Shape(
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
  }

  private var shape: Shape {
    Shape(window: window, n: n, steps: steps, radii: radii, halfWidths: halfWidths, spans: spans)
  }

  /// The best cylinder of each centre, or the best of all.
  func scan(_ cumulative: [Double], keepsAll: Bool) -> (best: [Candidate], cylinders: Int) {
    var best = [Candidate](
      repeating: Candidate(slot: 0, radius: 0, span: 0, statistic: 0), count: keepsAll ? n : 1)
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
            best[own] = Candidate(slot: slot, radius: radius, span: span, statistic: statistic)
          }
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

  func members(_ candidate: Candidate) -> [Int] {
    let slots = window.slots
    let position = Int(window.positions[candidate.slot])
    var members: [Int] = []
    for (number, half) in halfWidths[candidate.radius].enumerated() {
      let row = position + (number - candidate.radius) * window.stride
      for place in row - half...row + half where slots[place] >= 0 { members.append(Int(slots[place])) }
    }
    return members.sorted()
  }

  func facts(_ candidate: Candidate) -> (observed: Double, expected: Double) {
    let place = candidate.span * radii * n + candidate.radius * n + candidate.slot
    let members = members(candidate)
    let observed = members.reduce(0) { $0 + observedCumulative[candidate.span * n + $1] }
    return model == .normal ? (mean + observed / weights[place], mean) : (observed, weights[place])
  }
}

/// Sums over spans of time and over disks of the lattice.
private struct Shape {
  let window: LatticeWindow
  let n: Int
  let steps: Int
  let radii: Int
  let halfWidths: [[Int]]
  let spans: [Range<Int>]

  /// - Returns: `span * n + slot`.
  func sums(overSpans values: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: spans.count * n)
    for (number, span) in spans.enumerated() {
      // A span that begins one step before the one just summed adds that step only.
      let grows =
        number > 0 && spans[number - 1].upperBound == span.upperBound
        && spans[number - 1].lowerBound == span.lowerBound + 1
      for slot in 0..<n {
        if grows {
          sums[number * n + slot] = sums[(number - 1) * n + slot] + values[span.lowerBound * n + slot]
        } else {
          for step in span { sums[number * n + slot] += values[step * n + slot] }
        }
      }
    }
    return sums
  }

  /// Sums over the disks about every cell by running sums along rows. - Returns: `radius * n + slot`.
  func disks(_ values: [Double]) -> [Double] {
    var running = [Double](repeating: 0, count: window.size + 1)
    let dense = window.spread(values, empty: 0)
    var sum = 0.0
    for place in dense.indices {
      sum += dense[place]
      running[place + 1] = sum
    }
    var sums = [Double](repeating: 0, count: radii * n)
    let stride = window.stride
    running.withUnsafeBufferPointer { running in
      sums.withUnsafeMutableBufferPointer { sums in
        for radius in 0..<radii {
          for (number, half) in halfWidths[radius].enumerated() {
            let shift = (number - radius) * stride
            let (right, left) = (shift + half + 1, shift - half)
            for slot in 0..<n {
              let position = Int(window.positions[slot])
              sums[radius * n + slot] += running[position + right] - running[position + left]
            }
          }
        }
      }
    }
    return sums
  }
}
