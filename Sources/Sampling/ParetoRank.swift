internal import Digests

/// The number by which a fixed-size draw orders its units: [u/(1-u)] / [π/(1-π)], smallest first.
///
/// Pareto sampling, Rosén (1997), doi:10.1016/S0378-3758(96)00186-3. With the ticket t = u·2²⁵⁶ and the double π = m/d it
/// is the fraction t(d - m) / ((2²⁵⁶ - t)m), kept as two whole numbers and compared by cross-multiplication.
struct ParetoRank {
  let numerator: WideUnsigned
  let denominator: WideUnsigned
  /// The fraction, rounded, for tickets away from both ends; its relative error is below 1e-9.
  private let approximation: Double?

  /// - Precondition: 0 < `probability` < 1.
  init(ticket: SHA256Digest, probability: Double) {
    precondition(probability > 0 && probability < 1, "a certain unit has no rank")
    let t = WideUnsigned(bigEndian: ticket.bytes)
    // A double below 1 is a whole number of 53 bits divided by a power of two; the power is exact even for subnormals.
    let fractionBits = Double.significandBitCount
    let exponent = max(Int(probability.exponent), -1022) - fractionBits
    let m = WideUnsigned(
      probability.significandBitPattern | (probability.isNormal ? 1 << UInt64(Double.significandBitCount) : 0))
    let d = WideUnsigned.power(ofTwo: -exponent)
    numerator = t * (d - m)
    denominator = (WideUnsigned.power(ofTwo: 256) - t) * m
    let u = ticket.bytes.prefix(8).reduce(0.0) { $0 * 256 + Double($1) } / 18_446_744_073_709_551_616.0
    approximation = u > 1e-6 && u < 1 - 1e-6 ? u / (1 - u) * ((1 - probability) / probability) : nil
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
}
