internal import Glibc

/// 2Φ(-|z|) from a table of Taylor series: a few multiplications instead of a call of `erfc`, to the last bits.
///
/// With φ the normal density and He the Hermite polynomials (Abramowitz & Stegun 1964, 22.2.15 and 26.2.31),
/// 2Φ(-(c + d)) = 2Φ(-c) - 2φ(c) Σ (-1)ⁿ Heₙ(c) dⁿ⁺¹/(n + 1)!. Centres lie 1/64 apart, so that |d| is at most 1/128 and seven
/// powers are enough: the eighth is shared among the lower ones by Chebyshev's polynomial, which leaves less than 1e-16 of p.
struct NormalTail: Sendable {
  /// Made once; every p of this room comes from it.
  static let shared = NormalTail()

  /// Beyond it `erfc` is called: few cells are there, and series would need more powers.
  private static let farthest = 8.0
  private static let perUnit = 64.0
  private static let powers = 8

  /// Eight coefficients per centre, that of d⁰ first.
  private let coefficients: [Double]

  private init() {
    let centres = Int(Self.farthest * Self.perUnit) + 1
    let h = 0.5 / Self.perUnit
    var all: [Double] = []
    all.reserveCapacity(centres * Self.powers)
    for k in 0..<centres {
      let c = Double(k) / Self.perUnit
      let density = 2 * exp(-0.5 * c * c) / (2 * Double.pi).squareRoot()
      var series = [erfc(c / 2.0.squareRoot())]
      // Heₙ₊₁ = c Heₙ - n Heₙ₋₁.
      var (last, hermite, factorial) = (0.0, 1.0, 1.0)
      for n in 0..<Self.powers {
        factorial *= Double(n + 1)
        series.append((n % 2 == 0 ? -density : density) * hermite / factorial)
        (last, hermite) = (hermite, c * hermite - Double(n) * last)
      }
      // T₈(x) = 128x⁸ - 256x⁶ + 160x⁴ - 32x² + 1 is at most 1: without it x⁸ is a sum of lower powers.
      let eighth = series.removeLast()
      let h2 = h * h
      series[6] += eighth * h2 * 2
      series[4] -= eighth * h2 * h2 * 1.25
      series[2] += eighth * h2 * h2 * h2 * 0.25
      series[0] -= eighth * h2 * h2 * h2 * h2 / 128
      all += series
    }
    coefficients = all
  }

  /// Lets a loop look the table up once.
  @inline(__always)
  func withTable<Result>(_ body: (Table) -> Result) -> Result {
    coefficients.withUnsafeBufferPointer { body(Table(coefficients: $0)) }
  }

  struct Table {
    fileprivate let coefficients: UnsafeBufferPointer<Double>

    /// NaN for NaN, never 0: underflow stops at the smallest positive number.
    @inline(__always)
    func twoSided(_ z: Double) -> Double {
      let distance = abs(z)
      guard distance < NormalTail.farthest else { return Self.far(distance) }
      let place = Int(distance * NormalTail.perUnit + 0.5)
      let d = distance - Double(place) * (1 / NormalTail.perUnit)
      let first = place * NormalTail.powers
      @inline(__always) func c(_ power: Int) -> Double { coefficients[first + power] }
      // Halves first: they need not wait for each other.
      let d2 = d * d
      let low = (c(0) + c(1) * d) + (c(2) + c(3) * d) * d2
      let high = (c(4) + c(5) * d) + (c(6) + c(7) * d) * d2
      return low + high * (d2 * d2)
    }

    @inline(never)
    private static func far(_ distance: Double) -> Double {
      distance.isNaN ? .nan : max(erfc(distance / 2.0.squareRoot()), .leastNonzeroMagnitude)
    }

    @inline(__always)
    func p(_ z: Double, _ alternative: Alternative) -> Double {
      switch alternative {
      case .twoSided: return twoSided(z)
      case .greater: return upper(z)
      case .less: return upper(-z)
      }
    }

    /// Φ(-z).
    @inline(__always)
    private func upper(_ z: Double) -> Double {
      let half = 0.5 * twoSided(z)
      return z < 0 ? 1 - half : max(half, .leastNonzeroMagnitude)
    }
  }
}
