internal import Glibc
internal import Randomness

/// Random fields on a lattice with a given covariance: normal values, mean 0.
///
/// Circulant embedding: the lattice is laid on a larger torus, whose covariance matrix the Fourier transform diagonalises, so
/// that fields are exact wherever no eigenvalue is negative (Dietrich & Newsam 1997, doi:10.1137/S1064827592240555).
/// Negative ones are set to 0 and their share of the variance is told in ``lostShare``.
public struct GaussianField: Sendable {
  /// Places along a row, and rows, of the fields.
  public let width: Int
  /// Rows of the fields.
  public let height: Int
  /// What the negative eigenvalues would have carried, as a share of the variance; 0 where the fields are exact.
  public let lostShare: Double
  private let plane: FourierPlane
  /// √(λ/N) per place of the torus.
  private let roots: [Double]

  /// - Parameters:
  ///   - width: Places along a row.
  ///   - height: Rows.
  ///   - padding: Steps by which the torus is larger than the field, at least; the covariance should be near 0 beyond.
  ///   - covariance: By steps along the row and across rows; even in both together.
  /// - Precondition: at most 64 million places on the torus.
  public init(width: Int, height: Int, padding: Int, covariance: (_ columns: Int, _ rows: Int) -> Double) {
    func length(_ extent: Int) -> Int {
      var length = 1
      while length < extent + padding { length *= 2 }
      return length
    }
    let (across, along) = (length(width), length(height))
    precondition(across * along <= 1 << 26, "the torus is too large")
    self.width = width
    self.height = height
    plane = FourierPlane(width: across, height: along)
    var real = [Double](repeating: 0, count: across * along)
    var imaginary = real
    for row in 0..<along {
      let rows = row <= along / 2 ? row : row - along
      for column in 0..<across {
        let columns = column <= across / 2 ? column : column - across
        real[row * across + column] = covariance(columns, rows)
      }
    }
    plane.transform(&real, &imaginary)
    var (kept, lost) = (0.0, 0.0)
    let scale = 1 / Double(across * along)
    roots = real.map { value in
      if value > 0 { kept += value } else { lost -= value }
      return max(0, value * scale).squareRoot()
    }
    lostShare = kept > 0 ? lost / kept : 0
  }

  /// Two independent fields, row by row; the same seed and number give the same fields on every machine.
  public func pair(seed: UInt64, number: Int) -> (first: [Double], second: [Double]) {
    var stream = RandomStream(seed: seed, slot: -2, replicate: number)
    var real = [Double](repeating: 0, count: roots.count)
    var imaginary = real
    roots.withUnsafeBufferPointer { roots in
      real.withUnsafeMutableBufferPointer { real in
        imaginary.withUnsafeMutableBufferPointer { imaginary in
          for place in 0..<roots.count {
            let (a, b) = stream.normals()
            real[place] = a * roots[place]
            imaginary[place] = b * roots[place]
          }
        }
      }
    }
    plane.transform(&real, &imaginary)
    func cut(_ all: [Double]) -> [Double] {
      var part: [Double] = []
      part.reserveCapacity(width * height)
      for row in 0..<height { part += all[row * plane.width..<row * plane.width + width] }
      return part
    }
    return (cut(real), cut(imaginary))
  }
}
