internal import Digests

/// The number by which a fixed-size draw orders its units: [u/(1-u)] / [π/(1-π)], smallest first.
///
/// Pareto sampling, Rosén (1997), doi:10.1016/S0378-3758(96)00186-3. With the ticket t = u·2²⁵⁶ and the double π = m/d it
/// is the fraction t(d - m) / ((2²⁵⁶ - t)m) of two whole numbers, compared by cross-multiplication.
struct ParetoRank {
  private let ticket: SHA256Digest
  private let probability: Double
  /// The fraction, rounded, for tickets away from both ends; its relative error is below 1e-9.
  private let approximation: Double?

  /// - Precondition: 0 < `probability` < 1.
  init(ticket: SHA256Digest, probability: Double) {
    precondition(probability > 0 && probability < 1, "a certain unit has no rank")
    self.ticket = ticket
    self.probability = probability
    var leading: UInt64 = 0
    for place in 0..<8 { leading = leading << 8 | UInt64(ticket.bytes[place]) }
    let u = Double(leading) / 18_446_744_073_709_551_616.0
    approximation = u > 1e-6 && u < 1 - 1e-6 ? u / (1 - u) * ((1 - probability) / probability) : nil
  }

  var numerator: WideUnsigned {
    let (m, exponent) = WideUnsigned.parts(of: probability)
    return WideUnsigned(bigEndian: ticket.bytes) * (WideUnsigned.power(ofTwo: -exponent) - m)
  }

  var denominator: WideUnsigned {
    (WideUnsigned.power(ofTwo: 256) - WideUnsigned(bigEndian: ticket.bytes)) * WideUnsigned.parts(of: probability).m
  }

  /// `nil` when the two are exactly equal.
  func precedes(_ other: ParetoRank) -> Bool? {
    if let a = approximation, let b = other.approximation, a.isFinite, b.isFinite, abs(a - b) > 1e-6 * max(a, b) {
      return a < b
    }
    let left = numerator * other.denominator
    let right = other.numerator * denominator
    return left == right ? nil : left < right
  }

  /// Whether the rank is at most a number, exactly. - Parameter limit: Finite, not negative.
  func isAtMost(_ limit: Double) -> Bool {
    guard limit > 0 else { return numerator == WideUnsigned(0) }
    let (m, exponent) = WideUnsigned.parts(of: limit)
    if exponent < 0 { return !(m * denominator < numerator * WideUnsigned.power(ofTwo: -exponent)) }
    return !(m * WideUnsigned.power(ofTwo: exponent) * denominator < numerator)
  }

  /// The smallest double that is not below the rank.
  var roundedUp: Double { Double.smallest { isAtMost($0) } }
}

extension WideUnsigned {
  /// A positive double as `m` times 2 to the power of `exponent`, exactly, subnormal or not.
  static func parts(of number: Double) -> (m: WideUnsigned, exponent: Int) {
    let exponent = max(Int(number.exponent), -1022) - Double.significandBitCount
    let hidden: UInt64 = number.isNormal ? 1 << UInt64(Double.significandBitCount) : 0
    return (WideUnsigned(number.significandBitPattern | hidden), exponent)
  }
}

extension Double {
  /// The smallest double from 0 up for which a condition holds that, once true, stays true.
  ///
  /// Found by halving the interval of bit patterns, which order doubles from 0 up: 63 questions at most, and the same
  /// answer in every language. - Returns: The greatest finite number when it holds nowhere below.
  static func smallest(where holds: (Double) -> Bool) -> Double {
    var low: UInt64 = 0
    var high = Double.greatestFiniteMagnitude.bitPattern
    while low < high {
      let middle = low + (high - low) / 2
      if holds(Double(bitPattern: middle)) { high = middle } else { low = middle + 1 }
    }
    return Double(bitPattern: high)
  }
}

/// A fixed number of units by Pareto rank: all with π = 1, then the smallest ranks, ties by canonical order.
struct ParetoSelection {
  /// Slots of the units with π < 1, by rank.
  let order: [Int]
  /// How many of `order` are drawn.
  let places: Int
  private let certain: [Int]
  private let tickets: [SHA256Digest]
  private let probabilities: [Double]

  /// - Parameters:
  ///   - members: Slots to draw from, ascending; all when left out.
  ///   - size: Units to draw, the certain ones among them.
  init(tickets: [SHA256Digest], probabilities: [Double], members: [Int]? = nil, size: Int) {
    let members = members ?? Array(probabilities.indices)
    let uncertain = members.filter { probabilities[$0] < 1 }
    certain = members.filter { probabilities[$0] == 1 }
    let ranks = uncertain.map { ParetoRank(ticket: tickets[$0], probability: probabilities[$0]) }
    order = ranks.indices.sorted { ranks[$0].precedes(ranks[$1]) ?? ($0 < $1) }.map { uncertain[$0] }
    places = min(uncertain.count, max(0, size - certain.count))
    self.tickets = tickets
    self.probabilities = probabilities
  }

  var drawn: [Int] { certain + order.prefix(places) }

  /// One answer per unit of the frame.
  var isDrawn: [Bool] {
    var result = [Bool](repeating: false, count: probabilities.count)
    for slot in drawn { result[slot] = true }
    return result
  }

  /// A number that parts the ranks of the drawn from those of the others: at most it, drawn; above it, not.
  ///
  /// Halfway, by bit pattern, between the last rank that is in and the first that is out, so that it names neither.
  /// The greatest finite number when no unit is left over, 0 when no uncertain unit is drawn; `nil` when no double lies
  /// between the two ranks, which differ by less than one part in 10¹⁵.
  var cut: Double? {
    if places == order.count { return .greatestFiniteMagnitude }
    let out = rank(order[places]).roundedUp
    let low = places == 0 ? 0 : rank(order[places - 1]).roundedUp.bitPattern
    // The largest double below the first rank that is out.
    guard out > 0, out.bitPattern - 1 >= low else { return nil }
    return Double(bitPattern: low + (out.bitPattern - 1 - low) / 2)
  }

  private func rank(_ slot: Int) -> ParetoRank {
    ParetoRank(ticket: tickets[slot], probability: probabilities[slot])
  }
}
