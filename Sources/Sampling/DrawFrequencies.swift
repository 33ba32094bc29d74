internal import Digests
internal import Glibc
internal import Threads

/// How often many draws take each unit, against the probabilities that are stated.
public struct DrawFrequencies: Sendable {
  /// One unit by the scored draw alone.
  public struct Unit: Hashable, Sendable {
    /// As in the frame.
    public let id: String
    /// Of the scored draw, as stated.
    public let inclusionProbability: Double
    /// Share of the draws that took the unit.
    public let frequency: Double
    /// (frequency - π) / √(π(1-π)/draws); `nil` for a certain unit, and for one that should be and was not taken.
    public let z: Double?
  }

  /// Draws that were made: a multiple of ``batches``.
  public let draws: Int
  /// One per unit of the frame, in canonical order.
  public let units: [Unit]
  /// Of the scored draw, the random arm and both together, in this order; the latter two only with a random arm.
  public let arms: [Arm]
  /// Draws whose number of scored units differs from the size; Poisson draws vary, the others must not.
  public let otherSizes: Int

  /// One comparison of frequencies with what is stated.
  public struct Arm: Hashable, Sendable {
    /// `scored`, `random`, or `either` for both together.
    public let name: String
    /// Units with 0 < π < 1.
    public let uncertain: Int
    /// The largest |z| of any uncertain unit.
    public let greatestZ: Double
    /// p of the greatest |z| of so many units, by Šidák; cautious where units are drawn one against another.
    public let greatestP: Double
    /// Σz²: its expectation is the number of uncertain units, whatever the design.
    public let chiSquare: Double
    /// p of Σz² by a scaled chi-square distribution with the variance seen between batches of draws, because units of one
    /// draw are not independent.
    public let chiSquareP: Double
    /// The greatest of |frequency - π| / π.
    public let greatestRelativeError: Double
  }

  /// Draws are counted in so many batches, whose scatter says how Σz² varies.
  public static let batches = 100
}

extension Frame {
  /// Repeats a draw with seeds `SEED 0`, `SEED 1`, ... and counts.
  ///
  /// - Parameter draws: A multiple of 100.
  /// - Returns: The same for any number of threads.
  public func frequencies(
    plan: DrawPlan, seed: String, draws: Int, threads: Int
  ) throws(DrawProblem) -> DrawFrequencies {
    var plain = plan
    plain.reserve = 0
    let prepared = try PreparedDraw(frame: self, plan: plain)
    let perBatch = max(1, draws / DrawFrequencies.batches)
    let batches = mapConcurrently(DrawFrequencies.batches, threads: threads) { batch in
      BatchCounts(prepared, seed: seed, numbers: batch * perBatch..<(batch + 1) * perBatch)
    }
    return DrawFrequencies(prepared, batches: batches, perBatch: perBatch)
  }
}

/// How often the draws of one batch took each unit, arm by arm.
private struct BatchCounts: Sendable {
  private(set) var scored: [Int]
  private(set) var random: [Int]
  private(set) var either: [Int]
  private(set) var otherSizes = 0

  init(_ prepared: PreparedDraw, seed: String, numbers: Range<Int>) {
    let frame = prepared.frame
    scored = [Int](repeating: 0, count: frame.units.count)
    random = scored
    either = scored
    for number in numbers {
      let text = "\(seed) \(number)"
      // Pivotal draws take no tickets, only coins.
      let usesTickets = prepared.plan.method == .pareto || prepared.plan.method == .poisson
      let tickets =
        usesTickets
        ? frame.tickets(seed: text)
        : [SHA256Digest](repeating: SHA256Digest(ofUTF8: ""), count: frame.units.count)
      let isScored = prepared.isScored(seed: text, tickets: tickets)
      var isRandom = [Bool](repeating: false, count: isScored.count)
      if prepared.plan.randomUnits > 0 {
        let order = prepared.randomOrder(prepared.randomTickets(seed: text))
        for slot in order.prefix(prepared.plan.randomUnits) { isRandom[slot] = true }
      }
      var taken = 0
      for slot in isScored.indices {
        if isScored[slot] {
          scored[slot] += 1
          taken += 1
        }
        if isRandom[slot] { random[slot] += 1 }
        if isScored[slot] || isRandom[slot] { either[slot] += 1 }
      }
      if taken != prepared.size { otherSizes += 1 }
    }
  }
}

