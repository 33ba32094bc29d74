/// Where the pixels of one band of image rows lie: the lines between them, in cells from the lattice's origin.
///
/// Neighbours share their line, so that they leave neither gap nor overlap. A line that is curved in the plane is given by
/// several segments per pixel edge.
public struct ImageLines: Sendable {
  public let columns: Int
  public let rows: Int
  /// Straight pieces per edge of a pixel.
  public let segments: Int
  /// `rows + 1` lines of `columns * segments + 1` points, from the first row's outer edge on.
  public var lineXs: [Double]
  public var lineYs: [Double]
  /// Points inside the edges between columns: per row and line (`columns + 1`) `segments - 1` of them, along the edge.
  public var sideXs: [Double]
  public var sideYs: [Double]

  /// Points in a line between rows.
  public var lineLength: Int { columns * segments + 1 }

  /// Lines with all points at the origin.
  public init(columns: Int, rows: Int, segments: Int) {
    precondition(columns > 0 && rows > 0 && segments > 0, "an image has pixels and its edges have pieces")
    self.columns = columns
    self.rows = rows
    self.segments = segments
    lineXs = [Double](repeating: 0, count: (rows + 1) * (columns * segments + 1))
    lineYs = lineXs
    sideXs = [Double](repeating: 0, count: rows * (columns + 1) * (segments - 1))
    sideYs = sideXs
  }
}

extension ConservativeMapping {
  /// Adds a band of image rows of the file in progress, with weight 1.
  ///
  /// - Parameters:
  ///   - values: Row by row; NaN where there is none.
  ///   - sigmas: Standard errors in the unit of the values; `nil` where none is known.
  public mutating func addImage(_ lines: ImageLines, values: [Double], sigmas: [Double]? = nil, threads: Int = 2) {
    precondition(values.count == lines.columns * lines.rows, "one value per pixel")
    precondition(sigmas == nil || sigmas?.count == values.count, "one error per pixel")
    // The same stretches whatever the number of threads.
    let height = max(1, 16_384 / (lines.columns * lines.segments))
    addStretches((lines.rows + height - 1) / height, threads: threads) { part, worker in
      let rows = part * height..<min(lines.rows, (part + 1) * height)
      var outline = PixelOutline(segments: lines.segments)
      for row in rows {
        for column in 0..<lines.columns {
          let value = values[row * lines.columns + column]
          guard !value.isNaN else {
            worker.passOverMissing()
            continue
          }
          outline.load(lines, row: row, column: column)
          let sigma = sigmas?[row * lines.columns + column] ?? .nan
          outline.use { worker.add($0, $1, value: value, quality: 1, sigma: sigma) }
        }
      }
    }
  }
}

/// The vertices of one pixel, collected round it.
private struct PixelOutline {
  private let segments: Int
  private var xs: [Double]
  private var ys: [Double]

  init(segments: Int) {
    self.segments = segments
    xs = [Double](repeating: 0, count: 4 * segments)
    ys = xs
  }

  @inline(__always)
  mutating func load(_ lines: ImageLines, row: Int, column: Int) {
    let upper = row * lines.lineLength + column * segments
    let lower = upper + lines.lineLength
    if segments == 1 {
      (xs[0], xs[1], xs[2], xs[3]) = (
        lines.lineXs[upper], lines.lineXs[upper + 1], lines.lineXs[lower + 1], lines.lineXs[lower]
      )
      (ys[0], ys[1], ys[2], ys[3]) = (
        lines.lineYs[upper], lines.lineYs[upper + 1], lines.lineYs[lower + 1], lines.lineYs[lower]
      )
      return
    }
    let inner = segments - 1
    let left = (row * (lines.columns + 1) + column) * inner
    let right = left + inner
    var k = 0
    func put(_ x: Double, _ y: Double) {
      xs[k] = x
      ys[k] = y
      k += 1
    }
    for step in 0...segments { put(lines.lineXs[upper + step], lines.lineYs[upper + step]) }
    for step in 0..<inner { put(lines.sideXs[right + step], lines.sideYs[right + step]) }
    for step in stride(from: segments, through: 0, by: -1) {
      put(lines.lineXs[lower + step], lines.lineYs[lower + step])
    }
    for step in stride(from: inner - 1, through: 0, by: -1) {
      put(lines.sideXs[left + step], lines.sideYs[left + step])
    }
  }

  @inline(__always)
  func use(_ body: (UnsafeBufferPointer<Double>, UnsafeBufferPointer<Double>) -> Void) {
    xs.withUnsafeBufferPointer { xs in ys.withUnsafeBufferPointer { body(xs, $0) } }
  }
}
