internal import Grids

/// Sums over spans of time and over disks of the lattice.
struct ScanShape {
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