extension DrawFrequencies {
  fileprivate init(_ prepared: PreparedDraw, batches: [BatchCounts], perBatch: Int) {
    draws = batches.count * perBatch
    otherSizes = batches.reduce(0) { $0 + $1.otherSizes }
    let count = prepared.frame.units.count
    let pi = prepared.probabilities
    func arm(_ name: String, _ pi: [Double], _ counts: (BatchCounts) -> [Int]) -> Arm {
      DrawFrequencies.arm(name, pi, batches.map(counts), perBatch: perBatch)
    }
    var arms = [arm("scored", pi) { $0.scored }]
    if prepared.plan.randomUnits > 0 {
      let share = Double(prepared.plan.randomUnits) / Double(count)
      arms.append(arm("random", [Double](repeating: share, count: count)) { $0.random })
      arms.append(arm("either", pi.map { 1 - (1 - share) * (1 - $0) }) { $0.either })
    }
    self.arms = arms
    let total = (0..<count).map { slot in batches.reduce(0) { $0 + $1.scored[slot] } }
    let draws = Double(self.draws)
    units = (0..<count).map { slot in
      let frequency = Double(total[slot]) / draws
      return Unit(
        id: prepared.frame.units[slot].id, inclusionProbability: pi[slot], frequency: frequency,
        z: pi[slot] < 1 ? (frequency - pi[slot]) / (pi[slot] * (1 - pi[slot]) / draws).squareRoot() : nil)
    }
  }

  private static func arm(_ name: String, _ pi: [Double], _ counts: [[Int]], perBatch: Int) -> Arm {
    let uncertain = pi.indices.filter { pi[$0] < 1 }
    func sumOfSquares(_ taken: (Int) -> Int, _ draws: Double) -> (sum: Double, greatest: Double, error: Double) {
      var (sum, greatest, error) = (0.0, 0.0, 0.0)
      for slot in uncertain {
        let difference = Double(taken(slot)) / draws - pi[slot]
        let z = difference / (pi[slot] * (1 - pi[slot]) / draws).squareRoot()
        sum += z * z
        greatest = max(greatest, abs(z))
        error = max(error, abs(difference) / pi[slot])
      }
      return (sum, greatest, error)
    }
    let whole = sumOfSquares({ slot in counts.reduce(0) { $0 + $1[slot] } }, Double(counts.count * perBatch))
    let ofBatches = counts.map { batch in sumOfSquares({ batch[$0] }, Double(perBatch)).sum }
    let mean = ofBatches.reduce(0, +) / Double(ofBatches.count)
    let variance = ofBatches.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ofBatches.count - 1)
    let expected = Double(uncertain.count)
    let tail = max(erfc(whole.greatest / 2.0.squareRoot()), .leastNonzeroMagnitude)
    return Arm(
      name: name, uncertain: uncertain.count, greatestZ: whole.greatest, greatestP: -expm1(expected * log1p(-tail)),
      chiSquare: whole.sum,
      chiSquareP: variance > 0 && expected > 0
        ? chiSquareTail(whole.sum / expected, freedom: 2 * expected * expected / variance) : 1,
      greatestRelativeError: whole.error)
  }

  /// Upper tail of a mean square by the cube-root approximation of Wilson & Hilferty (1931), doi:10.1073/pnas.17.12.684.
  private static func chiSquareTail(_ meanSquare: Double, freedom: Double) -> Double {
    let step = 2 / (9 * freedom)
    let z = (cbrt(meanSquare) - (1 - step)) / step.squareRoot()
    return 0.5 * erfc(z / 2.0.squareRoot())
  }
}
