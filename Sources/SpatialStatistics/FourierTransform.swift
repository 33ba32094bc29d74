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

  /// Transforms one line, in place.
  func transform(_ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>) {
    transform(real, imaginary, as: Double.self)
  }

  /// Transforms four lines side by side, in place: lane k holds line k. The same bits as one line at a time.
  func transform(_ real: UnsafeMutablePointer<SIMD4<Double>>, _ imaginary: UnsafeMutablePointer<SIMD4<Double>>) {
    transform(real, imaginary, as: SIMD4<Double>.self)
  }

  @inline(__always)
  private func transform<Lanes: Lines>(
    _ real: UnsafeMutablePointer<Lanes>, _ imaginary: UnsafeMutablePointer<Lanes>, as _: Lanes.Type
  ) {
    for k in 0..<count {
      let other = Int(reversed[k])
      if other > k {
        (real[k], real[other]) = (real[other], real[k])
        (imaginary[k], imaginary[other]) = (imaginary[other], imaginary[k])
      }
    }
    cosines.withUnsafeBufferPointer { cosines in
      sines.withUnsafeBufferPointer { sines in
        var half = 1
        while half < count {
          let stride = count / (2 * half)
          var start = 0
          while start < count {
            for k in 0..<half {
              let (c, s) = (cosines[k * stride], sines[k * stride])
              let (a, b) = (start + k, start + k + half)
              let (x, y) = (real[b], imaginary[b])
              let re = Lanes.minus(Lanes.scaled(x, c), Lanes.scaled(y, s))
              let im = Lanes.plus(Lanes.scaled(x, s), Lanes.scaled(y, c))
              let (u, v) = (real[a], imaginary[a])
              real[b] = Lanes.minus(u, re)
              imaginary[b] = Lanes.minus(v, im)
              real[a] = Lanes.plus(u, re)
              imaginary[a] = Lanes.plus(v, im)
            }
            start += 2 * half
          }
          half *= 2
        }
      }
    }
  }
}

/// One number of a line, or that of several lines side by side.
private protocol Lines: BitwiseCopyable {
  static func plus(_ a: Self, _ b: Self) -> Self
  static func minus(_ a: Self, _ b: Self) -> Self
  static func scaled(_ a: Self, _ factor: Double) -> Self
}

extension Double: Lines {
  @inline(__always) fileprivate static func scaled(_ a: Double, _ factor: Double) -> Double { a * factor }
}

extension SIMD4<Double>: Lines {
  @inline(__always) fileprivate static func plus(_ a: Self, _ b: Self) -> Self { a + b }
  @inline(__always) fileprivate static func minus(_ a: Self, _ b: Self) -> Self { a - b }
  @inline(__always) fileprivate static func scaled(_ a: Self, _ factor: Double) -> Self { a * factor }
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
        transform(lines: height, of: rows, lineStep: width, step: 1, re, im)
        transform(lines: width, of: columns, lineStep: 1, step: width, re, im)
      }
    }
  }

  /// Lines are gathered eight at a time, a cache line of columns, and transformed four side by side.
  private func transform(
    lines: Int, of line: FourierTransform, lineStep: Int, step: Int, _ re: UnsafeMutablePointer<Double>,
    _ im: UnsafeMutablePointer<Double>
  ) {
    let count = line.count
    withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: 4 * count) { scratch in
      guard let buffer = scratch.baseAddress else { return }
      var first = 0
      while first + 8 <= lines {
        let (x, y) = (re + first * lineStep, im + first * lineStep)
        for j in 0..<count {
          for half in 0..<2 {
            let from = j * step + 4 * half * lineStep
            buffer[2 * half * count + j] = SIMD4(
              x[from], x[from + lineStep], x[from + 2 * lineStep], x[from + 3 * lineStep])
            buffer[(2 * half + 1) * count + j] = SIMD4(
              y[from], y[from + lineStep], y[from + 2 * lineStep], y[from + 3 * lineStep])
          }
        }
        line.transform(buffer, buffer + count)
        line.transform(buffer + 2 * count, buffer + 3 * count)
        for j in 0..<count {
          for half in 0..<2 {
            let (a, b) = (buffer[2 * half * count + j], buffer[(2 * half + 1) * count + j])
            let to = j * step + 4 * half * lineStep
            for lane in 0..<4 {
              x[to + lane * lineStep] = a[lane]
              y[to + lane * lineStep] = b[lane]
            }
          }
        }
        first += 8
      }
      // Fewer than eight lines, in small planes.
      let own = UnsafeMutableRawPointer(buffer).bindMemory(to: Double.self, capacity: 16 * count)
      while first < lines {
        for j in 0..<count {
          own[j] = re[first * lineStep + j * step]
          own[count + j] = im[first * lineStep + j * step]
        }
        line.transform(own, own + count)
        for j in 0..<count {
          re[first * lineStep + j * step] = own[j]
          im[first * lineStep + j * step] = own[count + j]
        }
        first += 1
      }
    }
  }
}
