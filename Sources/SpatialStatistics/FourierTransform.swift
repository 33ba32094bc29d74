internal import Glibc

/// A discrete Fourier transform of one length, a power of two: x̂(k) = Σ x(j) exp(-2πijk/n), not scaled.
///
/// Cooley & Tukey (1965), doi:10.1090/S0025-5718-1965-0178586-1, radix 2 in place.
struct FourierTransform: Sendable {
  let count: Int
  /// cos and sin of -2πk/n for k below n/2.
  private let cosines: [Double]
  private let sines: [Double]
  private let reversed: [Int32]

  /// - Precondition: a power of two.
  init(count: Int) {
    precondition(count > 0 && count.nonzeroBitCount == 1, "the length is a power of two")
    self.count = count
    let half = max(1, count / 2)
    cosines = (0..<half).map { cos(-2 * .pi * Double($0) / Double(count)) }
    sines = (0..<half).map { sin(-2 * .pi * Double($0) / Double(count)) }
    let bits = count.trailingZeroBitCount
    reversed = (0..<count).map { k in
      bits == 0 ? 0 : Int32(UInt32(k).bitSwapped >> UInt32(32 - bits))
    }
  }

  /// Transforms `count` numbers that lie `step` apart.
  func transform(_ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>) {
    for k in 0..<count {
      let other = Int(reversed[k])
      if other > k {
        swap(&real[k], &real[other])
        swap(&imaginary[k], &imaginary[other])
      }
    }
    var half = 1
    while half < count {
      let stride = count / (2 * half)
      var start = 0
      while start < count {
        for k in 0..<half {
          let (c, s) = (cosines[k * stride], sines[k * stride])
          let (a, b) = (start + k, start + k + half)
          let (re, im) = (real[b] * c - imaginary[b] * s, real[b] * s + imaginary[b] * c)
          real[b] = real[a] - re
          imaginary[b] = imaginary[a] - im
          real[a] += re
          imaginary[a] += im
        }
        start += 2 * half
      }
      half *= 2
    }
  }
}

extension UInt32 {
  /// The same bits in the opposite order.
  fileprivate var bitSwapped: UInt32 {
    var value = byteSwapped
    value = ((value >> 4) & 0x0F0F_0F0F) | ((value & 0x0F0F_0F0F) << 4)
    value = ((value >> 2) & 0x3333_3333) | ((value & 0x3333_3333) << 2)
    return ((value >> 1) & 0x5555_5555) | ((value & 0x5555_5555) << 1)
  }
}

/// A complex array of rows, transformed along both axes.
struct FourierPlane: Sendable {
  let width: Int
  let height: Int
  private let rows: FourierTransform
  private let columns: FourierTransform

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    rows = FourierTransform(count: width)
    columns = FourierTransform(count: height)
  }

  func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
    precondition(real.count == width * height && imaginary.count == real.count, "one number per place")
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        guard let re = real.baseAddress, let im = imaginary.baseAddress else { return }
        for row in 0..<height { rows.transform(re + row * width, im + row * width) }
        // Columns are gathered a few at a time, because steps of a whole row miss every cache.
        let most = min(8, width)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * most * height) { scratch in
          guard let buffer = scratch.baseAddress else { return }
          for first in Swift.stride(from: 0, to: width, by: most) {
            let count = min(most, width - first)
            for row in 0..<height {
              for k in 0..<count {
                buffer[k * height + row] = re[row * width + first + k]
                buffer[(most + k) * height + row] = im[row * width + first + k]
              }
            }
            for k in 0..<count { columns.transform(buffer + k * height, buffer + (most + k) * height) }
            for row in 0..<height {
              for k in 0..<count {
                re[row * width + first + k] = buffer[k * height + row]
                im[row * width + first + k] = buffer[(most + k) * height + row]
              }
            }
          }
        }
      }
    }
  }
}
